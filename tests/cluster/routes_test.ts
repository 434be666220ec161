/** Requests for several nodes, and requests with a route of their own, on scripted clusters. */

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import {
  ClusterError,
  type ClusterRequestOptions,
  ConfigurationError,
  ServerError,
  TimeoutError,
} from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import {
  type FakeCluster,
  type FakeNode,
  simple,
  startFakeCluster,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect, nameOf } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const OK = simple("OK");

/** Answers WHO, which no server knows, and a few real commands with the name of the node that was asked. */
function tellName(cluster: FakeCluster): void {
  cluster.handler = ({ name }, node) =>
    ["WHO", "ECHO", "GET", "SET", "LOLWUT"].includes(name) ? nameOf(node) : undefined;
}

function received(cluster: FakeCluster): number {
  return cluster.nodes.reduce((sum, { received }) => sum + received.length, 0);
}

function shardOf(cluster: FakeCluster, key: string): FakeNode[] {
  const slot = slotOf(key);
  return cluster.ranges.find(({ first, last }) => first <= slot && slot <= last)!
    .nodes as FakeNode[];
}

Deno.test("each route leads where it says", async () => {
  await using cluster = await startFakeCluster({ replicas: 1 });
  tellName(cluster);
  await using client = await connect(cluster);
  const names = cluster.nodes.map(nameOf);
  const primaries = names.filter((_, i) => i % 2 === 0);
  const [primary, replica] = shardOf(cluster, "foo");
  const who = (route: ClusterRequestOptions["route"], words = ["ECHO", "x"]) =>
    client.customCommand(words, { route });
  assertEquals(await who({ slotKey: "foo" }), nameOf(primary));
  assertEquals(await who({ slotKey: new TextEncoder().encode("foo") }), nameOf(primary));
  assertEquals(await who({ slot: slotOf("foo") }), nameOf(primary));
  assertEquals(await who({ slot: slotOf("foo"), replica: false }), nameOf(primary));
  assertEquals(await who({ slot: slotOf("foo"), replica: true }), nameOf(replica));
  assertEquals(await who({ slotKey: "foo", replica: true }), nameOf(replica));
  for (const node of cluster.nodes) {
    assertEquals(await who({ host: node.host, port: node.port }), nameOf(node));
  }
  const each = (nodes: string[]) => Object.fromEntries(nodes.map((name) => [name, name]));
  assertEquals({ ...await who("allPrimaries") as object }, each(primaries));
  assertEquals({ ...await who("allNodes") as object }, each(names));
  const hit = new Set<unknown>();
  for (let i = 0; i < 20; i++) hit.add(await who("random", ["SET", "foo", "x"]));
  assert(hit.size > 1);
  for (const name of hit) assert(primaries.includes(String(name)));
  // Views have the same routes, and the last one given counts.
  const view = client.with({ route: "allNodes" }).with({ route: { slotKey: "foo" } });
  assertEquals(await view.customCommand(["ECHO", "x"]), nameOf(primary));
  assertEquals(
    await view.customCommand(["ECHO", "x"], { route: { slot: slotOf("foo") } }),
    nameOf(primary),
  );
});

Deno.test("a route wins over the keys, and a redirection is then followed", async () => {
  await using cluster = await startFakeCluster();
  const [owner] = shardOf(cluster, "foo");
  cluster.handler = ({ name }, node) => {
    if (name !== "GET") return;
    return node === owner ? "here" : new ServerError(`MOVED ${slotOf("foo")} ${nameOf(owner)}`);
  };
  await using client = await connect(cluster);
  const elsewhere = cluster.nodes.find((node) => node !== owner)!;
  const { host, port } = elsewhere;
  assertEquals(await client.with({ route: { host, port } }).get("foo"), "here");
  assertEquals(elsewhere.receivedOf("GET").length, 1);
});

