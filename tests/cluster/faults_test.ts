/**
 * Steady load through everything that befalls a cluster. One cluster and one client live through all of it, and each test
 * prints a line of figures.
 */

import { assert, assertEquals, assertLess } from "@std/assert";
import { delay } from "@std/async/delay";
import { slotOf } from "../../cluster/slot.ts";
import { startCluster } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";
import { Load, quantile, type Report } from "./_load.ts";

/** Budget of each request, in milliseconds. */
const TIMEOUT = 2000;
/** How much later than its budget a request may settle on a machine that is busy, in milliseconds. */
const LATE = 500;

Deno.test("steady load through all faults", async (t) => {
  await using cluster = await startCluster({
    shards: 3,
    replicas: 1,
    config: {
      appendonly: "yes",
      appendfsync: "no",
      // The shards that are well are to go on.
      "cluster-require-full-coverage": "no",
    },
  });
  await using client = await connect(cluster.nodes[0], { requestTimeout: TIMEOUT });
  const home = new Int8Array(16_384);
  await learnHomes();
  await using load = new Load(client, 3, (slot) => home[slot]);
  await delay(1000);
  load.take();
  await delay(2000);
  const calm = load.take();
  const calmP99 = quantile([...calm.latencies.values()].flat(), 0.99);
  print("calm", calm, [0, 1, 2]);
  assertEquals([calm.failed, calm.strange, calm.lost], [{}, 0, 0]);

  /** Notes which shard has which slot, to count requests by it. */
  async function learnHomes(): Promise<void> {
    for (const shard of [0, 1, 2]) {
      for (const slot of await cluster.slotsOf(shard)) home[slot] = shard;
    }
  }

  /** Runs a fault under load, waits until the nodes agree, and holds the outcome to what must always be. */
  async function fault(
    name: string,
    affected: number[],
    cause: () => Promise<unknown>,
    options: { losesWrites?: boolean } = {},
  ): Promise<Report> {
    await learnHomes();
    await cause();
    await cluster.agreed();
    const agreed = performance.now();
    await mapIsRight();
    const lag = performance.now() - agreed;
    await delay(200);
    const report = load.take(options.losesWrites);
    print(name, report, affected);
    assertEquals(report.strange, 0);
    if (!options.losesWrites) assertEquals(report.lost, 0);
    assertLess(report.slowest, TIMEOUT + LATE);
    assertLess(lag, 1000 + LATE);
    return report;
  }

  /** Waits until no request on any key is sent to a node that sends it elsewhere. */
  async function mapIsRight(): Promise<void> {
    await until("the map is right", async () => {
      const before = await strays();
      await Promise.all(load.keys.map((key) => client.get(key)));
      return await strays() === before;
    });
  }

  async function slotsInThirds(shard: number): Promise<number[][]> {
    const slots = await cluster.slotsOf(shard);
    const third = Math.ceil(slots.length / 3);
    return [0, 1, 2].map((i) => slots.slice(i * third, (i + 1) * third));
  }

  /** How often nodes had to send requests elsewhere. */
  async function strays(): Promise<number> {
    const infos = await Promise.all(
      cluster.nodes.filter(({ running }) => running).map((node) =>
        node.command(["INFO", "errorstats"])
      ),
    );
    return infos.reduce<number>(
      (sum, info) => sum + Number(/errorstat_MOVED:count=(\d+)/.exec(String(info))?.[1] ?? 0),
      0,
    );
  }

  /** Latency of the shards that had nothing to do with the fault. */
  function p99Of(report: Report, shards: number[]): number {
    return quantile(shards.flatMap((shard) => report.latencies.get(shard) ?? []), 0.99);
  }

  await t.step("manual failover: nothing fails, nothing is lost", async () => {
    const report = await fault("manual failover", [0], () => cluster.failover(0));
    assertEquals(report.failed, {}, [...report.messages].join("\n"));
  });

  await t.step("1000 slots moved and moved back: nothing fails, nothing is lost", async () => {
    const slots = (await cluster.slotsOf(0)).slice(0, 1000);
    const report = await fault("1000 slots moved and back", [0, 1], async () => {
      await cluster.moveSlots(slots, 0, 1);
      await cluster.moveSlots(slots, 1, 0);
    });
    assertEquals(report.failed, {}, [...report.messages].join("\n"));
  });

  await t.step("a shard added, filled and removed: nothing fails, nothing is lost", async () => {
    const report = await fault("shard added and removed", [0, 1, 2], async () => {
      const added = await cluster.addShard({ replicas: 0 });
      for (const shard of [0, 1, 2]) {
        await cluster.moveSlots((await cluster.slotsOf(shard)).slice(0, 60), shard, added);
      }
      for (const [shard, slots] of (await slotsInThirds(added)).entries()) {
        await cluster.moveSlots(slots, added, shard);
      }
      // What is sent to a node that ends at that moment may have been executed, so nobody may be sent there any more.
      await mapIsRight();
      await cluster.removeShard(added);
    });
    assertEquals(report.failed, {}, [...report.messages].join("\n"));
  });

  await t.step(
    "every connection cut at once: only writes that may have been executed fail",
    async () => {
      const report = await fault("all connections cut, 5 times", [0, 1, 2], async () => {
        for (let i = 0; i < 5; i++) {
          await Promise.all(
            cluster.nodes.map((node) => node.command(["CLIENT", "KILL", "TYPE", "normal"])),
          );
          await delay(200);
        }
      });
      for (const kind of Object.keys(report.failed)) {
        assert(["maybeExecuted", "ClusterError"].includes(kind), kind);
      }
      assertLess(Math.max(...report.gaps.values()), 300 + LATE);
    },
  );

  await t.step(
    "a primary killed: its shard works again as soon as its replica has taken over",
    async () => {
      const takenOver = { after: 0 };
      const report = await fault("primary killed", [1], async () => {
        const start = performance.now();
        const victim = await cluster.killPrimary(1);
        await until("the replica has taken over", async () => {
          const [replica] = cluster.shards[1].nodes.filter((node) => node !== victim);
          return String(await replica.command(["ROLE"])).startsWith("master");
        }, { interval: 5 });
        takenOver.after = performance.now() - start;
        await cluster.agreed();
        await victim.start();
      }, { losesWrites: true });
      const gap = report.gaps.get(1)!;
      console.log(`    works ${Math.round(gap - takenOver.after)} ms after the takeover`);
      assertLess(gap, takenOver.after + 300 + LATE);
      assertLess(p99Of(report, [0, 2]), 10 * calmP99 + LATE);
      for (const kind of Object.keys(report.failed)) {
        assert(["maybeExecuted", "TimeoutError", "ClusterError"].includes(kind), kind);
      }
    },
  );

  await t.step("a primary paused for 5 s: the other shards do not notice", async () => {
    const report = await fault("primary paused for 5 s", [2], async () => {
      const primary = await cluster.primary(2);
      primary.pause();
      await delay(5000);
      primary.resume();
    }, { losesWrites: true });
    assertLess(p99Of(report, [0, 1]), 3 * calmP99 + 50);
    assertLess(Math.max(report.gaps.get(0)!, report.gaps.get(1)!), LATE);
    for (const kind of Object.keys(report.failed)) {
      assert(["maybeExecuted", "TimeoutError", "ClusterError"].includes(kind), kind);
    }
  });

  await t.step("all nodes restarted: what was acknowledged is still there", async () => {
    await fault("all nodes restarted", [0, 1, 2], async () => {
      await Promise.all(cluster.nodes.map((node) => node.stop()));
      await Promise.all(cluster.nodes.map((node) => node.start()));
    });
  });

  await t.step(
    "in the end nothing was executed twice, and the servers hold what the client reads",
    async () => {
      await load.stop();
      assertEquals(await load.executedTwice(), []);
      const values = await client.mget(load.keys);
      await learnHomes();
      const primaries = await cluster.primaries();
      for (const [i, key] of load.keys.entries()) {
        if (i % 10 > 0) continue;
        assertEquals(values[i], await primaries[home[slotOf(key)]].command(["GET", key]));
      }
    },
  );
});

