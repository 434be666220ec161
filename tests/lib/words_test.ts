import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { RedisClient, script } from "../../mod.ts";
import { checkText, taken, takeWords } from "../../lib/words.ts";
import { startOwnServer } from "../_kit/own_server.ts";

const KiB = 1024;

const { server, connect } = await startOwnServer();

Deno.test("takeWords() copies bytes, whatever their size and their buffer", () => {
  const views = [
    new Uint8Array(0),
    new Uint8Array(3).fill(1),
    new Uint8Array(100 * KiB).fill(1),
    new Uint8Array(new SharedArrayBuffer(3)).fill(1),
    new Uint8Array(new ArrayBuffer(3, { maxByteLength: 10 })).fill(1),
    new Uint8Array(10).fill(1).subarray(2, 5),
  ];
  for (const view of views) {
    const before = new Uint8Array(view);
    const [, word] = takeWords(["X", view]) as [string, Uint8Array];
    view.fill(2);
    assertEquals(word, before);
    assertEquals(word.buffer instanceof ArrayBuffer, true);
    assertEquals(taken(view), view);
    assertEquals(taken(view) === view, false);
  }
});

Deno.test("takeWords() names the command and the argument that cannot be sent", () => {
  const detached = new Uint8Array(3);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const shrunk = new ArrayBuffer(8, { maxByteLength: 8 });
  const outside = new Uint8Array(shrunk, 4, 4);
  shrunk.resize(2);
  const bad: Record<string, [unknown, string]> = {
    "undefined": [undefined, "of type undefined, expected"],
    "null": [null, "null, expected"],
    "an object": [{ secret: 1 }, "of type object, expected"],
    "NaN": [NaN, "NaN"],
    "a detached buffer": [detached, "is a Uint8Array whose buffer was detached or shrunk"],
    "a shrunk buffer": [outside, "is a Uint8Array whose buffer was detached or shrunk"],
  };
  for (const [name, [word, message]] of Object.entries(bad)) {
    const error = assertThrows(
      () => takeWords(["SET", "k", word as never]),
      TypeError,
      "Cannot send SET: argument 2 ",
      name,
    );
    assertEquals(error.message.includes(message), true, error.message);
    assertEquals(error.message.includes("secret"), false);
  }
  assertThrows(() => takeWords([]), TypeError, "empty command");
  const failure = new RangeError("Cannot send DEL: no keys");
  assertEquals(assertThrows(() => takeWords(["DEL", failure, NaN])), failure);
});

Deno.test("checkText() names the command and the argument that has no UTF-8 form", () => {
  for (const text of ["secret\ud800", "\udc00secret", "secret".repeat(1000) + "\ud800"]) {
    const error = assertThrows(
      () => checkText(["SET", "k", text]),
      TypeError,
      "Cannot send SET: argument 2 has a lone surrogate",
    );
    assertEquals(error.message.includes("secret"), false);
  }
  assertThrows(() => checkText(["N\ud800"]), TypeError, "Cannot send a command: argument 0");
  checkText(["SET", "é€😀", new Uint8Array([255]), 1]);
});

Deno.test("text without a UTF-8 form rejects its own call only, and names it", async () => {
  await using client = await connect();
  const calls = await Promise.allSettled([
    client.set("a", 1),
    client.set("b", "\ud800"),
    client.mget(["a", "\udc00"]),
    client.get("a"),
  ]);
  assertEquals(calls.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "rejected",
    "fulfilled",
  ]);
  assertEquals(calls.map((call) => "reason" in call ? call.reason.message.slice(0, 30) : ""), [
    "",
    "Cannot send SET: argument 2 ha",
    "Cannot send MGET: argument 2 h",
    "",
  ]);
});

Deno.test("takeWords() lets everything else through", () => {
  const words = ["SET", "", "é€😀", 0, -0, Infinity, 1n, "x".repeat(100)];
  assertEquals(takeWords([...words]), words);
});