Deno.test("an impossible route sends nothing", async () => {
  await using cluster = await startFakeCluster();
  tellName(cluster);
  await using client = await connect(cluster);
  const before = received(cluster);
  const error = await assertRejects(
    () => client.with({ route: { host: "192.0.2.1", port: 6379 } }).customCommand(["ECHO", "x"]),
    ClusterError,
  );
  assertEquals(error.message, "Cannot send ECHO: the cluster has no node 192.0.2.1:6379");
  for (
    const route of [
      "everywhere",
      { slot: -1 },
      { slot: 16_384 },
      { slot: 1.5 },
      { slotKey: 1 },
      {
        host: "h",
      },
      {},
      null,
      5,
    ]
  ) {
    // deno-lint-ignore no-explicit-any
    const options = { route } as any;
    const refused = await assertRejects(
      () => client.customCommand(["ECHO", "x"], options),
      ConfigurationError,
      undefined,
      JSON.stringify(route),
    );
    assertEquals(refused.option, "route");
  }
  assertEquals(received(cluster), before);
});

Deno.test("SCAN without a route is refused, with a hint at what to use", async () => {
  await using cluster = await startFakeCluster();
  await using client = await connect(cluster);
  const before = received(cluster);
  const error = await assertRejects(() => client.customCommand(["SCAN", "0"]), TypeError);
  assert(error.message.includes("scanIterator()"), error.message);
  assertEquals(received(cluster), before);
});

Deno.test("commands that change one node are refused without a route", async () => {
  await using cluster = await startFakeCluster();
  await using client = await connect(cluster);
  const before = received(cluster);
  for (
    const refused of [
      () => client.shutdown(),
      () => client.replicaof("no one"),
      () => client.failover(),
      () => client.clusterReset(),
      () => client.clusterForget("0".repeat(40)),
      () => client.clusterSetslot(1, { stable: true }),
      () => client.clusterGetkeysinslot(1, 10),
    ]
  ) {
    const error = await assertRejects<Error>(refused, TypeError);
    assert(error.message.endsWith("say which node it is for by with({ route })"), error.message);
  }
  assertEquals(received(cluster), before);
});

Deno.test("keyless commands take turns among the primaries, and leave out those that are away", async () => {
  await using cluster = await startFakeCluster({ replicas: 1 });
  tellName(cluster);
  const away = cluster.nodes[2];
  await using client = await connect(cluster);
  const hits = async () => {
    const names = await Promise.all(
      Array.from({ length: 30 }, () => client.customCommand(["LOLWUT"])),
    );
    return Map.groupBy(names, (name) => name);
  };
  const all = await hits();
  assertEquals([...all.keys()].sort(), [0, 2, 4].map((i) => nameOf(cluster.nodes[i])).sort());
  for (const names of all.values()) assertEquals(names.length, 10);
  await away[Symbol.asyncDispose]();
  await until("the client has noticed", async () => (await hits()).size === 2);
  assertEquals((await hits()).size, 2);
});

Deno.test("a command for all nodes: one that is away makes it an error, not a part of the answer", async () => {
  await using cluster = await startFakeCluster({ replicas: 1 });
  let size = 0;
  cluster.handler = ({ name }) => {
    if (name === "DBSIZE") return ++size;
    if (name === "CONFIG") return OK;
    if (name === "KEYS") return [`key${++size}`];
  };
  await using client = await connect(cluster, { requestTimeout: 300 });
  assertEquals(await client.customCommand(["DBSIZE"]), 1 + 2 + 3);
  assertEquals(await client.customCommand(["CONFIG", "SET", "a", "b"]), "OK");
  for (const node of cluster.nodes) assertEquals(node.receivedOf("CONFIG").length, 1);
  await cluster.nodes[4][Symbol.asyncDispose]();
  for (const words of [["DBSIZE"], ["KEYS", "*"], ["CONFIG", "SET", "a", "b"]]) {
    const { error, ran } = await measure(() => client.customCommand(words));
    assertInstanceOf(error, Error, words[0]);
    assert(ran < 600, `${ran} ms`);
  }
  // A dead replica does not matter to a command for primaries, nor one that is dialled only now.
  assertEquals(await client.customCommand(["DBSIZE"], { route: { slot: 0 } }), size);
});

