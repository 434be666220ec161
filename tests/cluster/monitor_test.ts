import { assert, assertEquals, assertRejects } from "@std/assert";
import { ClusterError, ConfigurationError } from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import { startCluster } from "../../lib/testing/mod.ts";
import { connect } from "./_connect.ts";

Deno.test("monitor() in a cluster tells the commands of the node of its route", async () => {
  await using cluster = await startCluster({ shards: 3 });
  await using client = await connect(cluster);
  const [first, second] = await cluster.primaries();
  await using atAddress = await client.with({ route: { host: first.host, port: first.port } })
    .monitor();
  await using atKey = await client.with({ route: { slotKey: "b" } }).monitor();
  await using anywhere = await client.with({ route: "random" }).monitor();
  // The slot of "b" is at the first node, that of "c" at the second.
  assertEquals((await cluster.slotsOf(0)).includes(slotOf("b")), true);
  assertEquals((await cluster.slotsOf(1)).includes(slotOf("c")), true);
  await client.set("c", "1");
  await client.set("b", "2");
  for (const monitor of [atAddress, atKey]) {
    for await (const { words } of monitor) {
      if (words[0] !== "SET") continue;
      assertEquals(words, ["SET", "b", "2"]);
      break;
    }
  }
  assertEquals(anywhere.ended, false);
  await assertRejects(() => client.monitor(), ConfigurationError, "route to one node");
  await assertRejects(
    () => client.with({ route: "allPrimaries" }).monitor(),
    ConfigurationError,
    "route to one node",
  );
  const nowhere = { host: second.host, port: 1 };
  const error = await assertRejects(
    () => client.with({ route: nowhere }).monitor(),
    ClusterError,
  );
  assert(error.message.includes(`no node ${second.host}:1`), error.message);
});
