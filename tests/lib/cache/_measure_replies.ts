/** Prints kinds of replies with their estimated and their real memory; run with `--v8-flags=--expose-gc`. */

import { copyOf, sizeOfReply } from "../../../lib/cache/replies.ts";
import type { Reply } from "../../../lib/resp/reply.ts";

const { gc } = globalThis as unknown as { gc(): void };
const COUNT = 5000;

const utf8 = new TextEncoder();
const decoder = new TextDecoder();
const text = (length: number): string => decoder.decode(utf8.encode("x".repeat(length)));
let count = 0;
/** The runtime keeps equal names of fields and members once. */
const unique = (): string => decoder.decode(utf8.encode(`name of a field ${++count}`));
const list = <T>(length: number, make: (i: number) => T): T[] =>
  Array.from({ length }, (_, i) => make(i));

const KINDS: Record<string, () => Reply> = {
  "text of 100": () => text(100),
  "text of 1000": () => text(1000),
  "wide text of 300": () => decoder.decode(utf8.encode("€".repeat(300))),
  "bytes of 10": () => new Uint8Array(10),
  "bytes of 1000": () => new Uint8Array(1000),
  "list of 20 texts": () => list(20, () => text(20)),
  "list of 100 nulls": () => list(100, () => null),
  "map of 10": () => new Map(list(10, () => [unique(), text(50)])),
  "set of 50": () => new Set(list(50, unique)),
};

function memory(): number {
  gc();
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** A function of its own, so that nothing of an earlier kind is left on the stack. */
function measure(make: () => Reply): [estimate: number, real: number] {
  const kept: Reply[] = list(COUNT, () => null);
  const before = memory();
  for (let i = 0; i < COUNT; i++) kept[i] = copyOf(make());
  const real = (memory() - before) / COUNT;
  return [sizeOfReply(kept[0]), Math.round(real)];
}

console.log(JSON.stringify(Object.entries(KINDS).map(([kind, make]) => [kind, ...measure(make)])));
