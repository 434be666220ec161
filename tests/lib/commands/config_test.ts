import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ByteMap } from "../../../lib/commands/mod.ts";
import { ServerError } from "../../../lib/errors.ts";
import { commandTest } from "../../_kit/command_tests.ts";
import { serverTest } from "../../_kit/server_tests.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

commandTest("configGet() and configSet() read and change parameters", async (client) => {
  assertEquals(await client.configSet({ "maxmemory-samples": 6, "lfu-log-factor": "11" }), "OK");
  try {
    assertEquals({ ...await client.configGet("maxmemory-samples") }, { "maxmemory-samples": "6" });
    assertEquals({ ...await client.configGet(["lfu-log-*", "maxmemory-samples"]) }, {
      "lfu-log-factor": "11",
      "maxmemory-samples": "6",
    });
    assertEquals(
      await client.bytes.configGet("maxmemory-samples"),
      new ByteMap([[bytes("maxmemory-samples"), bytes("6")]]),
    );
  } finally {
    await client.configSet([["maxmemory-samples", 5], ["lfu-log-factor", 10]]);
  }
  assertEquals({ ...await client.configGet("no-such-parameter") }, {});
  assertEquals(Object.getPrototypeOf(await client.configGet("hz")), null);
});

commandTest("configSet() changes all parameters or none", async (client) => {
  await assertRejects(
    () => client.configSet({ "maxmemory-samples": 7, "lfu-log-factor": "much" }),
    ServerError,
  );
  assertEquals({ ...await client.configGet("maxmemory-samples") }, { "maxmemory-samples": "5" });
  await assertRejects(() => client.configSet({}), RangeError);
  await assertRejects(() => client.configGet([]), RangeError);
});

commandTest("configResetstat() sets statistics to zero", async (client) => {
  assertEquals(await client.configResetstat(), "OK");
});

serverTest("configResetstat() forgets calls", {}, async (client) => {
  await client.set("k", "v");
  assertEquals((await client.info("commandstats")).details.cmdstat_set.calls, "1");
  assertEquals(await client.configResetstat(), "OK");
  assertEquals((await client.info("commandstats")).details.cmdstat_set, undefined);
});

serverTest("configRewrite() keeps changes", {}, async (client, server) => {
  await client.configSet({ "maxmemory-samples": 9 });
  assertEquals(await client.configRewrite(), "OK");
  const { config_file } = (await client.info("server")).sections.server;
  assertStringIncludes(await Deno.readTextFile(config_file), "maxmemory-samples 9");
  await server.stop();
});

commandTest(
  "configRewrite() writes on all nodes",
  { local: true },
  async (client) => {
    assertEquals(await client.configRewrite(), "OK");
  },
);