/** A line of figures: success, the longest gap of the shards in question, and the latency of the others. */
function print(name: string, report: Report, affected: number[]): void {
  const failures = Object.values(report.failed).reduce((sum, count) => sum + count, 0);
  const all = report.succeeded + failures;
  const gap = Math.max(...affected.map((shard) => report.gaps.get(shard) ?? 0));
  const others = [0, 1, 2].filter((shard) => !affected.includes(shard));
  const p99 = (shards: number[]) =>
    quantile(shards.flatMap((shard) => report.latencies.get(shard) ?? []), 0.99).toFixed(1);
  const details = Object.entries(report.failed).map(([kind, count]) => `${count} ${kind}`);
  if (report.lost > 0) details.push(`${report.lost} reads of values that the servers had lost`);
  console.log(
    `    ${name.padEnd(26)} ${(100 * report.succeeded / all).toFixed(2)} % of ${all} succeeded, ` +
      `gap ${Math.round(gap)} ms, p99 ${p99(affected)} ms, slowest ${
        Math.round(report.slowest)
      } ms` +
      ` (+ ${Math.round(report.stoodStill)} ms standstill)` +
      (others.length > 0 ? `, of the other shards ${p99(others)} ms` : "") +
      (details.length > 0 ? ` (${details.join(", ")})` : ""),
  );
}
