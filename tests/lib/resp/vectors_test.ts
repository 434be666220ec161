/** Each case of tests/cases/resp*.yaml, as text and as bytes, and the input cut in every way that matters. */

import { assertEquals } from "@std/assert";
import { parse } from "@std/yaml";
import {
  type Decoded,
  Push,
  type Reply,
  type RespDecoderOptions,
  ServerError,
} from "../../../lib/resp/mod.ts";
import { binary, inThree, inTwo, pieces } from "./_chunks.ts";
import { type Outcome, outcomeOf, showAttributes } from "./_decoding.ts";
import { show } from "./_show.ts";

/** A reply as the cases spell it; the file says how. */
type Spelled =
  | null
  | string
  | number
  | boolean
  | Spelled[]
  | { line: string }
  | { bytes: string; text: string }
  | { bigint: string }
  | { error: string }
  | { set: Spelled[] }
  | { map: [Spelled, Spelled][] }
  | { push: Spelled[] }
  | { attributes: [Spelled, Spelled][] };

interface Case {
  wire: string;
  replies?: Spelled[];
  error?: [offset: number, message: string];
  unfinished?: boolean;
  options?: RespDecoderOptions;
}

const FILES = ["resp.yaml", "resp_malformed.yaml", "resp_limits.yaml"];

/** Up to this length all cuts in three are tried too. */
const SHORT = 40;

for (const file of FILES) {
  const text = await Deno.readTextFile(new URL(`../../cases/${file}`, import.meta.url));
  for (const [name, given] of Object.entries(parse(text) as Record<string, Case>)) {
    Deno.test(`RespDecoder decodes ${name}`, () => decodes(given));
  }
}

function decodes(given: Case): void {
  const wire = binary(given.wire);
  for (const bytes of [false, true]) {
    const expected: Outcome = {
      events: (given.replies ?? []).map((reply) => showSpelled(reply, bytes)),
      error: given.error && { offset: given.error[0], message: given.error[1] },
      unfinished: given.unfinished ?? false,
    };
    const options = { ...given.options, bytes };
    const mode = bytes ? "bytes" : "text";
    const check = (chunks: Uint8Array[], cut: string) =>
      assertEquals(outcomeOf(chunks, options), expected, `${mode}, ${cut}`);

    check([wire], "whole");
    check(pieces(wire, 1), "byte by byte");
    for (const chunks of inTwo(wire)) check(chunks, `cut at ${chunks[0].length}`);
    if (wire.length > SHORT) continue;
    for (const chunks of inThree(wire)) {
      check(chunks, `cut at ${chunks[0].length} and ${chunks[0].length + chunks[1].length}`);
    }
  }
}

function showSpelled(spelled: Spelled, bytes: boolean): string {
  if (spelled !== null && typeof spelled === "object" && "attributes" in spelled) {
    return showAttributes(entries(spelled.attributes, bytes));
  }
  return show(decoded(spelled, bytes));
}

function decoded(spelled: Spelled, bytes: boolean): Decoded {
  if (typeof spelled === "string") return bytes ? new TextEncoder().encode(spelled) : spelled;
  if (spelled === null || typeof spelled !== "object") return spelled;
  if (Array.isArray(spelled)) return replies(spelled, bytes);
  if ("line" in spelled) return spelled.line;
  if ("bytes" in spelled) return bytes ? binary(spelled.bytes) : spelled.text;
  if ("bigint" in spelled) return BigInt(spelled.bigint);
  if ("error" in spelled) return new ServerError(spelled.error);
  if ("set" in spelled) return new Set(replies(spelled.set, bytes));
  if ("map" in spelled) return entries(spelled.map, bytes);
  if ("push" in spelled) return new Push(replies(spelled.push, bytes));
  throw new TypeError(`Cannot read a case: ${JSON.stringify(spelled)}`);
}

function replies(spelled: Spelled[], bytes: boolean): Reply[] {
  return spelled.map((item) => decoded(item, bytes) as Reply);
}

function entries(spelled: [Spelled, Spelled][], bytes: boolean): Map<Reply, Reply> {
  return new Map(spelled.map((entry) => replies(entry, bytes) as [Reply, Reply]));
}
