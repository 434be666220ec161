/**
 * Replies as text that two of them share only if they are the same: type, order of entries, sign of zero and all.
 *
 * @module
 */

import { type Decoded, Push, ServerError } from "../../../lib/resp/mod.ts";

/** Longer contents are shown by their beginning, length and checksum: what fails must stay readable. */
const LONG = 500;

/** Writes a reply down. */
export function show(reply: Decoded): string {
  if (reply === null) return "null";
  if (reply instanceof Uint8Array) return `bytes(${brief(hex(reply))})`;
  if (reply instanceof ServerError) {
    return `error(${brief(reply.code)}: ${showText(reply.message)})`;
  }
  if (reply instanceof Push) return `push ${reply.kind}(${showAll(reply.elements)})`;
  if (reply instanceof Set) return `set(${showAll([...reply])})`;
  if (reply instanceof Map) {
    return `map(${[...reply].map(([key, value]) => `${show(key)} => ${show(value)}`).join(", ")})`;
  }
  if (Array.isArray(reply)) return `[${showAll(reply)}]`;
  switch (typeof reply) {
    case "string":
      return showText(reply);
    case "number":
      return Object.is(reply, -0) ? "-0" : String(reply);
    case "bigint":
      return `${reply}n`;
    case "boolean":
      return String(reply);
    default:
      throw new TypeError(`Cannot show a reply of type ${typeof reply}`);
  }
}

function showAll(replies: readonly Decoded[]): string {
  return replies.map(show).join(", ");
}

function showText(text: string): string {
  return brief(JSON.stringify(text));
}

function brief(text: string): string {
  if (text.length <= LONG) return text;
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) | 0;
  return `${text.slice(0, 50)}… ${text.length} characters, checksum ${sum}`;
}

/** Node 22 has no `toHex()`. */
function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
