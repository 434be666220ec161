import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { Answering } from "../../_kit/answering.ts";
import { retry } from "@std/async";
import type { ClusterNodeInfo } from "../../../lib/commands/mod.ts";
import { ServerError } from "../../../lib/errors.ts";
import { startCluster, startServer } from "../../../lib/testing/mod.ts";
import type { RedisClient } from "../../../standalone/mod.ts";
import { commandTest, connectToCluster, missing } from "../../_kit/command_tests.ts";
import { connectTo, serverTest } from "../../_kit/server_tests.ts";

const IN_CLUSTER = {
  except: { standalone: "it is no cluster", batch: "it is no cluster" },
} as const;
const ID = /^[0-9a-f]{40}$/;
const bytes = (text: string) => new TextEncoder().encode(text);

/** A node that knows no other. */
const NEW_NODE = { config: { "cluster-enabled": "yes", "cluster-node-timeout": "1000" } };

commandTest("clusterInfo() is refused where there is no cluster", {
  except: { cluster: "it is one" },
}, async (client) => {
  await assertRejects(() => client.clusterInfo(), ServerError, "cluster support disabled");
});

commandTest("clusterInfo() reports on the cluster", IN_CLUSTER, async (client) => {
  const info = await client.clusterInfo();
  assertEquals(info.state, "ok");
  assertEquals([info.slotsAssigned, info.slotsOk, info.slotsFail], [16_384, 16_384, 0]);
  assertEquals([info.knownNodes, info.size], [3, 3]);
  assert(info.myEpoch <= info.currentEpoch && info.statsMessagesSent > 0);
  assertEquals(info.totalClusterLinksBufferLimitExceeded, 0);
  assertEquals((await client.bytes.clusterInfo()).state, "ok");
});

commandTest("clusterKeyslot() tells the slot of a key", IN_CLUSTER, async (client) => {
  assertEquals(await client.clusterKeyslot("foo"), 12_182);
  assertEquals(await client.clusterKeyslot("{foo}x"), 12_182);
  assertEquals(await client.clusterKeyslot(bytes("foo")), 12_182);
});

commandTest("clusterMyid() and clusterLinks() tell of a node", IN_CLUSTER, async (client) => {
  assertMatch(await client.clusterMyid(), ID);
  assertMatch(await client.bytes.clusterMyid(), ID);
  const links = await client.clusterLinks();
  assertEquals(links.filter(({ direction }) => direction === "to").length, 2);
  for (const link of links) {
    assertMatch(link.node, ID);
    assertMatch(link.events, /^[rw]*$/);
    assert(link.createTime > 1_600_000_000_000);
    assert(link.sendBufferAllocated >= link.sendBufferUsed && link.sendBufferUsed >= 0);
  }
});

commandTest(
  "clusterMyshardid() tells the shard",
  { needs: "CLUSTER MYSHARDID", ...IN_CLUSTER },
  async (client) => {
    assertMatch(await client.clusterMyshardid(), ID);
  },
);

commandTest("clusterNodes() describes nodes", IN_CLUSTER, async (client) => {
  const nodes = await client.clusterNodes();
  assertEquals(nodes.length, 3);
  assertEquals(nodes.filter(({ flags }) => flags.includes("myself")).length, 1);
  const ranges = nodes.flatMap(({ slots }) => slots).toSorted(([a], [b]) => a - b);
  assertEquals([ranges[0][0], ranges.at(-1)![1]], [0, 16_383]);
  for (const node of nodes) {
    assertMatch(node.id, ID);
    assertEquals(node.host, "127.0.0.1");
    assert(node.port > 0 && node.busPort > 0 && node.configEpoch > 0);
    assertEquals([node.role, node.primary, node.linkState], ["primary", null, "connected"]);
    assertEquals([node.migrating, node.importing], [[], []]);
  }
  assertEquals((await client.bytes.clusterNodes()).length, 3);
});

commandTest("clusterReplicas() and clusterSlaves() know of none", IN_CLUSTER, async (client) => {
  const [{ id }] = await client.clusterNodes();
  assertEquals(await client.clusterReplicas(id), []);
  assertEquals(await client.clusterSlaves(id), []);
  await assertRejects(() => client.clusterReplicas("x"), ServerError);
});

