import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { type RedisClient, ServerError } from "../../standalone/mod.ts";
import { startServer } from "../../lib/testing/mod.ts";
import type { Reply } from "../../lib/resp/mod.ts";
import { connect } from "./_connect.ts";

const server = await startServer({ config: { "enable-debug-command": "yes" } });
server.unref();

/** Registers a test for each protocol, with a client and an empty server. */
function test(name: string, body: (client: RedisClient, protocol: 2 | 3) => Promise<void>): void {
  for (const protocol of [2, 3] as const) {
    Deno.test(`${name} [RESP${protocol}]`, async () => {
      await server.command(["FLUSHALL"]);
      await using client = await connect(server, { protocol });
      await body(client, protocol);
    });
  }
}

/** All 256 bytes, CR and LF next to each other among them. */
const EVERY_BYTE = new Uint8Array([...Array(256).keys(), 13, 10, 13, 10]);

test("typed methods give the same value on both protocols", async (client) => {
  const values: [Promise<unknown>, unknown][] = [
    [client.set("s", "v"), "OK"],
    [client.set("s", "w", { nx: true }), null],
    [client.set("s", "w", { get: true }), "v"],
    [client.get("s"), "w"],
    [client.get("missing"), null],
    [client.append("s", "x"), 2],
    [client.setnx("s", "y"), false],
    [client.incr("n"), 1],
    [client.incrby("n", 2 ** 53 - 2), 2 ** 53 - 1],
    [client.incrby("n", 1n), 2n ** 53n],
    [client.incrbyfloat("f", 0.5), 0.5],
    [client.mget(["s", "missing", "n"]), ["wx", null, "9007199254740992"]],
    [client.type("s"), "string"],
    [client.type("missing"), "none"],
    [client.expire("s", 100), true],
    [client.persist("s"), true],
    [client.persist("s"), false],
    [client.ttl("missing"), -2],
    [client.exists(["s", "missing", "s"]), 2],
    [client.objectEncoding("missing"), null],
    [client.dump("missing"), null],
    [client.keys("none*"), []],
    [client.mset({ a: "ohmytext", b: "mynewtext" }), "OK"],
    [client.lcs("a", "b"), "mytext"],
    [client.lcs("a", "b", { len: true }), 6],
    [client.del(["a", "b"]), 2],
    [client.randomkey().then((key) => typeof key), "string"],
    [client.scan("0", { match: "none*" }).then(({ items }) => items), []],
  ];
  for (const [i, [value, expected]] of values.entries()) {
    assertEquals(await value, expected, `value ${i}`);
  }
});

const RAW: [kind: string, resp2: Reply, resp3: Reply][] = [
  ["STRING", "Hello World", "Hello World"],
  ["INTEGER", 12345, 12345],
  ["DOUBLE", "3.141", 3.141],
  ["NULL", null, null],
  ["ARRAY", [0, 1, 2], [0, 1, 2]],
  ["SET", [0, 1, 2], new Set<Reply>([0, 1, 2])],
  ["MAP", [0, 0, 1, 1, 2, 0], new Map<Reply, Reply>([[0, false], [1, true], [2, false]])],
  [
    "BIGNUM",
    "1234567999999999999999999999999999999",
    1234567999999999999999999999999999999n,
  ],
  ["VERBATIM", "This is a verbatim\nstring", "This is a verbatim\nstring"],
  ["TRUE", 1, true],
  ["FALSE", 0, false],
];

test("customCommand() answers every kind of reply as it is", async (client, protocol) => {
  for (const [kind, resp2, resp3] of RAW) {
    assertEquals(
      await client.customCommand(["DEBUG", "PROTOCOL", kind]),
      protocol === 2 ? resp2 : resp3,
      kind,
    );
  }
  assertEquals(await client.customCommand(["ECHO", "still in step"]), "still in step");
});

Deno.test("customCommand() drops attributes and leaves push messages out of the replies", async () => {
  await using client = await connect(server);
  const replies = await Promise.all([
    client.customCommand(["DEBUG", "PROTOCOL", "ATTRIB"]),
    client.customCommand(["DEBUG", "PROTOCOL", "PUSH"]),
    client.customCommand(["ECHO", "next"]),
  ]);
  assertEquals(replies, [
    "Some real reply following the attribute",
    "Some real reply following the push reply",
    "next",
  ]);
});

test("an error inside an array is a value in its place", async (client) => {
  const reply = await client.customCommand([
    "EVAL",
    "return {1, redis.error_reply('BAD luck'), {redis.error_reply('WORSE')}, 2}",
    0,
  ]);
  assert(Array.isArray(reply));
  const [one, bad, [worse], two] = reply as [number, Error, Error[], number];
  assertEquals([one, two], [1, 2]);
  assertInstanceOf(bad, ServerError);
  assertEquals([bad.code, bad.message], ["BAD", "BAD luck"]);
  assertInstanceOf(worse, ServerError);
  assertEquals(await client.get("missing"), null);
});

