/** Requests that wait for another try keep the order of their calls. */

import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { type RedisClusterClient, ServerError, TimeoutError } from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import { simple, startCluster, startFakeCluster } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";

const OK = simple("OK");
const REFUSALS = [
  "LOADING Redis is loading the dataset in memory",
  "CLUSTERDOWN The cluster is down",
  "TRYAGAIN Multiple keys request during rehashing of slot",
  "READONLY You can't write against a read only replica.",
];

/** Values of SET as the nodes have executed them, in order. */
class Executed {
  readonly values: string[] = [];
  /** How many commands are refused before the first is executed. */
  refusals = 0;
  message = REFUSALS[0];

  readonly handler = ({ name, args }: { name: string; args: readonly string[] }) => {
    if (!["SET", "MSET", "INCR", "FLUSHALL"].includes(name)) return;
    if (this.refusals-- > 0) return new ServerError(this.message);
    this.values.push(name === "FLUSHALL" ? name : args.at(-1)!);
    return OK;
  };
}

Deno.test("un-awaited writes of one key that are refused are executed in the order of their calls", async () => {
  await using cluster = await startFakeCluster();
  const executed = new Executed();
  cluster.handler = executed.handler;
  await using client = await connect(cluster);
  for (let round = 0; round < 60; round++) {
    executed.message = REFUSALS[round % REFUSALS.length];
    // All ten are refused, the first of them more than once.
    executed.refusals = 10 + round % 4;
    executed.values.length = 0;
    const writes = Array.from({ length: 10 }, (_, i) => client.set("foo", i));
    assertEquals(await Promise.all(writes), Array(10).fill("OK"));
    assertEquals(executed.values, Array.from({ length: 10 }, (_, i) => String(i)));
  }
});

Deno.test("a write that is made while others wait does not overtake them, a part of a split one neither", async () => {
  await using cluster = await startFakeCluster();
  const executed = new Executed();
  cluster.handler = executed.handler;
  await using client = await connect(cluster);
  const refused = () => cluster.nodes.reduce((sum, node) => sum + node.receivedOf("SET").length, 0);
  for (let round = 0; round < 20; round++) {
    executed.refusals = Infinity;
    executed.values.length = 0;
    const before = refused();
    const writes: Promise<unknown>[] = [client.set("foo", "1")];
    await until("the first was refused", () => Promise.resolve(refused() > before));
    writes.push(client.set("foo", "2"), client.mset([["foo", "3"], ["bar", "other slot"]]));
    writes.push(client.batch((batch) => [batch.set("foo", "4")], { retryServerErrors: true }));
    await delay(round);
    writes.push(client.set("foo", "5"));
    executed.refusals = 0;
    writes.push(client.set("foo", "6"));
    await Promise.all(writes);
    const ofFoo = executed.values.filter((value) => value !== "other slot");
    assertEquals(ofFoo, ["1", "2", "3", "4", "5", "6"]);
  }
});

Deno.test("requests for a whole node keep their order too", async () => {
  await using cluster = await startFakeCluster({ shards: 1 });
  const executed = new Executed();
  cluster.handler = executed.handler;
  await using client = await connect(cluster);
  const [{ host, port }] = cluster.nodes;
  const one = client.with({ route: { host, port } });
  for (let round = 0; round < 20; round++) {
    executed.refusals = 6 + round % 4;
    executed.values.length = 0;
    await Promise.all(Array.from({ length: 6 }, (_, i) => one.set("foo", i)));
    assertEquals(executed.values, ["0", "1", "2", "3", "4", "5"]);
  }
});

Deno.test("a batch with a blocking command keeps its order when it is refused and tried again", async () => {
  await using cluster = await startFakeCluster();
  const executed: string[] = [];
  let refusals = 0;
  cluster.handler = ({ name }) => {
    if (!["RPUSH", "BLPOP", "LRANGE"].includes(name)) return;
    if (refusals-- > 0) return new ServerError(REFUSALS[0]);
    executed.push(name);
    return name === "RPUSH" ? 3 : name === "BLPOP" ? ["foo", "a"] : ["b", "c"];
  };
  await using client = await connect(cluster);
  for (let round = 0; round < 10; round++) {
    refusals = 3 + round % 3;
    executed.length = 0;
    const values = await client.batch(
      (b) => [b.rpush("foo", ["a", "b", "c"]), b.blpop("foo", 1), b.lrange("foo", 0, -1)],
      { retryServerErrors: true },
    );
    assertEquals(values[0], 3);
    assertEquals(values[2], ["b", "c"]);
    assertEquals(executed, ["RPUSH", "BLPOP", "LRANGE"]);
  }
});

Deno.test("requests that are given up while they wait hold up nobody", async () => {
  await using cluster = await startFakeCluster();
  let down = true;
  cluster.handler = ({ name }) => {
    if (name === "SET") return down ? new ServerError(REFUSALS[1]) : OK;
  };
  await using client = await connect(cluster);
  const abort = new AbortController();
  const aborted = client.with({ signal: abort.signal }).set("foo", "aborted").catch((e) => e);
  const late = client.with({ timeout: 100 }).set("foo", "late").catch((e) => e);
  const patient = [client.set("foo", 1), client.set("foo", 2)];
  await delay(30);
  abort.abort();
  assertEquals(await aborted, abort.signal.reason);
  const error = await late;
  assertInstanceOf(error, TimeoutError);
  assertInstanceOf(error.cause, ServerError);
  down = false;
  assertEquals(await Promise.all(patient), ["OK", "OK"]);
});

Deno.test("a batch that does not wait is told at once, although others wait", async () => {
  await using cluster = await startFakeCluster();
  cluster.handler = ({ name }) => {
    if (name === "SET") return new ServerError(REFUSALS[1]);
  };
  await using client = await connect(cluster);
  const waiting = client.with({ timeout: 1000 }).set("foo", 1).catch((e) => e);
  await delay(20);
  const error = await assertRejects(() => client.batch((batch) => [batch.set("foo", 2)]));
  assertInstanceOf(error, ServerError);
  assertEquals(error.code, "CLUSTERDOWN");
  assertInstanceOf(await waiting, TimeoutError);
});

/** Writes ten values without waiting, and tells the one that is there in the end. */
async function lastOfTen(client: RedisClusterClient, key: string): Promise<string | null> {
  await Promise.all(Array.from({ length: 10 }, (_, i) => client.set(key, i)));
  return await client.get(key);
}

Deno.test("a real cluster that is down and comes back: the last write of each key stays", async () => {
  await using cluster = await startCluster({ shards: 3 });
  await using client = await connect(cluster);
  const lost = await cluster.slotsOf(0);
  const [, node] = cluster.nodes;
  const slots = new Set(await cluster.slotsOf(1));
  const keys = Array.from({ length: 500 }, (_, i) => `key${i}`)
    .filter((key) => slots.has(slotOf(key))).slice(0, 60);
  // Without full coverage every node refuses everything.
  const [slot] = lost;
  for (const each of cluster.nodes) await each.command(["CLUSTER", "DELSLOTS", slot]);
  await until("the cluster is down", async () => {
    return String(await node.command(["CLUSTER", "INFO"])).includes("cluster_state:fail");
  });
  const outcomes = keys.map((key) => lastOfTen(client, key));
  await delay(60);
  for (const each of cluster.nodes) {
    const id = String(await cluster.nodes[0].command(["CLUSTER", "MYID"]));
    await each.command(["CLUSTER", "SETSLOT", slot, "NODE", id]);
  }
  const values = await Promise.all(outcomes);
  assertEquals(values, Array(60).fill("9"));
});
