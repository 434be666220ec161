import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { startServer } from "../../../lib/testing/mod.ts";
import { RedisClient, RedisError, script } from "../../../mod.ts";

// deno-lint-ignore no-explicit-any -- what untyped code can do
type Untyped = any;

const server = await startServer();
server.unref();

async function connect(): Promise<RedisClient> {
  const client = await RedisClient.create({
    addresses: [{ host: server.host, port: server.port }],
    requestTimeout: 10_000,
  });
  await server.command(["FLUSHALL"]);
  return client;
}

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
    "Cannot make a script: expected options as",
  );
});