test("an error reply rejects with its code and the name of the command", async (client) => {
  await client.set("s", "text");
  const error = await assertRejects(() => client.incr("s"), ServerError, "not an integer");
  assertEquals([error.code, error.command], ["ERR", "INCR"]);
  const wrong = await assertRejects(() => client.customCommand(["LPUSH", "s", "x"]), ServerError);
  assertEquals([wrong.code, wrong.command], ["WRONGTYPE", "LPUSH"]);
});

test("integers are numbers up to 2^53 - 1 and bigints beyond", async (client) => {
  const max = Number.MAX_SAFE_INTEGER;
  for (const n of [0, -1, max, -max]) {
    assertEquals(await client.customCommand(["INCRBY", `n${n}`, n]), n);
  }
  for (const n of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)]) {
    assertEquals(await client.customCommand(["INCRBY", `n${n}`, n]), n);
  }
});

test("keys and values hold every byte", async (client) => {
  assertEquals(await client.set(EVERY_BYTE, EVERY_BYTE), "OK");
  assertEquals(await client.bytes.get(EVERY_BYTE), EVERY_BYTE);
  assertEquals(await client.bytes.keys("*"), [EVERY_BYTE]);
  assertEquals(await client.bytes.mget([EVERY_BYTE, "missing"]), [EVERY_BYTE, null]);
  assertEquals(await server.command(["GET", EVERY_BYTE], { bytes: true }), EVERY_BYTE);
  const large = new Uint8Array(100_000).map((_, i) => i * 31);
  await client.set("large", large);
  assertEquals(await client.bytes.get("large"), large);
});

test("text keeps every character, and bytes that are no text do not reject", async (client) => {
  for (const text of ["žluťoučký kůň", "😀".repeat(5000), "\uFEFFbom", "a\0b", "\r\n"]) {
    await client.set("t", text);
    assertEquals(await client.get("t"), text);
    assertEquals(await client.bytes.get("t"), new TextEncoder().encode(text));
  }
  await client.set("t", new Uint8Array([97, 255, 98]));
  assertEquals(await client.get("t"), "a\uFFFDb");
});

test("an empty string is not null", async (client) => {
  await client.set("empty", "");
  assertEquals(await client.get("empty"), "");
  assertEquals(await client.bytes.get("empty"), new Uint8Array());
  assertEquals(await client.mget(["empty", "missing"]), ["", null]);
  await client.set("", "the empty key");
  assertEquals(await client.get(""), "the empty key");
  assertEquals(await client.get(new Uint8Array()), "the empty key");
});

Deno.test("values of 64 MiB go both ways", async () => {
  await using client = await connect(server);
  const size = 64 * 1024 * 1024;
  const sent = new Uint8Array(size);
  for (let i = 0; i < size; i += 4096) sent[i] = i >> 12;
  sent[size - 1] = 255;
  assertEquals(await client.set("big", sent), "OK");
  const [got, neighbour, text] = await Promise.all([
    client.bytes.get("big"),
    client.strlen("big"),
    client.getrange("big", 0, 0),
  ]);
  assertEquals(neighbour, size);
  assertEquals(text, "\0");
  assert(got !== null);
  assert(equalBytes(got, sent), "what came is not what was sent");
  await client.set("text", "x".repeat(size));
  const large = await client.get("text");
  assertEquals(large?.length, size);
  assertEquals(await client.del(["big", "text"]), 2);
});

test("10 000 concurrent mixed requests each get their own reply", async (client) => {
  const count = 10_000;
  const results = await Promise.all(
    Array.from({ length: count }, (_, i): Promise<unknown> => {
      switch (i % 7) {
        case 0:
          return client.set(`k${i}`, `v${i}`);
        case 1:
          return client.customCommand(["ECHO", `e${i}`]);
        case 2:
          return client.bytes.set(`b${i}`, "x", { get: true });
        case 3:
          return client.customCommand(["LPUSH", "k0", i]).catch(code);
        case 4:
          return client.append(`a${i}`, "x".repeat(i % 3000));
        case 5:
          return client.mget([`k${i - 5}`, `missing${i}`]);
        default:
          return client.bytes.get(`k${i - 6}`);
      }
    }),
  );
  const utf8 = new TextEncoder();
  for (const [i, result] of results.entries()) {
    const expected = [
      "OK",
      `e${i}`,
      null,
      "WRONGTYPE",
      i % 3000,
      [`v${i - 5}`, null],
      utf8.encode(`v${i - 6}`),
    ][i % 7];
    assertEquals(result, expected, `request ${i}`);
  }
});

function code(error: unknown): string {
  return error instanceof ServerError ? error.code : String(error);
}

/** `assertEquals` takes minutes to compare so many elements. */
function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const words = a.length >> 2;
  const x = new Uint32Array(a.buffer, a.byteOffset, words);
  const y = new Uint32Array(b.buffer, b.byteOffset, words);
  return x.every((word, i) => word === y[i]) && a.at(-1) === b.at(-1);
}
