import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { retry } from "@std/async";
import { ServerError } from "../../../lib/errors.ts";
import { commandTest } from "../../_kit/command_tests.ts";
import { connectTo, serverTest } from "../../_kit/server_tests.ts";

const UNKNOWN = "0".repeat(40);

commandTest("eval() answers what the script returns", async (client) => {
  assertEquals(await client.eval("return 1"), 1);
  assertEquals(await client.eval("return 'x'"), "x");
  assertEquals(await client.eval("return {1, 'x', {2}}"), [1, "x", [2]]);
  assertEquals(await client.eval("return false"), null);
  assertEquals(await client.eval("return redis.status_reply('FINE')"), "FINE");
  assertEquals(await client.eval("return 3.99"), 3);
  assertEquals(await client.bytes.eval("return 'x'"), new Uint8Array([120]));
});

commandTest("eval() hands keys and arguments over, bytes included", async (client) => {
  const bytes = new Uint8Array([0, 255, 13, 10]);
  assertEquals(await client.eval("return #KEYS", { keys: ["a", "b"] }), 2);
  assertEquals(await client.eval("return ARGV", { args: ["x", 1, 2n] }), ["x", "1", "2"]);
  assertEquals(
    await client.eval("return redis.call('SET', KEYS[1], ARGV[1])", {
      keys: ["k"],
      args: [bytes],
    }),
    "OK",
  );
  assertEquals(await client.bytes.get("k"), bytes);
  assertEquals(await client.eval(new TextEncoder().encode("return ARGV[1]"), { args: ["x"] }), "x");
});

commandTest(
  "eval() rejects with the script's error, unless it is inside of a list",
  async (client) => {
    const error = await assertRejects(
      () => client.eval("return redis.error_reply('TIRED of this')"),
      ServerError,
    );
    assertEquals(error.code, "TIRED");
    assertEquals(error.command, "EVAL");
    await assertRejects(() => client.eval("not Lua"), ServerError);
    const list = await client.eval("return {1, redis.error_reply('TIRED of this')}");
    assert(Array.isArray(list));
    assertEquals(list[0], 1);
    assertInstanceOf(list[1], ServerError);
  },
);

commandTest("evalRo() reads, and refuses to write", async (client) => {
  await client.set("k", "v");
  assertEquals(await client.evalRo("return redis.call('GET', KEYS[1])", { keys: ["k"] }), "v");
  await assertRejects(
    () => client.evalRo("return redis.call('DEL', KEYS[1])", { keys: ["k"] }),
    ServerError,
  );
  assertEquals(await client.get("k"), "v");
});

commandTest("evalsha() runs scripts that were loaded", async (client) => {
  const sha1 = await client.scriptLoad("return redis.call('INCR', KEYS[1]) + ARGV[1]");
  assertEquals(sha1.length, 40);
  assertEquals(await client.evalsha(sha1, { keys: ["k"], args: [10] }), 11);
  const error = await assertRejects(() => client.evalsha(UNKNOWN), ServerError);
  assertEquals(error.code, "NOSCRIPT");
});

commandTest("evalshaRo() runs scripts that only read", async (client) => {
  await client.set("k", "v");
  const read = await client.scriptLoad("return redis.call('GET', KEYS[1])");
  assertEquals(await client.evalshaRo(read, { keys: ["k"] }), "v");
  const write = await client.scriptLoad("return redis.call('DEL', KEYS[1])");
  await assertRejects(() => client.evalshaRo(write, { keys: ["k"] }), ServerError);
  const error = await assertRejects(() => client.evalshaRo(UNKNOWN), ServerError);
  assertEquals(error.code, "NOSCRIPT");
});

commandTest("scriptExists() tells which scripts are known until scriptFlush()", async (client) => {
  for (const options of [{}, { async: true }, { sync: true }] as const) {
    const sha1 = await client.scriptLoad("return 'exists'");
    assertEquals(await client.scriptExists([UNKNOWN, sha1]), [false, true]);
    assertEquals(await client.scriptFlush(options), "OK");
    assertEquals(await client.scriptExists(sha1), [false]);
  }
  await assertRejects(() => client.scriptExists([]), RangeError);
});

commandTest("scriptLoad() answers the digest, and refuses mistakes", async (client) => {
  assertEquals(
    await client.scriptLoad("return 42"),
    "1fa00e76656cc152ad327c13fe365858fd7be306",
  );
  assertEquals(await client.evalsha("1fa00e76656cc152ad327c13fe365858fd7be306"), 42);
  await assertRejects(() => client.scriptLoad("not Lua"), ServerError);
});

commandTest("scriptShow() answers the text", { needs: "SCRIPT SHOW" }, async (client) => {
  const sha1 = await client.scriptLoad("return 'shown'");
  assertEquals(await client.scriptShow(sha1), "return 'shown'");
  assertEquals(await client.bytes.scriptShow(sha1), new TextEncoder().encode("return 'shown'"));
  const error = await assertRejects(() => client.scriptShow(UNKNOWN), ServerError);
  assertEquals(error.code, "NOSCRIPT");
});

commandTest("scriptKill() needs a script that runs", async (client) => {
  const error = await assertRejects(() => client.scriptKill(), ServerError);
  assertEquals(error.code, "NOTBUSY");
});

serverTest(
  "scriptKill() ends a script",
  { config: { "busy-reply-threshold": "10" } },
  async (client, server) => {
    await using other = await connectTo(server);
    const ended = assertRejects(() => client.eval("while true do end"), ServerError);
    // The first ones may come before the script.
    assertEquals(await retry(() => other.scriptKill(), { minTimeout: 5, maxAttempts: 50 }), "OK");
    await ended;
    assertEquals(await client.eval("return 1"), 1);
  },
);