for (const size of [8, 16 * KiB, 100 * KiB]) {
  Deno.test(`bytes are taken when the call is made: a buffer filled again and again [${size} bytes]`, async () => {
    await using client = await connect();
    const buffer = new Uint8Array(size);
    const text = (i: number) => String.fromCharCode(97 + i).repeat(size);
    const calls: Promise<unknown>[] = [];
    for (let i = 0; i < 4; i++) {
      buffer.fill(97 + i);
      calls.push(client.rpush("list", buffer), client.customCommand(["RPUSH", "custom", buffer]));
      calls.push(
        client.batch((b) => {
          const added = b.rpush("batch", buffer);
          buffer.fill(120);
          return [added];
        }),
      );
      buffer.fill(97 + i);
      calls.push(
        client.transaction((t) => {
          const added = t.rpush("transaction", buffer);
          buffer.fill(120);
          return [added];
        }),
      );
      buffer.fill(97 + i);
      const push = script("return redis.call('RPUSH', KEYS[1], ARGV[1])");
      calls.push(client.run(push, { keys: [`script${i}`], args: [buffer] }));
    }
    await Promise.all(calls);
    const expected = Array.from({ length: 4 }, (_, i) => text(i));
    for (const key of ["list", "custom", "batch", "transaction"]) {
      const list = await client.lrange(key, 0, -1);
      assertEquals(
        list.map((item) => item[0] + item.length),
        expected.map((item) => item[0] + size),
      );
      assertEquals(list.every((item, i) => item === expected[i]), true, key);
    }
    for (let i = 0; i < 4; i++) {
      assertEquals((await client.lrange(`script${i}`, 0, -1))[0] === expected[i], true);
    }
  });
}

Deno.test("bytes that are resized or transferred after the call harm nobody", async () => {
  await using client = await connect();
  const others: Promise<unknown>[] = [];
  const sets: Promise<unknown>[] = [];
  for (let i = 0; i < 200; i++) {
    others.push(client.customCommand(["ECHO", `before ${i}`]));
    const resizable = new ArrayBuffer(20 * KiB, { maxByteLength: 40 * KiB });
    sets.push(client.set("resized", new Uint8Array(resizable)));
    resizable.resize(i % 2 === 0 ? 3 : 40 * KiB);
    const transferred = new Uint8Array(20 * KiB);
    sets.push(client.set("transferred", transferred));
    structuredClone(transferred.buffer, { transfer: [transferred.buffer] });
    const shared = new Uint8Array(new SharedArrayBuffer(20 * KiB));
    sets.push(client.set("shared", shared));
    shared.fill(1);
    others.push(client.customCommand(["ECHO", `after ${i}`]));
  }
  assertEquals(
    await Promise.all(others),
    Array.from({ length: 200 }, (_, i) => [`before ${i}`, `after ${i}`]).flat(),
  );
  assertEquals(new Set(await Promise.all(sets)), new Set(["OK"]));
  for (const key of ["resized", "transferred", "shared"]) {
    assertEquals(await client.strlen(key), 20 * KiB, key);
    assertEquals((await client.bytes.get(key))!.every((byte) => byte === 0), true, key);
  }
});

Deno.test("bytes that wait for a connection keep what they were", async () => {
  await using client = await RedisClient.create({
    addresses: [{ host: server.host, port: server.port }],
    requestTimeout: 10_000,
    lazyConnect: true,
  });
  const key = new Uint8Array([107]);
  const set = client.set(key, "v");
  key.fill(120);
  assertEquals(await set, "OK");
  assertEquals(await client.get("k"), "v");
});

Deno.test("a scan goes on with the key and the pattern that it was begun with", async () => {
  await using client = await connect();
  const items = Array.from({ length: 2000 }, (_, i) => `item:${i}`);
  await client.sadd("s", items);
  await client.hset("h", Object.fromEntries(items.map((item) => [item, 1])));
  await client.zadd("z", Object.fromEntries(items.map((item, i) => [item, i])));
  const scans = {
    scan: [(_: Uint8Array, match: Uint8Array) => client.scanIterator({ match }), 1],
    sscan: [(key: Uint8Array, match: Uint8Array) => client.sscanIterator(key, { match }), 2000],
    hscan: [(key: Uint8Array, match: Uint8Array) => client.hscanIterator(key, { match }), 2000],
    zscan: [(key: Uint8Array, match: Uint8Array) => client.zscanIterator(key, { match }), 2000],
  } as const;
  for (const [name, [begin, count]] of Object.entries(scans)) {
    const key = new TextEncoder().encode(name[0]);
    const match = new TextEncoder().encode(name === "scan" ? "s" : "item:*");
    const seen = new Set<string>();
    for await (const item of begin(key, match)) {
      key.fill(120);
      match.fill(120);
      seen.add(JSON.stringify(item));
    }
    assertEquals(seen.size, count, name);
  }
});

Deno.test("a detached buffer is refused in words, and harms nobody", async () => {
  await using client = await connect();
  const bytes = new Uint8Array(20 * KiB);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  const [other] = await Promise.all([
    client.customCommand(["ECHO", "x"]),
    assertRejects(() => client.set("k", bytes), TypeError, "Cannot send SET: argument 2"),
  ]);
  assertEquals(other, "x");
  assertEquals(await client.exists("k"), 0);
});
