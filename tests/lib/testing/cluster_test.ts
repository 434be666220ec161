import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { ServerError, slotRange, startCluster } from "../../../lib/testing/mod.ts";

/** A key in slot 0, and one in slot 16383. */
const FIRST = "{06S}";
const LAST = "{6ZJ}";

Deno.test("startCluster() makes nodes agree, and obeys", async (t) => {
  await using cluster = await startCluster({ replicas: 1 });
  const primaries = await cluster.primaries();

  await t.step("every slot has a primary and a replica on every node", async () => {
    assertEquals(cluster.nodes.length, 6);
    assertEquals(new Set(cluster.addresses.map(({ port }) => port)).size, 6);
    for (const node of cluster.nodes) {
      const slots = await node.command(["CLUSTER", "SLOTS"]) as [number, number, ...unknown[]][];
      assertEquals(slots.map(([first, last]) => last - first + 1).sort(), [5461, 5461, 5462]);
      assert(slots.every((entry) => entry.length === 4));
    }
    assertEquals((await cluster.slotsOf(1)).length, 5462);
  });

  await t.step("failover() swaps the roles", async () => {
    const promoted = await cluster.failover(0);
    assertNotEquals(promoted, primaries[0]);
    assertEquals(await cluster.primary(0), promoted);
    assertEquals(await cluster.replicasOf(0), [primaries[0]]);
  });

  await t.step("killPrimary() makes the replica take over", async () => {
    const killed = await cluster.killPrimary(1);
    assertEquals(killed, primaries[1]);
    await cluster.agreed();
    const successor = await cluster.primary(1);
    assertNotEquals(successor, killed);
    assertEquals(await cluster.replicasOf(1), []);
    await killed.restart();
    await cluster.agreed();
    assertEquals(await cluster.primary(1), successor);
    assertEquals(await cluster.replicasOf(1), [killed]);
  });

  await t.step("a paused primary loses its slots, and comes back as a replica", async () => {
    const paused = await cluster.primary(2);
    paused.pause();
    await cluster.agreed();
    assertNotEquals(await cluster.primary(2), paused);
    paused.resume();
    await cluster.agreed();
    assertEquals(await cluster.replicasOf(2), [paused]);
  });

  await t.step("moveSlots() takes keys along", async () => {
    const binary = new Uint8Array([...new TextEncoder().encode(FIRST), 0, 255, 13, 10]);
    const [source, target] = await cluster.primaries();
    for (let i = 0; i < 250; i++) await source.command(["SET", `${FIRST}${i}`, i]);
    await source.command(["SET", binary, "binary"]);
    await cluster.moveSlots(slotRange(0, 40), 0, 1);
    assertEquals((await cluster.slotsOf(1)).slice(0, 41), slotRange(0, 40));
    assertEquals(await target.command(["GET", `${FIRST}249`]), "249");
    assertEquals(await target.command(["GET", binary]), "binary");
    assertEquals(await target.command(["CLUSTER", "COUNTKEYSINSLOT", 0]), 251);
    const moved = await assertRejects(() => source.command(["GET", FIRST]), ServerError);
    assertEquals(moved.message, `MOVED 0 127.0.0.1:${target.port}`);
  });

  await t.step("beginSlotMove() opens the window for ASK", async () => {
    const [, target, source] = await cluster.primaries();
    await source.commands([["SET", `${LAST}a`, "1"], ["SET", `${LAST}b`, "2"]]);
    const move = await cluster.beginSlotMove(16383, 2, 1);
    assertEquals(await move.moveKeys(1), 1);
    const both = [`${LAST}a`, `${LAST}b`];
    const again = await assertRejects(() => source.command(["MGET", ...both]), ServerError);
    assertEquals(again.code, "TRYAGAIN");
    const values = await Promise.allSettled(both.map((key) => source.command(["GET", key])));
    const ask = values.find((value) => value.status === "rejected")?.reason as ServerError;
    assertEquals(ask.message, `ASK 16383 127.0.0.1:${target.port}`);
    await move.finish();
    assertEquals(await target.command(["MGET", ...both]), ["1", "2"]);
  });

  await t.step("a slot that moves there and back in no time ends where it was", async () => {
    const before = await cluster.slotsOf(0);
    for (let round = 0; round < 15; round++) {
      for (const [from, to] of [[0, 1], [1, 0]]) {
        const move = await cluster.beginSlotMove(before[0], from, to);
        await move.finish();
      }
    }
    await cluster.agreed();
    assertEquals(await cluster.slotsOf(0), before);
  });

  await t.step("cancel() of a slot move leaves everything where it was", async () => {
    const before = await cluster.slotsOf(0);
    const move = await cluster.beginSlotMove(before.slice(0, 3), 0, 2);
    await move.cancel();
    await cluster.agreed();
    assertEquals(await cluster.slotsOf(0), before);
    const primary = await cluster.primary(0);
    assert(!String(await primary.command(["CLUSTER", "NODES"])).includes("->-"));
  });

  await t.step("misuse is refused", async () => {
    await assertRejects(() => cluster.primary(3), RangeError, "Cannot find shard 3");
    await assertRejects(() => cluster.start(), Error, "it was started before");
  });
});

Deno.test("startCluster() secures nodes, adds shards and removes them", async () => {
  await using cluster = await startCluster({ shards: 1, tls: true, password: "secret" });
  assertEquals(await cluster.addShard({ replicas: 1 }), 1);
  assertEquals(await cluster.slotsOf(1), []);
  assertEquals(cluster.shards[1].nodes.length, 2);
  const [source] = await cluster.primaries();
  await source.command(["SET", LAST, "v"]);
  await cluster.moveSlots(slotRange(16300, 16383), 0, 1);
  assertEquals(await (await cluster.primary(1)).command(["GET", LAST]), "v");
  await assertRejects(
    () => cluster.failover(0),
    Error,
    "Cannot fail shard 0 over: none of its replicas runs",
  );
  await cluster.removeShard(1);
  assertEquals(cluster.nodes, [source]);
  assertEquals((await cluster.slotsOf(0)).length, 16384);
  assertEquals(await source.command(["GET", LAST]), "v");
  await assertRejects(() => cluster.removeShard(0), Error, "the cluster has no other");
  const { host: hostname, port } = source;
  const conn = await Deno.connectTls({ hostname, port, caCerts: [cluster.tls!.caCert] });
  await conn.handshake();
  conn.close();
});

Deno.test("rebalance() evens the slots out", async () => {
  await using cluster = await startCluster({ shards: 3 });
  await cluster.moveSlots(slotRange(0, 99), 0, 2);
  await cluster.rebalance();
  const counts = await Promise.all([0, 1, 2].map(async (i) => (await cluster.slotsOf(i)).length));
  assertEquals(counts.sort(), [5461, 5461, 5462]);
});

Deno.test("agreed() rejects with the reason when nodes cannot agree", async () => {
  await using cluster = await startCluster();
  await cluster.killPrimary(0);
  await assertRejects(
    () => cluster.agreed({ timeout: 100 }),
    Error,
    "which does not run",
  );
  await assertRejects(() => cluster.primary(0), Error, "Cannot find the primary of shard 0");
});