Deno.test("a node that hangs holds up the others' part of the answer no longer than the timeout", async () => {
  await using cluster = await startFakeCluster();
  cluster.handler = ({ name }, node) => {
    if (name === "DBSIZE") return node === cluster.nodes[1] ? new Promise<never>(() => {}) : 1;
  };
  await using client = await connect(cluster, { requestTimeout: 150 });
  const { error, elapsed, ran } = await measure(() => client.customCommand(["DBSIZE"]));
  assertInstanceOf(error, TimeoutError);
  assertEquals(error.phase, "sent");
  assert(elapsed >= 149 && ran < 400, `${elapsed} ms, ${ran} of them running`);
});

Deno.test("a replica that is loading is asked again after a while when it is the one that is wanted", async () => {
  await using cluster = await startFakeCluster({ shards: 1, replicas: 1 });
  const [, replica] = cluster.nodes;
  const loading = new ServerError("LOADING Redis is loading the dataset in memory");
  let loads = true;
  cluster.handler = ({ name }, node) => {
    if (name === "CONFIG" || name === "ECHO") return node === replica && loads ? loading : OK;
  };
  await using client = await connect(cluster);
  const config = measure(() =>
    client.with({ timeout: 200 }).customCommand(["CONFIG", "SET", "a", "b"])
  );
  const { host, port } = replica;
  const echo = measure(() =>
    client.with({ timeout: 200, route: { host, port } }).customCommand(["ECHO", "x"])
  );
  for (const { error } of await Promise.all([config, echo])) {
    assertInstanceOf(error, TimeoutError);
    assertInstanceOf(error.cause, ServerError);
    assertEquals(error.cause.code, "LOADING");
  }
  const sent = replica.receivedOf("CONFIG").length + replica.receivedOf("ECHO").length;
  assert(sent >= 4 && sent <= 60, `sent ${sent} times`);
  const patient = client.customCommand(["CONFIG", "SET", "a", "b"]);
  loads = false;
  assertEquals(await patient, "OK");
});

Deno.test("a command for all primaries follows a shard to its new primary", async () => {
  await using cluster = await startFakeCluster({ shards: 2, replicas: 1 });
  const [old, successor, other] = cluster.nodes;
  let failedOver = false;
  cluster.handler = ({ name }, node) => {
    if (name === "FLUSHALL") {
      const readOnly = node === old && failedOver || node === successor && !failedOver;
      return readOnly
        ? new ServerError("READONLY You can't write against a read only replica.")
        : OK;
    }
  };
  await using client = await connect(cluster);
  assertEquals(await client.customCommand(["FLUSHALL"]), "OK");
  failedOver = true;
  cluster.assign(0, 8191, successor, old);
  assertEquals(await client.customCommand(["FLUSHALL"]), "OK");
  assert(old.receivedOf("FLUSHALL").length >= 2);
  assertEquals([successor, other].map((node) => node.receivedOf("FLUSHALL").length), [1, 2]);
});

Deno.test("a record of all primaries has the name of the one that took the place of another", async () => {
  await using cluster = await startFakeCluster({ shards: 2, replicas: 1 });
  const [old, successor, other] = cluster.nodes;
  cluster.handler = ({ name }, node) => name === "KEYS" ? [nameOf(node)] : undefined;
  await using client = await connect(cluster);
  await old[Symbol.asyncDispose]();
  cluster.assign(0, 8191, successor);
  const keys = await client.customCommand(["KEYS", "*"], { route: "allPrimaries" });
  assertEquals({ ...keys as object }, {
    [nameOf(successor)]: [nameOf(successor)],
    [nameOf(other)]: [nameOf(other)],
  });
});

