import { assert, assertEquals } from "@std/assert";
import { Aborts } from "../../../lib/connection/aborts.ts";

/** A request that notes what it was rejected with, and removes itself as requests do. */
function item(aborts: Aborts, rejected: unknown[], name: string) {
  const self = {
    reject(reason: unknown): void {
      rejected.push(`${name}: ${reason}`);
      aborts.remove(self);
    },
  };
  return self;
}

/** Counts the listeners of a signal. */
function count(signal: AbortSignal): { listeners: number } {
  const count = { listeners: 0 };
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: unknown[]) => {
    count.listeners++;
    addEventListener.apply(signal, args as Parameters<typeof addEventListener>);
  };
  signal.removeEventListener = (...args: unknown[]) => {
    count.listeners--;
    removeEventListener.apply(signal, args as Parameters<typeof removeEventListener>);
  };
  return count;
}

Deno.test("all requests of a signal are rejected in the order of the calls, with its reason", () => {
  const abort = new AbortController();
  const aborts = Aborts.of(abort.signal);
  const rejected: unknown[] = [];
  const items = ["a", "b", "c", "d"].map((name) => item(aborts, rejected, name));
  for (const item of items) aborts.add(item);
  aborts.remove(items[1]);
  abort.abort("enough");
  assertEquals(rejected, ["a: enough", "c: enough", "d: enough"]);
});

Deno.test("a request that is removed by another one's rejection is not rejected", () => {
  const abort = new AbortController();
  const aborts = Aborts.of(abort.signal);
  const rejected: unknown[] = [];
  const second = item(aborts, rejected, "second");
  const first = {
    reject(): void {
      rejected.push("first");
      aborts.remove(first);
      aborts.remove(second);
    },
  };
  aborts.add(first);
  aborts.add(second);
  abort.abort();
  assertEquals(rejected, ["first"]);
});

Deno.test("a signal has one listener while requests wait, and none afterwards", () => {
  const { signal } = new AbortController();
  const counted = count(signal);
  for (let round = 0; round < 3; round++) {
    const items = Array.from({ length: 1000 }, () => ({ reject() {} }));
    for (const item of items) Aborts.of(signal).add(item);
    assertEquals(counted.listeners, 1);
    for (const item of items) Aborts.of(signal).remove(item);
    assertEquals(counted.listeners, 0);
  }
});

Deno.test("100 000 requests on one signal take time in proportion", () => {
  const { signal } = new AbortController();
  const aborts = Aborts.of(signal);
  const items = Array.from({ length: 100_000 }, () => ({ reject() {} }));
  const start = performance.now();
  for (const item of items) aborts.add(item);
  for (const item of items) aborts.remove(item);
  const elapsed = performance.now() - start;
  // A listener for each would take minutes.
  assert(elapsed < 2000, `${elapsed} ms`);
});