commandTest("clusterCountFailureReports() counts none", IN_CLUSTER, async (client) => {
  const [{ id }] = await client.clusterNodes();
  assertEquals(await client.clusterCountFailureReports(id), 0);
  await assertRejects(() => client.clusterCountFailureReports("x"), ServerError);
});

commandTest("clusterSlots() lists who has which slots", IN_CLUSTER, async (client) => {
  const owners = (await client.clusterSlots()).toSorted((a, b) => a.start - b.start);
  assertEquals([owners[0].start, owners.at(-1)!.end], [0, 16_383]);
  for (const { primary, replicas } of owners) {
    assertEquals(primary.host, "127.0.0.1");
    assertMatch(primary.id, ID);
    assert(primary.port > 0);
    assertEquals(primary.metadata, Object.create(null));
    assertEquals(replicas, []);
  }
  assertEquals(await client.bytes.clusterSlots(), await client.clusterSlots());
});

commandTest("clusterShards() lists shards", IN_CLUSTER, async (client) => {
  const shards = await client.clusterShards();
  assertEquals(shards.length, 3);
  const slots = shards.flatMap(({ slots }) => slots).map(([first, last]) => last - first + 1);
  assertEquals(slots.reduce((a, b) => a + b), 16_384);
  for (const { nodes } of shards) {
    assertEquals(nodes.length, 1);
    const [node] = nodes;
    assertEquals([node.ip, node.endpoint], ["127.0.0.1", "127.0.0.1"]);
    assertEquals([node.role, node.health], ["primary", "online"]);
    assert(node.port! > 0 && node.replicationOffset >= 0);
    assertMatch(node.id, ID);
  }
});

commandTest(
  "clusterSlotStats() tells how slots are used",
  { needs: "CLUSTER SLOT-STATS", ...IN_CLUSTER },
  async () => {
    await using client = await connectToCluster();
    await client.mset({ "{a}1": 1, "{a}2": 2 });
    const slot = await client.clusterKeyslot("a");
    const owner = client.with({ route: { slot } });
    const [stats] = await owner.clusterSlotStats({ slotsrange: [slot, slot] });
    assertEquals([stats.slot, stats.stats["key-count"]], [slot, 2]);
    const first = await owner.clusterSlotStats({ orderby: "key-count", limit: 2, desc: true });
    assertEquals([first.length, first[0].slot], [2, slot]);
    const last = await owner.clusterSlotStats({ orderby: "key-count", limit: 1, asc: true });
    assertEquals(last[0].stats["key-count"], 0);
  },
);

commandTest(
  "the owner of a slot counts and lists its keys",
  IN_CLUSTER,
  async (_, { protocol }) => {
    await using client = await connectToCluster(protocol);
    await client.mset({ "{a}1": 1, "{a}2": 2 });
    const slot = await client.clusterKeyslot("a");
    const owner = client.with({ route: { slot } });
    assertEquals(await owner.clusterCountkeysinslot(slot), 2);
    assertEquals((await owner.clusterGetkeysinslot(slot, 10)).toSorted(), ["{a}1", "{a}2"]);
    assertEquals((await owner.bytes.clusterGetkeysinslot(slot, 1))[0].length, 4);
    await assertRejects(() => owner.clusterCountkeysinslot(20_000), ServerError);
  },
);

commandTest(
  "clusterFlushslot() deletes the keys of a slot",
  { needs: "CLUSTER FLUSHSLOT", ...IN_CLUSTER },
  async (_, { protocol }) => {
    await using client = await connectToCluster(protocol);
    const slot = await client.clusterKeyslot("a");
    const owner = client.with({ route: { slot } });
    for (const options of [{}, { async: true }, { sync: true }] as const) {
      await client.mset({ "{a}1": 1, "{b}1": 1 });
      assertEquals(await owner.clusterFlushslot(slot, options), "OK");
      assertEquals(await client.exists(["{a}1", "{b}1"]), 1);
    }
  },
);

