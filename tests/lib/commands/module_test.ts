import { assert, assertEquals, assertRejects } from "@std/assert";
import { ServerError } from "../../../lib/errors.ts";
import { startServer } from "../../../lib/testing/mod.ts";
import { commandTest } from "../../_kit/command_tests.ts";
import { connectTo } from "../../_kit/server_tests.ts";
import { makeModule, MODULE_NAME, MODULE_VERSION, NO_COMPILER } from "./_test_module.ts";

commandTest("moduleList() describes modules", async (client) => {
  // Some servers have parts that are modules; none has this one.
  for (const module of await client.moduleList()) {
    assert(module.name !== "" && Number.isInteger(module.version));
  }
  assertEquals((await client.moduleList()).filter(({ name }) => name === MODULE_NAME), []);
  assertEquals(await client.bytes.moduleList(), await client.moduleList());
});

commandTest("modules are not loaded by anybody", async (client) => {
  await assertRejects(() => client.moduleLoad("/no/such/module.so", ["a"]), ServerError);
  await assertRejects(() => client.moduleLoadex("/no/such/module.so"), ServerError);
  await assertRejects(() => client.moduleUnload("no-such-module"), ServerError);
});

for (const protocol of [2, 3] as const) {
  Deno.test({
    name: `moduleLoad(), moduleLoadex() and moduleUnload() load and unload [RESP${protocol}]` +
      (NO_COMPILER === undefined ? "" : ` (skipped: ${NO_COMPILER})`),
    ignore: NO_COMPILER !== undefined,
    fn: async () => {
      const folder = await Deno.makeTempDir();
      try {
        const path = await makeModule(folder);
        await using server = await startServer({ config: { "enable-module-command": "yes" } });
        await using client = await connectTo(server, protocol);
        const find = async () =>
          (await client.moduleList()).find(({ name }) => name === MODULE_NAME);
        const loaded = { name: MODULE_NAME, version: MODULE_VERSION, path };

        assertEquals(await client.moduleLoad(path, ["verbose", 5]), "OK");
        assertEquals(await find(), { ...loaded, args: ["verbose", "5"] });
        assertEquals(await client.moduleUnload(MODULE_NAME), "OK");
        assertEquals(await find(), undefined);

        assertEquals(await client.moduleLoadex(path, { args: ["x"] }), "OK");
        assertEquals(await find(), { ...loaded, args: ["x"] });
        await client.moduleUnload(MODULE_NAME);
        await assertRejects(
          () => client.moduleLoadex(path, { config: { "nothing.size": 5 }, args: ["x"] }),
          ServerError,
        );
        await assertRejects(() => client.moduleLoadex(path, { config: {} }), RangeError);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
