import { assert, assertEquals } from "@std/assert";
import { CacheStore, Entry } from "../../../lib/cache/store.ts";
import { Source, Tenure } from "../../../lib/cache/tracking.ts";
import { randomNumbers } from "../../_kit/random_calls.ts";

const tenure = new Tenure(
  new Source({} as never, {} as never),
);

function entry(key: string, value: string, call = "GET"): Entry {
  return new Entry({ key, call, shared: true, reply: value, expires: 1e9, tenure });
}

/** The keys of a store, those that were used last at the end, found out by dropping one after the other. */
function keysOf(store: CacheStore, keys: readonly string[]): string[] {
  return keys.filter((key) => store.get(key, "GET") !== undefined);
}

Deno.test("CacheStore finds entries by key and call", () => {
  const store = new CacheStore(1e6);
  store.add(entry("k", "1"));
  store.add(entry("k", "2", "STRLEN"));
  store.add(entry("k", "3", "TYPE"));
  assertEquals(store.get("k", "GET")?.reply, "1");
  assertEquals(store.get("k", "STRLEN")?.reply, "2");
  assertEquals(store.get("k", "TYPE")?.reply, "3");
  assertEquals(store.get("k", "LLEN"), undefined);
  assertEquals(store.get("K", "GET"), undefined);
  assertEquals(store.size, 3);
});

Deno.test("CacheStore drops all entries of a key", () => {
  const store = new CacheStore(1e6);
  for (const call of ["A", "B", "C"]) store.add(entry("k", "v", call));
  store.add(entry("other", "v"));
  store.deleteKey("k");
  store.deleteKey("none");
  assertEquals(store.size, 1);
  assertEquals(store.get("k", "A"), undefined);
  assertEquals(store.get("other", "GET")?.reply, "v");
});

Deno.test("CacheStore puts a newer entry in the place of an older one", () => {
  const store = new CacheStore(1e6);
  store.add(entry("k", "1"));
  const { bytes } = store;
  store.add(entry("k", "2"));
  assertEquals([store.get("k", "GET")?.reply, store.size, store.bytes], ["2", 1, bytes]);
});

Deno.test("CacheStore drops what was not used for the longest time", () => {
  const evicted: number[] = [];
  const store = new CacheStore(20_000, () => evicted.push(store.size));
  const keys = Array.from({ length: 200 }, (_, i) => `key${i}`);
  for (const [i, key] of keys.entries()) {
    store.add(entry(key, "v"));
    store.touch(store.get("key0", "GET")!, (i + 1) * 1000);
  }
  const left = keysOf(store, keys);
  assertEquals(left[0], "key0");
  assertEquals(left.slice(1), keys.slice(1 - left.length));
  assertEquals(evicted.length, 200 - left.length);
  assert(store.bytes <= 20_000, `${store.bytes}`);
});

Deno.test("CacheStore does not take an entry that is larger than a sixteenth of it", () => {
  const store = new CacheStore(16_000);
  store.add(entry("large", "x".repeat(1000)));
  store.add(entry("small", "x".repeat(800)));
  assertEquals([store.get("large", "GET"), store.size], [undefined, 1]);
  store.add(entry("small", "x".repeat(1000)));
  assertEquals(store.size, 0);
});

Deno.test("CacheStore sweeps a part of the keys at a time", () => {
  const store = new CacheStore(1e7);
  for (let i = 0; i < 100; i++) store.add(entry(`key${i}`, "v"));
  for (let i = 0; i < 10; i++) store.add(entry(`key${i}`, "v", "TYPE"));
  let seen = 0;
  const isOver = (entry: Entry) => ++seen > 0 && entry.key.endsWith("5");
  store.sweep(50, isOver);
  assertEquals([seen, store.size], [60, 104]);
  store.sweep(50, isOver);
  store.sweep(50, isOver);
  assertEquals([seen, store.size], [110, 99]);
});

Deno.test("CacheStore counts nothing twice, whatever happens", () => {
  const random = randomNumbers(5);
  const below = (n: number) => Math.floor(random() * n);
  const store = new CacheStore(30_000);
  for (let i = 0; i < 20_000; i++) {
    const key = `key${below(100)}`;
    const call = ["GET", "TYPE", "STRLEN"][below(3)];
    switch (below(10)) {
      case 0:
        store.deleteKey(key);
        break;
      case 1: {
        const found = store.get(key, call);
        if (found !== undefined) store.delete(found);
        break;
      }
      case 2: {
        const found = store.get(key, call);
        if (found !== undefined) store.touch(found, i * 10);
        break;
      }
      default:
        store.add(entry(key, "v".repeat(below(500)), call));
    }
    assert(store.bytes <= 30_000, `${store.bytes} at step ${i}`);
  }
  for (let i = 0; i < 100; i++) store.deleteKey(`key${i}`);
  assertEquals([store.size, store.bytes], [0, 0]);
  store.add(entry("k", "v"));
  const { bytes } = store;
  store.clear();
  assertEquals([store.size, store.bytes], [0, 0]);
  store.add(entry("k", "v"));
  assertEquals(store.bytes, bytes);
});