Deno.test("a command for all primaries fails when a shard was dissolved into another one meanwhile", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [first, second] = cluster.nodes;
  cluster.handler = ({ name }) => name === "DBSIZE" ? 5 : undefined;
  await using client = await connect(cluster);
  assertEquals(await client.customCommand(["DBSIZE"]), 10);
  cluster.assign(8192, 16_383, first);
  await second[Symbol.asyncDispose]();
  // Its keys are at the first one now, which may have counted them before they came, or not.
  const { value, error } = await measure(() => client.customCommand(["DBSIZE"]));
  if (error === undefined) assertEquals(value, 5);
  else assertInstanceOf(error, ClusterError);
  assertEquals(await client.customCommand(["DBSIZE"]), 5);
});

Deno.test("typed commands have routes and records as well", async () => {
  await using cluster = await startFakeCluster();
  await using client = await connect(cluster);
  const pongs = await client.with({ route: "allPrimaries" }).ping();
  // PING has a policy, so there is one answer for all; ECHO has none.
  assertEquals(pongs as unknown, "PONG");
  const echoes = await client.with({ route: "allPrimaries" }).customCommand(["ECHO", "é"]);
  assertEquals(
    { ...echoes as object },
    Object.fromEntries(cluster.nodes.map((node) => [nameOf(node), "é"])),
  );
  const bytes = await client.bytes.with({ route: "allPrimaries" }).customCommand(["ECHO", "é"]);
  for (const value of Object.values(bytes as object)) {
    assertEquals(value, new TextEncoder().encode("é"));
  }
});

Deno.test("a view keeps the route that it was made with, whatever becomes of the object", async () => {
  await using cluster = await startFakeCluster();
  tellName(cluster);
  await using client = await connect(cluster);
  const [owner] = shardOf(cluster, "a");
  const slotKey = new TextEncoder().encode("a");
  const route = { slotKey };
  const view = client.with({ route });
  slotKey.fill(98);
  route.slotKey = slotKey;
  assertEquals(await view.customCommand(["WHO"]), nameOf(owner));
});

Deno.test("an unknown command is learnt from the cluster, once, and then goes to its key", async () => {
  await using cluster = await startFakeCluster();
  const info = [["module.set", -3, ["write"], 1, 1, 1, ["@write"], [], [[
    "flags",
    ["OW"],
    "begin_search",
    ["type", "index", "spec", ["index", 1]],
    "find_keys",
    ["type", "range", "spec", ["lastkey", 0, "keystep", 1, "limit", 0]],
  ]], []]];
  cluster.handler = ({ name, args }, node) => {
    if (name === "COMMAND") return args[1].toUpperCase() === "INFO" ? info : [];
    if (name === "MODULE.SET") return nameOf(node);
  };
  await using client = await connect(cluster);
  for (const key of ["a", "b", "c", "foo"]) {
    const [owner] = shardOf(cluster, key);
    assertEquals(await client.customCommand(["MODULE.SET", key, "x"]), nameOf(owner));
  }
  const asked = cluster.nodes.reduce((sum, node) => sum + node.receivedOf("COMMAND").length, 0);
  assertEquals(asked, 1);
});

Deno.test("a batch keeps its order when the cluster is asked about one of its commands", async () => {
  await using cluster = await startFakeCluster();
  const owner = cluster.owner(slotOf("foo"));
  const write = ["module.set", -3, [simple("write")], 1, 1, 1];
  const movable = ["module.do", -2, [simple("write"), simple("movablekeys")], 0, 0, 0];
  const received: string[] = [];
  cluster.handler = async ({ name, args }, node) => {
    if (name === "COMMAND") {
      await delay(10);
      if (args[1].toUpperCase() === "GETKEYS") return ["foo"];
      return [args[2].toUpperCase() === "MODULE.SET" ? write : movable];
    }
    if (args[1] !== "foo" || node !== owner) return undefined;
    received.push(name);
    return 1;
  };
  await using client = await connect(cluster);
  await client.batch((b) => [
    b.incr("foo"),
    b.customCommand(["MODULE.SET", "foo", "x"]),
    b.customCommand(["MODULE.DO", "foo", "x"]),
    b.expire("foo", 60),
  ]);
  assertEquals(received, ["INCR", "MODULE.SET", "MODULE.DO", "EXPIRE"]);
});