commandTest(
  "clusterscan() pages through all keys",
  { needs: "CLUSTERSCAN", ...IN_CLUSTER },
  async (client) => {
    await client.mset({ a: 1, b: 2 });
    await client.rpush("l", "x");
    const all = async (options: Parameters<typeof client.clusterscan>[1]) => {
      const found: string[] = [];
      let cursor = "0";
      do {
        const page = await client.clusterscan(cursor, options);
        found.push(...page.items);
        cursor = page.cursor;
      } while (cursor !== "0");
      return found.toSorted();
    };
    assertEquals(await all({ count: 1000 }), ["a", "b", "l"]);
    assertEquals(await all({ count: 1000, type: "list" }), ["l"]);
    assertEquals(await all({ count: 1000, match: "{t}[ab]" }), ["a", "b"]);
    const slot = await client.clusterKeyslot("{t}");
    assertEquals(await all({ count: 1000, slot }), ["a", "b", "l"]);
    assert((await client.bytes.clusterscan("0", { slot })).items.every((key) => key.length === 1));
  },
);

serverTest("slots are added and deleted", NEW_NODE, async (client) => {
  const slots = async () => (await client.clusterNodes())[0].slots;
  assertEquals(await client.clusterAddslots([5, 1]), "OK");
  assertEquals(await client.clusterAddslots(2), "OK");
  assertEquals(await slots(), [[1, 2], [5, 5]]);
  await assertRejects(() => client.clusterAddslots(5), ServerError);
  assertEquals(await client.clusterDelslots(5), "OK");
  await assertRejects(() => client.clusterDelslots([5]), ServerError);
  assertEquals(await client.clusterAddslotsrange([[10, 20], [30, 31]]), "OK");
  assertEquals(await slots(), [[1, 2], [10, 20], [30, 31]]);
  assertEquals(await client.clusterDelslotsrange([[11, 20]]), "OK");
  assertEquals(await slots(), [[1, 2], [10, 10], [30, 31]]);
  assertEquals(await client.clusterFlushslots(), "OK");
  assertEquals(await slots(), []);
  assertEquals(await client.clusterSlots(), []);
  assertEquals((await client.clusterInfo()).state, "fail");
  await assertRejects(() => client.clusterAddslots([]), RangeError);
  await assertRejects(() => client.clusterAddslotsrange([]), RangeError);
});

serverTest("epochs are set and raised, and what is known is saved", NEW_NODE, async (client) => {
  assertEquals(await client.clusterSetConfigEpoch(7), "OK");
  assertEquals((await client.clusterInfo()).myEpoch, 7);
  await assertRejects(() => client.clusterSetConfigEpoch(8), ServerError);
  assertMatch(await client.clusterBumpepoch(), /^(BUMPED|STILL) \d+$/);
  assertEquals(await client.clusterSaveconfig(), "OK");
});

serverTest("clusterReset() makes a node as good as new", NEW_NODE, async (client) => {
  const id = await client.clusterMyid();
  await client.clusterAddslots(1);
  assertEquals(await client.clusterReset(), "OK");
  assertEquals((await client.clusterInfo()).slotsAssigned, 0);
  assertEquals(await client.clusterReset({ soft: true }), "OK");
  assertEquals(await client.clusterMyid(), id);
  assertEquals(await client.clusterReset({ hard: true }), "OK");
  assertNotEquals(await client.clusterMyid(), id);
});

serverTest("nodes meet and forget each other", NEW_NODE, async (client, server) => {
  await using otherServer = await startServer(NEW_NODE);
  await using other = await connectTo(otherServer);
  await meet(client, other, otherServer.port);
  assertEquals((await other.clusterNodes()).length, 2);
  assertEquals(await client.clusterForget(await other.clusterMyid()), "OK");
  assertEquals((await client.clusterInfo()).knownNodes, 1);
  await assertRejects(() => client.clusterForget("x"), ServerError);
  await assertRejects(() => client.clusterMeet("no address", server.port), ServerError);
});

