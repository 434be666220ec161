/**
 * Measures what decoders keep in memory, and prints it as JSON. To be run with `--v8-flags=--expose-gc`, since what is
 * garbage must not count.
 *
 * @module
 */

import { type Decoded, RespDecoder, type RespDecoderOptions } from "../../../lib/resp/mod.ts";
import { binary } from "./_chunks.ts";

/** Bytes for each of the things that were measured. */
export interface Measured {
  /** A decoder that was told of so much to come, and got nothing of it. By what it was told. */
  readonly announced: Record<string, number>;
  /** A decoder that got 3 MiB of 512. */
  readonly partlyArrived: number;
  /** A decoder that got 200 000 parts of a streamed string, one byte each. */
  readonly parts: number;
  /** A string out of a long chunk, besides the chunk. By its length. */
  readonly strings: Record<string, number>;
  /** The only string that was kept of a list of 1000, which came in one chunk. By its length. */
  readonly lonelyStrings: Record<string, number>;
  /** Whether a decoder keeps alive what it gave out last. */
  readonly keepsReplies: boolean;
}

declare const gc: () => void;

function used(): number {
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** Everything that was measured stays, so that nothing of it goes while something else is measured. */
const kept: unknown[][] = [];

/** Bytes that each of `count` things needs. */
function cost(count: number, make: () => unknown): number {
  // The first one pays for what all share.
  kept.push([make()], new Array(count).fill(null));
  const things = kept.at(-1)!;
  const before = used();
  for (let i = 0; i < count; i++) things[i] = make();
  return (used() - before) / count;
}

function fed(chunks: Iterable<Uint8Array>, options?: RespDecoderOptions): RespDecoder {
  const decoder = new RespDecoder(options);
  for (const chunk of chunks) decoder.push(chunk);
  return decoder;
}

const ANNOUNCEMENTS: Record<string, string> = {
  "a bulk string": "$536870912\r\n",
  "a bulk string, with its first byte": "$536870912\r\nx",
  "a verbatim string": "=536870912\r\n",
  "a part of a streamed string": "$?\r\n;536870912\r\n",
  "an array": "*134217727\r\n",
  "a map": "%16777216\r\n",
  "a set": "~16777216\r\n",
  "a push message": ">134217727\r\n",
  "an attribute": "|16777216\r\n",
  "arrays inside each other": "*134217727\r\n".repeat(128),
  "a bulk string inside arrays": "*134217727\r\n".repeat(100) + "$536870912\r\n",
};

const announced = Object.fromEntries(
  Object.entries(ANNOUNCEMENTS).map(([name, text]) => [
    name,
    cost(10, () => fed([binary(text)], { bytes: true })),
  ]),
);

const MIB = new Uint8Array(2 ** 20);
const partlyArrived = cost(
  10,
  () => fed([binary("$536870912\r\n"), MIB, MIB, MIB], { bytes: true }),
);

const PARTS = binary(";1\r\nx\r\n".repeat(20_000));
const parts = cost(3, () => fed([binary("$?\r\n"), ...new Array(10).fill(PARTS)]));

const STRINGS = 30_000;
const strings = Object.fromEntries([8, 12, 13, 16, 24, 32, 33, 64, 200].map((length) => {
  const chunk = binary(`$${length}\r\n${"x".repeat(length)}\r\n`.repeat(STRINGS));
  const decoder = new RespDecoder();
  return [length, cost(2, () => decoder.push(chunk)) / STRINGS];
}));

const lonelyStrings = Object.fromEntries([1, 2, 8, 12, 13, 16, 24, 25, 64].map((length) => {
  const chunk = binary(`*1000\r\n${`$${length}\r\n${"x".repeat(length)}\r\n`.repeat(1000)}`);
  const decoder = new RespDecoder();
  return [length, cost(100, () => (decoder.push(chunk)[0] as string[])[500])];
}));

if (kept.some((things) => things.includes(null))) throw new Error("Cannot measure what is gone");

const decoder = new RespDecoder();
function lastReply(): WeakRef<object> {
  const replies: Decoded[] = decoder.push(binary("%1\r\n:1\r\n:2\r\n"));
  return new WeakRef(replies[0] as Map<unknown, unknown>);
}
const reply = lastReply();
// A WeakRef holds on to its target until the end of the turn.
await new Promise((resolve) => setTimeout(resolve));
gc();
const keepsReplies = reply.deref() !== undefined;
decoder.push(binary("+OK\r\n"));

const measured: Measured = {
  announced,
  partlyArrived,
  parts,
  strings,
  lonelyStrings,
  keepsReplies,
};
console.log(JSON.stringify(measured));
