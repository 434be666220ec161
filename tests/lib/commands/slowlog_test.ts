import { assert, assertEquals } from "@std/assert";
import { commandTest } from "../../_kit/command_tests.ts";
import { serverTest } from "../../_kit/server_tests.ts";

commandTest("slowlogGet(), slowlogLen() and slowlogReset() know the log", async (client) => {
  assertEquals(await client.slowlogReset(), "OK");
  assertEquals(await client.slowlogGet(), []);
  assertEquals(await client.slowlogLen(), 0);
});

serverTest(
  "slowlogGet() describes slow commands",
  { config: { "slowlog-log-slower-than": "0" } },
  async (client) => {
    await client.clientSetname("worker");
    await client.slowlogReset();
    await client.set("k", "v");
    const [set, reset] = await client.slowlogGet(2);
    assertEquals(reset.args, ["SLOWLOG", "RESET"]);
    assertEquals(set.args, ["SET", "k", "v"]);
    assertEquals(set.id, reset.id + 1);
    assert(set.duration >= 0 && set.duration < 10_000_000);
    assert(Math.abs(set.timestamp - Date.now() / 1000) < 60);
    assert(/:\d+$/.test(set.clientAddress));
    assertEquals(set.clientName, "worker");

    assertEquals((await client.slowlogGet(1)).length, 1);
    assert((await client.slowlogGet(-1)).length >= 4);
    assert(await client.slowlogLen() >= 5);
    const [bytes] = await client.bytes.slowlogGet(1);
    assertEquals(bytes.args[0], new TextEncoder().encode("SLOWLOG"));
    assertEquals(bytes.clientName, "worker");
  },
);