Deno.test("a command whose keys only the server knows goes where COMMAND GETKEYS says", async () => {
  await using cluster = await startFakeCluster();
  const info = [["module.do", -2, ["write", "movablekeys"], 0, 0, 0, [], [], [], []]];
  cluster.handler = ({ name, args }, node) => {
    if (name === "COMMAND") return args[1].toUpperCase() === "INFO" ? info : [args.at(-1)!];
    if (name === "MODULE.DO") return nameOf(node);
  };
  await using client = await connect(cluster);
  for (const key of ["a", "b", "c", "foo"]) {
    const [owner] = shardOf(cluster, key);
    assertEquals(await client.customCommand(["MODULE.DO", "x", key]), nameOf(owner));
  }
});

Deno.test("an unknown command that the server does not know either gets its answer", async () => {
  await using cluster = await startFakeCluster();
  cluster.handler = ({ name, args }) => {
    if (name === "COMMAND" && args[1].toUpperCase() === "INFO") return [null];
  };
  await using client = await connect(cluster);
  const error = await assertRejects(() => client.customCommand(["NOSUCH", "x"]), ServerError);
  assertEquals(error.message, "ERR unknown command 'NOSUCH'");
});

Deno.test("what a command is, is asked once, however many first calls there are", async () => {
  await using cluster = await startFakeCluster();
  const info = [["module.set", -3, [simple("write")], 1, 1, 1]];
  let denied = true;
  cluster.handler = ({ name, args }, node) => {
    if (name === "COMMAND" && args[1].toUpperCase() === "INFO") {
      if (denied) return new ServerError("NOPERM this user has no permissions");
      return args[2].toUpperCase() === "MODULE.SET" ? info : [null];
    }
    if (name === "MODULE.SET") return nameOf(node);
  };
  await using client = await connect(cluster);
  const asked = () =>
    cluster.nodes.reduce((sum, node) => sum + node.receivedOf("COMMAND").length, 0);
  const set = () => client.customCommand(["MODULE.SET", "foo", "x"]);
  const refused = (i: number) =>
    client.customCommand([i % 2 === 0 ? "NOSUCH" : "nosuch"]).catch((error: Error) =>
      error.message
    );
  await Promise.all(Array.from({ length: 50 }, set));
  assertEquals(asked(), 1);
  // A refusal is not remembered.
  denied = false;
  const [owner] = shardOf(cluster, "foo");
  const replies = await Promise.all(Array.from({ length: 50 }, set));
  assertEquals(replies, Array(50).fill(nameOf(owner)));
  assertEquals(asked(), 2);
  await Promise.all(Array.from({ length: 50 }, (_, i) => refused(i)));
  await refused(0);
  assertEquals(asked(), 3);
});

Deno.test("messages of one channel are published at one node also while the owner of its slot is away", async () => {
  await using cluster = await startFakeCluster({ shards: 4 });
  const [owner, ...others] = cluster.nodes;
  await using client = await connect(cluster);
  // Slot 3300 belongs to the first of four. All are connected.
  await client.with({ route: "allPrimaries" }).ping();
  assertEquals(await client.publish("b", "1"), 0);
  assertEquals(owner.receivedOf("PUBLISH").length, 1);
  await owner[Symbol.asyncDispose]();
  for (let i = 0; i < 6; i++) await client.publish("b", "2").catch(() => {});
  const counts = others.map((node) => node.receivedOf("PUBLISH").length).filter((count) =>
    count > 0
  );
  assertEquals(counts.length, 1);
  assert(counts[0] >= 5);
});
