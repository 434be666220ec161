import { assert, assertEquals, assertRejects } from "@std/assert";
import { Keyv as Keyv5, type KeyvStoreAdapter } from "npm:keyv@5.6.0";
import { Keyv, type KeyvStorageAdapter } from "npm:keyv@6.1.0";
import { Keyv5Store, KeyvStore } from "../../../../lib/adapters/keyv/mod.ts";
import { until } from "../../../../lib/testing/_poll.ts";
import { type AnyClient, onBothClients } from "../_both_clients.ts";

/** What both versions of Keyv have in common. */
interface Cache {
  get(key: string): Promise<unknown>;
  get(keys: string[]): Promise<unknown[]>;
  set(key: string, value: unknown, ttl?: number): Promise<boolean>;
  has(key: string): Promise<boolean>;
  delete(key: string): Promise<boolean>;
  clear(): Promise<void>;
}

const VERSIONS: Record<string, (client: AnyClient, namespace: string) => Cache> = {
  "Keyv 5": (client, namespace) => {
    const store: KeyvStoreAdapter = new Keyv5Store(client);
    return new Keyv5({ store, namespace, throwOnErrors: true }) as unknown as Cache;
  },
  "Keyv 6": (client, namespace) => {
    const store: KeyvStorageAdapter = new KeyvStore(client);
    return new Keyv({ store, namespace, throwOnErrors: true }) as unknown as Cache;
  },
};

for (const [version, open] of Object.entries(VERSIONS)) {
  onBothClients(`${version} keeps values of all kinds, each namespace its own`, async (client) => {
    const [a, b] = [open(client, "a"), open(client, "b[*]")];
    for (const value of ["text", "", 0, false, null, { deep: [1, "*"] }, Buffer.from("bytes")]) {
      assertEquals(await a.set("k", value), true);
      assertEquals(await a.get("k"), value);
    }
    assertEquals(await a.get("none"), undefined);
    await b.set("k", "other");
    await a.set("k2", 2);
    assertEquals(await a.get(["k2", "none"]), [2, undefined]);
    assertEquals([await a.has("k"), await a.has("none")], [true, false]);
    assertEquals([await a.delete("k2"), await a.delete("k2")], [true, false]);
    await client.set("elsewhere", 1);
    await b.clear();
    assertEquals([await a.has("k"), await b.has("k")], [true, false]);
    await a.clear();
    assertEquals([await a.has("k"), await client.get("elsewhere")], [false, "1"]);
  });

  onBothClients(`${version}: entries expire in the server`, async (client) => {
    const cache = open(client, "a");
    await cache.set("short", 1, 40);
    await cache.set("long", 1, 60_000);
    const key = version === "Keyv 5" ? "keyv:a:long" : "keyv:a::long";
    const left = await client.pttl(key);
    assert(left > 50_000 && left <= 60_001, `${left}`);
    await until("it has expired", async () => await cache.get("short") === undefined);
    await until("it is gone", async () => await client.exists(key.replace("long", "short")) === 0);
  });
}

onBothClients("a Keyv iterates over its own namespace", async (client) => {
  const [five, six] = [
    new Keyv5({ store: new Keyv5Store(client), namespace: "five" }),
    new Keyv({ store: new KeyvStore(client), namespace: "six" }),
  ];
  for (const key of ["a", "b"]) {
    await five.set(key, `five ${key}`);
    await six.set(key, `six ${key}`);
  }
  const found: [string, unknown][] = [];
  for await (const [key, value] of five.iterator!(undefined) as AsyncIterable<[string, unknown]>) {
    found.push([key, value]);
  }
  assertEquals(found.sort(), [["a", "five a"], ["b", "five b"]]);
  found.length = 0;
  for await (const entry of six.iterator() as AsyncIterable<[string, unknown]>) found.push(entry);
  assertEquals(found.sort(), [["a", "six a"], ["b", "six b"]]);
});

onBothClients("the stores write and delete several keys together", async (client) => {
  const five = new Keyv5Store(client, { prefix: "p:" });
  await five.setMany([{ key: "a", value: "1" }, { key: "b", value: "2", ttl: 60_000 }]);
  assertEquals(await five.getMany(["a", "b", "c"]), ["1", "2", undefined]);
  assertEquals(await five.hasMany(["a", "c"]), [true, false]);
  assertEquals([await five.deleteMany(["a", "c"]), await five.deleteMany([])], [true, false]);
  assertEquals(await client.get("p:b"), "2");
  await five.clear();
  const six = new KeyvStore(client);
  const past = Date.now() - 1;
  await six.setMany([{ key: "a", value: "1" }, { key: "b", value: "2", expires: past }]);
  assertEquals(await six.getMany(["a", "b"]), ["1", undefined]);
  await six.set("a", "2", past);
  assertEquals(await six.has("a"), false);
  await six.set("a", "3");
  assertEquals(await six.deleteMany(["a", "b"]), [true, false]);
  assertEquals([await six.getMany([]), await five.getMany([])], [[], []]);
  await assertRejects(() => six.set("a", { no: "text" }), TypeError, "serializer");
});
