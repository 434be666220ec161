import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { startCluster } from "../../../lib/testing/mod.ts";
import { RedisClusterClient, RedisError, script, ServerError } from "../../../mod.ts";
import { startOwnServer } from "../../_kit/own_server.ts";

// deno-lint-ignore no-explicit-any -- what untyped code can do
type Untyped = any;

const { server, connect } = await startOwnServer();

Deno.test("run() sends a script's text only where it is not known", async () => {
  await using client = await connect();
  await server.command(["SCRIPT", "FLUSH"]);
  await server.command(["CONFIG", "RESETSTAT"]);
  const sum = script("return tonumber(ARGV[1]) + tonumber(redis.call('GET', KEYS[1]) or 0)");
  await client.set("n", 2);
  const results = [];
  for (let i = 0; i < 5; i++) results.push(await client.run(sum, { keys: ["n"], args: [i] }));
  assertEquals(results, [2, 3, 4, 5, 6]);
  const stats = await server.info("commandstats");
  assertEquals(/calls=(\d+)/.exec(stats.cmdstat_eval)?.[1], "1");
  assertEquals(/calls=(\d+)/.exec(stats.cmdstat_evalsha)?.[1], "5");
});

Deno.test("run() is sent when it is called: before later commands, and before the client closes", async () => {
  const client = await connect();
  const write = script("return redis.call('SET', KEYS[1], 'script')");
  await server.command(["SCRIPT", "LOAD", write.source]);
  const calls = [client.run(write, { keys: ["k"] }), client.get("k"), client.set("k", "later")];
  await client.close();
  assertEquals(await Promise.all(calls), ["OK", "script", "OK"]);
});

Deno.test("run() of a script that only reads cannot write", async () => {
  await using client = await connect();
  await assertRejects(
    () =>
      client.run(script("return redis.call('SET', KEYS[1], 1)", { readOnly: true }), {
        keys: ["k"],
      }),
    RedisError,
  );
});

Deno.test("run() loads a script on each node of a cluster that it meets", async () => {
  await using nodes = await startCluster();
  await using cluster = await RedisClusterClient.create({
    addresses: nodes.addresses,
    requestTimeout: 10_000,
  });
  const echo = script("return {KEYS[1], ARGV[1]}");
  for (let i = 0; i < 20; i++) {
    assertEquals(await cluster.run(echo, { keys: [`k${i}`], args: [i] }), [`k${i}`, String(i)]);
  }
});

Deno.test("run() sends keys and arguments as they were at the call, also with the text", async () => {
  await using client = await connect();
  await server.command(["SCRIPT", "FLUSH"]);
  const key = new Uint8Array([107]);
  const args = ["first"];
  const result = client.run(script("return {KEYS[1], ARGV[1]}"), { keys: [key], args });
  key[0] = 0;
  args[0] = "second";
  assertEquals(await result, ["k", "first"]);
});

Deno.test("run() on the bytes view answers bytes", async () => {
  await using client = await connect();
  const result = await client.bytes.run(script("return ARGV[1]"), { args: ["\u00e9"] });
  assertEquals(result, new Uint8Array([0xc3, 0xa9]));
});

Deno.test("run() passes on what a script fails with, and does not send it again", async () => {
  await using client = await connect();
  const fail = script("redis.call('INCR', KEYS[1]) return redis.error_reply('NOPE not now')");
  await client.customCommand(["SCRIPT", "LOAD", fail.source]);
  const error = await assertRejects(() => client.run(fail, { keys: ["n"] }), ServerError, "NOPE");
  assertEquals([error.code, await client.get("n")], ["NOPE", "1"]);
});

Deno.test("the sha1 of a script is the name that the server gives it", async () => {
  const sum = script("return 1 + 1 -- \u20ac");
  assertEquals(await sum.sha1, await server.command(["SCRIPT", "LOAD", sum.source]));
});

Deno.test("script() refuses what is no text", () => {
  for (const bad of [undefined, null, 1, new Uint8Array()]) {
    assertThrows(
      () => script(bad as never),
      TypeError,
      "Cannot create a script: expected its source as a string",
    );
  }
});

Deno.test("script() refuses unknown options: a script that reads would be taken for one that writes", () => {
  const make = script as Untyped;
  assertThrows(
    () => make("return 1", { readonly: true }),
    TypeError,
    'no option "readonly", only re',
  );
  assertThrows(
    () => make("return 1", null),
    TypeError,
    "Cannot create a script: expected options as",
  );
});
