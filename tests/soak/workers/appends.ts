/**
 * Writes that append, without awaiting one before the next; of text, and of bytes that change as soon as the call is made.
 *
 * @module
 */

import { checkSequence, type Write } from "../model.ts";
import type { Round } from "../round.ts";

const encoder = new TextEncoder();
/** Values from this length on were once taken without copying them. */
const LONG = 16 * 1024;

/** RPUSHes to one list, or APPENDs to one string: in order, none missing, none twice. */
export async function appendInOrder(round: Round): Promise<void> {
  const { random } = round;
  const key = round.key();
  const list = round.chance(70);
  const bytes = round.chance(50);
  const writes: Promise<Write>[] = [];
  const buffer = new ArrayBuffer(64, { maxByteLength: 64 * 1024 });
  for (let count = random.integer(2, 20); count > 0; count--) {
    const n = writes.length;
    const budget = round.budget();
    const view = round.view(budget);
    const padding = round.chance(4) ? random.integer(LONG, 2 * LONG) : random.integer(0, 40);
    const value = `${key}=${n}:${"x".repeat(padding)};`;
    writes.push(
      round.perform(list ? "RPUSH" : "APPEND", `append ${n}`, budget, () => {
        const written = bytes ? fill(buffer, value) : value;
        const promise = list ? view.rpush(key, written) : view.append(key, written);
        if (typeof written !== "string") spoil(buffer, written);
        return promise;
      }).then(({ fate }) => ({ value, fate })),
    );
    if (round.chance(15)) await Promise.all(writes);
  }
  const done = await Promise.all(writes);
  const seen = list
    ? await round.read("LRANGE", (client) => client.lrange(key, 0, -1))
    : await round.read("GET", async (client) =>
      ((await client.get(key)) ?? "").split(/(?<=;)/).filter((part) =>
        part !== ""
      ));
  await round.check(
    "appends are there once and in order",
    (lossy, order) => checkSequence(done, seen, lossy, order),
  );
  await round.clean(key);
}

/** The value as bytes of a buffer that others have used before. */
function fill(buffer: ArrayBuffer, value: string): Uint8Array<ArrayBuffer> {
  const bytes = encoder.encode(value);
  buffer.resize(Math.max(64, bytes.length));
  new Uint8Array(buffer).set(bytes);
  return new Uint8Array(buffer, 0, bytes.length);
}

/** What callers may do to their bytes once the call is made. */
function spoil(buffer: ArrayBuffer, bytes: Uint8Array): void {
  bytes.fill(0x21);
  buffer.resize(64);
}
