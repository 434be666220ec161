/**
 * Arguments and replies of JSON commands.
 *
 * @module
 */

import { ServerError, UnexpectedReplyError } from "../errors.ts";
import type { Reply } from "../resp/reply.ts";

/**
 * Result of a command for the values that a path matches: an array for a JSONPath (`$…`), a single result for a legacy
 * path.
 *
 * @typeParam P Type of the path.
 * @typeParam R Result for one value.
 */
export type ByPath<P extends string, R> = P extends `$${string}` ? (R | null)[] | null
  : string extends P ? R | (R | null)[] | null
  : R | null;

/**
 * Makes JSON text of a value.
 *
 * @param value The value.
 * @returns The text; an error if the value cannot be serialized (undefined, a function, a cycle, a bigint).
 */
export function toJson(value: unknown): string | Error {
  try {
    return JSON.stringify(value) ?? noJson(undefined);
  } catch (cause) {
    return noJson(cause);
  }
}

function noJson(cause: unknown): TypeError {
  return new TypeError("Cannot send a value that cannot be serialized as JSON", { cause });
}

/** The value of JSON text, or null for a missing key. */
export function fromJsonOrNull(reply: Reply): unknown {
  if (reply === null) return null;
  if (typeof reply !== "string") return unexpected(reply, "JSON text");
  try {
    return JSON.parse(reply);
  } catch (cause) {
    return unexpected(reply, "JSON text", cause);
  }
}

/**
 * Makes the decoder of a command that answers by path. In RESP3 some versions put the answer of a legacy path into a list.
 *
 * @param path The path.
 * @param item Decoder of what is answered about a value; null stands for a value of another kind.
 */
export function byPath<P extends string, R>(
  path: P,
  item: (reply: Reply) => R,
): (reply: Reply) => ByPath<P, R> {
  const many = isJsonPath(path);
  return (reply) => {
    if (reply === null) return null as ByPath<P, R>;
    if (!many) return item(reply) as ByPath<P, R>;
    if (!Array.isArray(reply)) return unexpected(reply, "a list");
    return reply.map(item) as ByPath<P, R>;
  };
}

/** Tells a JSONPath from a legacy path. */
export function isJsonPath(path: unknown): boolean {
  return typeof path === "string" && path.startsWith("$");
}

/** The answer about one value, which may be in a list of its own. */
export function soleOf(reply: Reply): Reply {
  return Array.isArray(reply) && reply.length === 1 ? reply[0] : reply;
}

/** A number, or null. */
export function toNumberOrNull(reply: Reply): number | null {
  if (reply === null || typeof reply === "number") return reply;
  return typeof reply === "string" && reply !== "" && !Number.isNaN(Number(reply))
    ? Number(reply)
    : unexpected(reply, "a number");
}

/** A number. */
export function toNumber(reply: Reply): number {
  return toNumberOrNull(reply) ?? unexpected(reply, "a number");
}

/** Text, or null. */
export function toTextOrNull(reply: Reply): string | null {
  return reply === null || typeof reply === "string" ? reply : unexpected(reply, "a string");
}

/** A list of texts, or null. */
export function toTextsOrNull(reply: Reply): string[] | null {
  if (reply === null) return null;
  if (!Array.isArray(reply)) return unexpected(reply, "a list");
  return reply.map((text) => toTextOrNull(text) ?? unexpected(text, "a string"));
}

/** Yes or no, or null: RESP has it as a number, or as text. */
export function toBooleanOrNull(reply: Reply): boolean | null {
  switch (reply) {
    case null:
      return null;
    case 1:
    case true:
    case "true":
      return true;
    case 0:
    case false:
    case "false":
      return false;
    default:
      return unexpected(reply, "true or false");
  }
}

/** `"OK"`. */
export function toOk(reply: Reply): "OK" {
  return reply === "OK" ? reply : unexpected(reply, "OK");
}

/** `"OK"`, or null. */
export function toOkOrNull(reply: Reply): "OK" | null {
  return reply === null ? null : toOk(reply);
}

/** The reply as it is. */
export function toReply(reply: Reply): Reply {
  return reply;
}

function unexpected(reply: Reply, expected: string, cause?: unknown): never {
  // An error in a list: the server refused one of the values.
  if (reply instanceof ServerError) throw reply;
  throw new UnexpectedReplyError(`Cannot read the reply: expected ${expected}`, { cause });
}