serverTest("clusterSetslot() moves a slot", NEW_NODE, async (client) => {
  await using otherServer = await startServer(NEW_NODE);
  await using other = await connectTo(otherServer);
  await client.clusterSetConfigEpoch(1);
  await other.clusterSetConfigEpoch(2);
  await client.clusterAddslotsrange([[0, 16_383]]);
  await meet(client, other, otherServer.port);
  const [source, target] = [await client.clusterMyid(), await other.clusterMyid()];
  // Gossip has to tell who owns the slots before they can move.
  await until(async () => (await other.clusterInfo()).slotsAssigned === 16_384);

  assertEquals(await other.clusterSetslot(7, { importing: source }), "OK");
  assertEquals(await client.clusterSetslot(7, { migrating: target }), "OK");
  assertEquals((await myself(client)).migrating, [{ slot: 7, node: target }]);
  assertEquals((await myself(other)).importing, [{ slot: 7, node: source }]);
  assertEquals(await client.clusterSetslot(7, { stable: true }), "OK");
  assertEquals((await myself(client)).migrating, []);
  assertEquals(await other.clusterSetslot(7, { node: target }), "OK");
  assertEquals((await myself(other)).slots, [[7, 7]]);
  await assertRejects(() => client.clusterSetslot(7, { node: "x" }), ServerError);
});

serverTest(
  "clusterSetslot() waits for replicas",
  { ...NEW_NODE, needs: "CLUSTER SETSLOT TIMEOUT" },
  async (client) => {
    await client.clusterAddslots(7);
    assertEquals(await client.clusterSetslot(7, { stable: true, timeout: 500 }), "OK");
  },
);

serverTest(
  "clusterReplicate() makes a replica, clusterFailover() a primary",
  NEW_NODE,
  async (client) => {
    await using otherServer = await startServer(NEW_NODE);
    await using other = await connectTo(otherServer);
    await client.clusterSetConfigEpoch(1);
    await other.clusterSetConfigEpoch(2);
    await client.clusterAddslotsrange([[0, 16_383]]);
    await meet(client, other, otherServer.port);
    const id = await client.clusterMyid();
    const otherId = await other.clusterMyid();
    await assertRejects(() => client.clusterFailover(), ServerError);

    await until(async () => await other.clusterReplicate(id) === "OK");
    await until(async () => (await client.clusterReplicas(id)).length === 1);
    const [replica] = await client.clusterReplicas(id);
    assertEquals([replica.id, replica.role, replica.primary], [otherId, "replica", id]);
    assert(replica.flags.includes("slave"));
    assertEquals((await client.clusterSlaves(id))[0].id, otherId);
    await until(async () => (await client.clusterSlots())[0]?.replicas.length === 1);
    assertEquals((await client.clusterSlots())[0].replicas[0].port, otherServer.port);
    const shard = (await client.clusterShards()).find(({ nodes }) => nodes.length === 2);
    assertEquals(shard?.nodes.map(({ role }) => role).toSorted(), ["primary", "replica"]);

    const failovers = [
      { replica: other, primary: client, options: {} },
      { replica: client, primary: other, options: { force: true } },
      { replica: other, primary: client, options: { takeover: true } },
    ] as const;
    for (const { replica, primary, options } of failovers) {
      const { id } = await myself(primary);
      await until(async () => {
        const role = await replica.role();
        const known = await primary.clusterReplicas(id);
        return role.role === "replica" && role.state === "connected" && known.length === 1;
      });
      assertEquals(await replica.clusterFailover(options), "OK");
      await until(async () => (await myself(replica)).role === "primary");
      await until(async () => (await myself(primary)).role === "replica");
    }
  },
);

serverTest(
  "clusterReplicate() makes a replica a primary without slots",
  { ...NEW_NODE, needs: "CLUSTER REPLICATE NO" },
  async (client) => {
    await using otherServer = await startServer(NEW_NODE);
    await using other = await connectTo(otherServer);
    await client.clusterAddslotsrange([[0, 16_383]]);
    await meet(client, other, otherServer.port);
    const id = await client.clusterMyid();
    await until(async () => await other.clusterReplicate(id) === "OK");
    assertEquals((await myself(other)).role, "replica");
    assertEquals(await other.clusterReplicate("no one"), "OK");
    assertEquals((await myself(other)).role, "primary");
  },
);

