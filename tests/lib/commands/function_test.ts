import { assert, assertEquals, assertRejects } from "@std/assert";
import { retry } from "@std/async";
import { ServerError } from "../../../lib/errors.ts";
import { commandTest } from "../../_kit/command_tests.ts";
import { connectTo, serverTest } from "../../_kit/server_tests.ts";

const CODE = `#!lua name=greetings
redis.register_function("greet", function(keys, args) return "hello " .. args[1] end)
redis.register_function{
  function_name = "look",
  callback = function(keys) return redis.call("GET", keys[1]) end,
  description = "Looks at a key",
  flags = { "no-writes" },
}`;

commandTest("fcall() calls a function", async (client) => {
  assertEquals(await client.functionLoad(CODE, { replace: true }), "greetings");
  assertEquals(await client.fcall("greet", { args: ["Ada"] }), "hello Ada");
  assertEquals(
    await client.bytes.fcall("greet", { args: ["Ada"] }),
    new TextEncoder().encode("hello Ada"),
  );
  await client.set("k", "v");
  assertEquals(await client.fcall("look", { keys: ["k"] }), "v");
  await assertRejects(() => client.fcall("missing"), ServerError);
  await assertRejects(() => client.fcall("greet"), ServerError);
});

commandTest("fcallRo() calls functions that only read", async (client) => {
  await client.functionLoad(CODE, { replace: true });
  await client.set("k", "v");
  assertEquals(await client.fcallRo("look", { keys: ["k"] }), "v");
  await assertRejects(() => client.fcallRo("greet", { args: ["Ada"] }), ServerError);
});

commandTest("functionLoad() refuses what is there, and mistakes", async (client) => {
  await client.functionFlush();
  await client.functionLoad(CODE);
  await assertRejects(() => client.functionLoad(CODE), ServerError);
  assertEquals(
    await client.functionLoad(new TextEncoder().encode(CODE), { replace: true }),
    "greetings",
  );
  await assertRejects(() => client.functionLoad("not Lua"), ServerError);
});

commandTest("functionList() describes libraries", async (client) => {
  await client.functionFlush();
  assertEquals(await client.functionList(), []);
  await client.functionLoad(CODE);
  await client.functionLoad(`#!lua name=other\nredis.register_function("f", function() end)`);
  assertEquals((await client.functionList()).length, 2);

  const [library] = await client.functionList({ libraryname: "greet*" });
  assertEquals(library.libraryName, "greetings");
  assertEquals(library.engine, "LUA");
  assertEquals(library.functions.toSorted((a, b) => a.name < b.name ? -1 : 1), [
    { name: "greet", description: null, flags: [] },
    { name: "look", description: "Looks at a key", flags: ["no-writes"] },
  ]);
  assert(!("libraryCode" in library));

  const options = { libraryname: "greetings", withcode: true };
  assertEquals((await client.functionList(options))[0].libraryCode, CODE);
  const [bytes] = await client.bytes.functionList(options);
  assertEquals(bytes.libraryCode, new TextEncoder().encode(CODE));
  assertEquals(bytes.libraryName, "greetings");
});

commandTest("functionDelete() deletes a library", async (client) => {
  await client.functionLoad(CODE, { replace: true });
  assertEquals(await client.functionDelete("greetings"), "OK");
  await assertRejects(() => client.functionDelete("greetings"), ServerError);
});

commandTest("functionFlush() deletes all libraries", async (client) => {
  for (const options of [{}, { async: true }, { sync: true }] as const) {
    await client.functionLoad(CODE, { replace: true });
    assertEquals(await client.functionFlush(options), "OK");
    assertEquals(await client.functionList(), []);
  }
});

commandTest("functionDump() and functionRestore() copy libraries", async (client) => {
  await client.functionFlush();
  await client.functionLoad(CODE);
  const payload = await client.functionDump();
  assert(payload instanceof Uint8Array);
  assertEquals(await client.bytes.functionDump(), payload);

  await assertRejects(() => client.functionRestore(payload), ServerError);
  await assertRejects(() => client.functionRestore(payload, { append: true }), ServerError);
  assertEquals(await client.functionRestore(payload, { replace: true }), "OK");
  await client.functionLoad(`#!lua name=other\nredis.register_function("f", function() end)`);
  assertEquals(await client.functionRestore(payload, { flush: true }), "OK");
  assertEquals((await client.functionList()).map(({ libraryName }) => libraryName), ["greetings"]);
  await client.functionFlush();
  assertEquals(await client.functionRestore(payload), "OK");
  assertEquals(await client.fcall("greet", { args: ["Ada"] }), "hello Ada");
  await assertRejects(() => client.functionRestore(payload.slice(1)), ServerError);
});

commandTest(
  "functionStats() counts libraries and functions",
  { except: { cluster: "it answers for each node" } },
  async (client) => {
    await client.functionFlush();
    await client.functionLoad(CODE);
    const { runningScript, engines } = await client.functionStats();
    assertEquals(runningScript, null);
    assertEquals(engines.LUA, { librariesCount: 1, functionsCount: 2 });
    assertEquals((await client.bytes.functionStats()).engines.LUA.functionsCount, 2);
  },
);

commandTest("functionKill() needs a function that runs", async (client) => {
  const error = await assertRejects(() => client.functionKill(), ServerError);
  assertEquals(error.code, "NOTBUSY");
});

serverTest(
  "functionStats() tells what runs, and functionKill() ends it",
  { config: { "busy-reply-threshold": "10" } },
  async (client, server) => {
    await using other = await connectTo(server);
    await client.functionLoad(
      `#!lua name=endless\nredis.register_function("spin", function() while true do end end)`,
    );
    const ended = assertRejects(() => client.fcall("spin", { args: ["x"] }), ServerError);
    const running = await retry(async () => {
      const { runningScript } = await other.functionStats();
      if (runningScript === null) throw new Error("Nothing runs yet");
      return runningScript;
    }, { minTimeout: 5, maxAttempts: 50 });
    assertEquals(running.name, "spin");
    assertEquals(running.command, ["FCALL", "spin", "0", "x"]);
    assert(running.durationMs >= 10);
    assertEquals(
      (await other.bytes.functionStats()).runningScript?.command[3],
      new TextEncoder().encode("x"),
    );
    assertEquals(await other.functionKill(), "OK");
    await ended;
  },
);
