import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ServerError } from "../../../lib/errors.ts";
import { commandTest } from "../../_kit/command_tests.ts";
import { serverTest } from "../../_kit/server_tests.ts";

const PER_NODE = { cluster: "it answers for each node" };

commandTest("latencyDoctor() advises", { except: PER_NODE }, async (client) => {
  assertMatch(await client.latencyDoctor(), /\w/);
  assertMatch(await client.bytes.latencyDoctor(), /\w/);
});

commandTest("latencyGraph() needs events", async (client) => {
  await assertRejects(() => client.latencyGraph("no-such-event"), ServerError);
});

commandTest("latencyHistogram() counts calls by time", { except: PER_NODE }, async (client) => {
  await client.configResetstat();
  await client.set("k", "v");
  await client.set("k", "v");
  await client.configGet("hz");
  const { set } = await client.latencyHistogram("set");
  assertEquals(set.calls, 2);
  const counts = [...set.histogramUsec.values()];
  assertEquals(counts.at(-1), 2);
  assertEquals(counts, counts.toSorted((a, b) => a - b));
  const bounds = [...set.histogramUsec.keys()];
  assertEquals(bounds, bounds.toSorted((a, b) => a - b));

  assertEquals(Object.keys(await client.latencyHistogram(["set", "config"])).toSorted(), [
    "config|get",
    "config|resetstat",
    "set",
  ]);
  const all = await client.bytes.latencyHistogram();
  assert("set" in all && "config|get" in all);
  assertEquals(await client.latencyHistogram("xdel"), Object.create(null));
});

commandTest("latencyHistory(), latencyLatest() and latencyReset() know of nothing", {
  except: PER_NODE,
}, async (client) => {
  await client.latencyReset();
  assertEquals(await client.latencyHistory("command"), []);
  assertEquals(await client.latencyLatest(), []);
  assertEquals(await client.latencyReset(["command", "fork"]), 0);
});

commandTest("latencyReset() counts on all nodes", async (client) => {
  await client.latencyReset();
  assertEquals(await client.latencyReset("command"), 0);
});

serverTest(
  "latency commands tell of slow commands",
  { config: { "latency-monitor-threshold": "5" } },
  async (client) => {
    const slow = "local till = redis.call('TIME')[1] * 1e6 + redis.call('TIME')[2] + 20000 " +
      "while true do local now = redis.call('TIME') " +
      "if now[1] * 1e6 + now[2] > till then return 1 end end";
    await client.eval(slow);

    const [event] = (await client.latencyLatest()).filter(({ event }) => event === "command");
    assert(event.latency >= 5 && event.max >= event.latency);
    assert(Math.abs(event.time - Date.now() / 1000) < 60);
    if (event.count !== undefined) assert(event.count >= 1 && event.sum! >= event.latency);

    const history = await client.latencyHistory("command");
    assertEquals(history.at(-1), { time: event.time, latency: event.latency });
    assertMatch(await client.latencyGraph("command"), /command/);
    assertMatch(await client.latencyDoctor(), /command/);
    assertEquals(await client.latencyReset("command"), 1);
    assertEquals(await client.latencyHistory("command"), []);
  },
);