Deno.test({
  name: "slots migrate, are listed and called off" +
    (missing("CLUSTER MIGRATESLOTS").length > 0 ? " (skipped: the server cannot do it)" : ""),
  ignore: missing("CLUSTER MIGRATESLOTS").length > 0,
  fn: async () => {
    await using nodes = await startCluster({ shards: 2 });
    const [source, target] = nodes.nodes;
    for (const protocol of [2, 3] as const) {
      await using client = await connectTo(source, protocol);
      await using other = await connectTo(target, protocol);
      const node = await other.clusterMyid();
      const slot = protocol;
      assertEquals(await client.clusterMigrateslots({ slotsrange: [[slot, slot]], node }), "OK");
      await until(async () => (await client.clusterGetslotmigrations())[0].state === "success");
      const [migration] = await client.clusterGetslotmigrations();
      assertMatch(migration.name, ID);
      assertEquals(migration.operation, "EXPORT");
      assertEquals(migration.slotRanges, `${slot}-${slot}`);
      assertEquals(migration.targetNode, node);
      assertEquals(migration.sourceNode, await client.clusterMyid());
      assert(migration.createTime > 1_600_000_000);
      assert(migration.lastUpdateTime >= migration.createTime && migration.lastAckTime > 0);
      assertEquals([migration.message, migration.remainingReplSize], ["", 0]);
      assert(migration.cowSize >= 0);
      assertEquals((await other.clusterGetslotmigrations())[0].operation, "IMPORT");
      await assertRejects(() => client.clusterCancelslotmigrations(), ServerError);

      assertEquals(
        await client.clusterMigrateslots([
          { slotsrange: [[100, 199], [300, 300]], node },
          { slotsrange: [[400, 499]], node },
        ]),
        "OK",
      );
      assertEquals(await client.clusterCancelslotmigrations(), "OK");
      const states = (await client.clusterGetslotmigrations()).map(({ state }) => state);
      assertEquals(states.filter((state) => state === "cancelled").length >= 2, true, `${states}`);
    }
  },
});

async function meet(client: RedisClient, other: RedisClient, port: number): Promise<void> {
  assertEquals(await client.clusterMeet("127.0.0.1", port), "OK");
  for (const one of [client, other]) {
    await until(async () => {
      const nodes = await one.clusterNodes();
      return nodes.length === 2 && nodes.every(({ flags }) => !flags.includes("handshake"));
    });
  }
}

async function myself(client: RedisClient): Promise<ClusterNodeInfo> {
  return (await client.clusterNodes()).find(({ flags }) => flags.includes("myself"))!;
}

/** Waits until something is the case; an error means that it is not. */
function until(met: () => Promise<boolean>): Promise<void> {
  return retry(async () => {
    if (!await met()) throw new Error("It is not the case");
  }, { minTimeout: 10, maxTimeout: 100, maxAttempts: 200 });
}

// Redis 8.4 by its public documentation: https://redis.io/docs/latest/commands/cluster-migration/
Deno.test("clusterMigration() imports, calls off and tells (Redis 8.4)", async () => {
  const client = new Answering().answer("24cf41718b20f7f05901743dffc40bc9b15db339");
  const id: string = await client.clusterMigration({ import: [[0, 99], [200, 299]] });
  assertEquals(client.words, ["CLUSTER", "MIGRATION", "IMPORT", 0, 99, 200, 299]);
  const cancelled: number = await client.answer(1).clusterMigration({ cancel: id });
  assertEquals([cancelled, client.words], [1, ["CLUSTER", "MIGRATION", "CANCEL", "ID", id]]);
  const task = [
    ...["id", id, "slots", "0-99", "source", "a", "dest", "b", "operation", "import"],
    ...["state", "completed", "last_error", "", "retries", 0, "create_time", 1753449565137],
    ...["start_time", 1753449565137, "end_time", 1753449565200, "write_pause_ms", 2],
  ];
  const tasks = await client.answer([task]).clusterMigration({ status: "ALL" });
  assertEquals(client.words, ["CLUSTER", "MIGRATION", "STATUS", "ALL"]);
  assertEquals(tasks, [{
    ...{ id, slots: "0-99", source: "a", dest: "b", operation: "import", state: "completed" },
    ...{ lastError: "", retries: 0, createTime: 1753449565137, startTime: 1753449565137 },
    ...{ endTime: 1753449565200, writePauseMs: 2 },
  }]);
  await assertRejects(() => client.clusterMigration({} as never), TypeError, "{ status }");
});
