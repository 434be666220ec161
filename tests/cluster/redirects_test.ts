/** What becomes of requests that a node sends away, on scripted clusters: for what real ones show rarely or never. */

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { slotOf } from "../../cluster/slot.ts";
import { ClusterError, ConnectionError, ServerError, TimeoutError } from "../../cluster/mod.ts";
import {
  type FakeCluster,
  type FakeNode,
  NO_REPLY,
  simple,
  startFakeCluster,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const OK = simple("OK");

function moved(key: string, { host, port }: { host: string; port: number }): ServerError {
  return new ServerError(`MOVED ${slotOf(key)} ${host}:${port}`);
}

function ask(key: string, { host, port }: { host: string; port: number }): ServerError {
  return new ServerError(`ASK ${slotOf(key)} ${host}:${port}`);
}

/** How often a node has been asked for the map. */
function refreshes(node: FakeNode): number {
  return node.received.filter(({ args }) => args.join(" ").toUpperCase() === "CLUSTER SLOTS")
    .length;
}

/** The primary of a key, and the other primaries. */
function split(cluster: FakeCluster, key: string): [FakeNode, ...FakeNode[]] {
  const owner = cluster.owner(slotOf(key)) as FakeNode;
  return [owner, ...cluster.nodes.filter((node) => node !== owner)];
}

Deno.test("MOVED to a known node: the slot is patched at once, the rest of the map is not", async () => {
  await using cluster = await startFakeCluster();
  const [owner, other] = split(cluster, "foo");
  cluster.handler = ({ name, args }, node) => {
    if (name !== "GET") return;
    return args[1] === "{foo}" && node === owner ? moved("foo", other) : node.port.toString();
  };
  await using client = await connect(cluster);
  assertEquals(await client.get("{foo}"), String(other.port));
  assertEquals(owner.receivedOf("GET").length, 1);
  // The next one for the slot goes there straight away, although no refresh can confirm the patch: the map is as before.
  assertEquals(await client.get("{foo}2"), String(other.port));
  assertEquals(owner.receivedOf("GET").length, 1);
  assertEquals(await client.get("foo3{foo}"), String(other.port));
  const neighbour = keyOfOwner(cluster, owner, slotOf("foo"));
  assertEquals(await client.get(neighbour), String(owner.port));
});

Deno.test("MOVED to a known node makes a refresh in the background", async () => {
  await using cluster = await startFakeCluster();
  const [owner, other] = split(cluster, "foo");
  cluster.handler = ({ name }, node) => {
    if (name === "GET") return node === owner ? moved("foo", other) : "here";
  };
  await using client = await connect(cluster);
  cluster.assign(slotOf("foo") - 10, slotOf("foo") + 10, other);
  const before = cluster.nodes.map(refreshes);
  assertEquals(await client.get("foo"), "here");
  await until("the map is fetched", () => {
    return Promise.resolve(cluster.nodes.some((node, i) => refreshes(node) > before[i]));
  });
});

/** A cluster whose owner of "foo" has given the slot away: it answers the first SET, and nothing behind it until the test says so. */
async function startMoved() {
  const cluster = await startFakeCluster();
  const [owner, other] = split(cluster, "foo");
  const executed: string[] = [];
  const gate = Promise.withResolvers<void>();
  let redirected = false;
  cluster.handler = async ({ name, args }, node) => {
    if (name !== "SET") return node === owner && redirected ? await gate.promise : undefined;
    if (node === owner) {
      redirected = true;
      return args[2] === "1" ? moved("foo", other) : NO_REPLY;
    }
    executed.push(args[2]);
    return OK;
  };
  const oneIsThere = () =>
    until("the first was redirected", () => Promise.resolve(executed.includes("1")));
  return { cluster, owner, other, executed, gate, oneIsThere };
}

Deno.test("calls do not overtake a request that is on its way to the old owner of its slot", async () => {
  const { cluster, owner, other, executed, gate, oneIsThere } = await startMoved();
  await using _ = cluster;
  await using client = await connect(cluster);
  const writes: Promise<unknown>[] = [client.set("foo", "1"), client.set("foo", "2")];
  await oneIsThere();
  writes.push(client.set("foo", "3"), client.set("foo", "4"));
  const [{ connection }] = owner.receivedOf("SET");
  await connection.send(moved("foo", other));
  gate.resolve();
  await Promise.all(writes);
  assertEquals(executed, ["1", "2", "3", "4"]);
});

Deno.test("calls go to the new owner of a slot although the old one answers nothing more", async () => {
  const { cluster, owner, executed, gate, oneIsThere } = await startMoved();
  await using _ = cluster;
  await using client = await connect(cluster);
  const first = client.set("foo", "1");
  const lost = assertRejects(() => client.set("foo", "2"), ConnectionError);
  await oneIsThere();
  assertEquals(await client.set("foo", "3"), "OK");
  assertEquals(await first, "OK");
  assertEquals(executed, ["1", "3"]);
  const [{ connection }] = owner.receivedOf("SET");
  connection.cut();
  gate.resolve();
  await lost;
});

Deno.test("the old owner of a slot is asked nothing if no other request is on its way to it", async () => {
  const { cluster, owner, executed, gate } = await startMoved();
  gate.resolve();
  await using _ = cluster;
  await using client = await connect(cluster);
  await client.set("foo", "1");
  await client.set("foo", "2");
  assertEquals(executed, ["1", "2"]);
  assertEquals(owner.receivedOf("PING").length, 0);
});

Deno.test("MOVED to an unknown node: it is connected to, and is a primary from then on", async () => {
  await using cluster = await startFakeCluster();
  const [owner] = split(cluster, "foo");
  const added = await cluster.addNode();
  cluster.handler = ({ name }, node) => {
    if (name === "GET") return node === added ? "here" : moved("foo", added);
  };
  await using client = await connect(cluster);
  cluster.assign(slotOf("foo"), slotOf("foo"), added);
  assertEquals(await client.get("foo"), "here");
  assertEquals(await client.get("{foo}2"), "here");
  assertEquals(owner.receivedOf("GET").length, 1);
  assertEquals(added.receivedOf("GET").length, 2);
  // Once the map confirms it, it is one of those that requests for all primaries go to.
  await until("all four primaries are asked", async () => {
    const sizes = await client.with({ route: "allPrimaries" }).customCommand(["ECHO", "x"]);
    return Object.keys(sizes as object).length === 4;
  });
});

Deno.test("MOVED to a replica: it has taken over the shard", async () => {
  await using cluster = await startFakeCluster({ replicas: 1 });
  const owner = cluster.owner(slotOf("foo")) as FakeNode;
  const replica = cluster.nodes[cluster.nodes.indexOf(owner) + 1];
  cluster.handler = ({ name }, node) => {
    if (name === "SET") return node === replica ? OK : moved("foo", replica);
  };
  await using client = await connect(cluster);
  assertEquals(await client.set("foo", 1), "OK");
  const neighbour = keyOfOwner(cluster, owner, slotOf("foo"));
  assertEquals(await client.set(neighbour, 1), "OK");
  assertEquals(owner.receivedOf("SET").length, 1);
  assertEquals(replica.receivedOf("SET").length, 2);
});

Deno.test("MOVED to the node itself: it is asked again after a while, and the map is fetched", async () => {
  await using cluster = await startFakeCluster();
  const [owner] = split(cluster, "foo");
  let answers = 0;
  cluster.handler = ({ name }, node) => {
    if (name !== "SET") return;
    return answers++ < 3 ? moved("foo", node) : OK;
  };
  await using client = await connect(cluster);
  const before = refreshes(owner);
  assertEquals(await client.set("foo", 1), "OK");
  assertEquals(owner.receivedOf("SET").length, 4);
  await until("the map is fetched", () => Promise.resolve(refreshes(owner) > before));
});

Deno.test("MOVED without a host leads to the host that answers", async () => {
  await using cluster = await startFakeCluster();
  const [owner, other] = split(cluster, "foo");
  cluster.handler = ({ name }, node) => {
    if (name !== "GET") return;
    return node === owner ? moved("foo", { host: "", port: other.port }) : "here";
  };
  await using client = await connect(cluster);
  assertEquals(await client.get("foo"), "here");
  assertEquals(other.receivedOf("GET").length, 1);
});

Deno.test("a redirect without an address is the caller's business", async () => {
  await using cluster = await startFakeCluster();
  cluster.handler = ({ name }) => {
    if (name === "GET") return moved("foo", { host: "?", port: 6379 });
  };
  await using client = await connect(cluster);
  const error = await assertRejects(() => client.get("foo"), ServerError);
  assertEquals([error.code, error.command], ["MOVED", "GET"]);
});

Deno.test("ASK: ASKING goes in front of the command on the same connection, and the map stays", async () => {
  await using cluster = await startFakeCluster();
  const [owner, other] = split(cluster, "foo");
  cluster.handler = ({ name }, node) => {
    if (name === "INCR") return node === owner ? ask("foo", other) : 7;
  };
  await using client = await connect(cluster);
  const before = cluster.nodes.map(refreshes);
  const many = Array.from({ length: 20 }, () => client.incr("foo"));
  assertEquals(await Promise.all(many), Array(20).fill(7));
  assertEquals(await client.incr("foo"), 7);
  assertEquals(owner.receivedOf("INCR").length, 21);
  const asked = other.received.filter(({ name }) => name === "ASKING" || name === "INCR");
  assertEquals(asked.length, 42);
  for (const [i, { name, connection }] of asked.entries()) {
    assertEquals(name, i % 2 === 0 ? "ASKING" : "INCR");
    assertEquals(connection, asked[0].connection);
  }
  assertEquals(cluster.nodes.map(refreshes), before);
});

Deno.test("ASK to an unknown node is followed", async () => {
  await using cluster = await startFakeCluster();
  const added = await cluster.addNode();
  cluster.handler = ({ name }, node) => {
    if (name === "GET") return node === added ? "here" : ask("foo", added);
  };
  await using client = await connect(cluster);
  for (let i = 0; i < 3; i++) assertEquals(await client.get("foo"), "here");
  assertEquals(added.receivedOf("ASKING").length, 3);
});

Deno.test("TRYAGAIN at the target of ASK: the request starts anew at the owner of the slot", async () => {
  await using cluster = await startFakeCluster();
  const [owner, other] = split(cluster, "foo");
  let tries = 0;
  cluster.handler = ({ name }, node) => {
    if (name !== "RENAME") return;
    if (node === owner) return ask("foo", other);
    return tries++ < 2
      ? new ServerError("TRYAGAIN Multiple keys request during rehashing of slot")
      : OK;
  };
  await using client = await connect(cluster);
  assertEquals(await client.rename("foo", "{foo}2"), "OK");
  assertEquals(owner.receivedOf("RENAME").length, 3);
  assertEquals(other.receivedOf("ASKING").length, 3);
});

Deno.test("errors that pass are waited for inside the timeout, which has the last one as its cause", async () => {
  for (
    const message of [
      "TRYAGAIN Multiple keys request during rehashing of slot",
      "CLUSTERDOWN The cluster is down",
      "LOADING Redis is loading the dataset in memory",
      "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
      "READONLY You can't write against a read only replica.",
    ]
  ) {
    await using cluster = await startFakeCluster();
    let failures = 5;
    cluster.handler = ({ name }) => {
      if (name !== "SET") return;
      return failures-- > 0 ? new ServerError(message) : OK;
    };
    await using client = await connect(cluster);
    assertEquals(await client.set("foo", 1), "OK", message);
    failures = Infinity;
    const { error, elapsed, ran } = await measure(() =>
      client.with({ timeout: 150 }).set("foo", 1)
    );
    assertInstanceOf(error, TimeoutError);
    assertInstanceOf(error.cause, ServerError);
    assertEquals(error.cause.message, message);
    assert(elapsed >= 149 && ran < 400, `${message}: ${elapsed} ms, ${ran} of them running`);
    const [owner] = split(cluster, "foo");
    const sent = owner.receivedOf("SET").length;
    assert(sent >= 8, `${message}: sent only ${sent} times`);
    assert(sent <= 40, `${message}: sent ${sent} times, which is a storm`);
  }
});

Deno.test("a request that has waited for long is sent again as soon as the map changes", async () => {
  await using cluster = await startFakeCluster({ shards: 2, replicas: 1 });
  const [, , lost, successor] = cluster.nodes;
  let down = true;
  cluster.handler = ({ name }) => {
    if (name === "GET") return down ? new ServerError("CLUSTERDOWN The cluster is down") : "up";
  };
  await using client = await connect(cluster);
  const waiting = Promise.all(Array.from({ length: 20 }, (_, i) => client.get(`key${i}`)));
  await delay(1500);
  down = false;
  cluster.assign(8192, 16_383, successor, lost);
  const { value, ran } = await measure(() => waiting);
  assertEquals(new Set(value), new Set(["up"]));
  // The map is fetched every 50 ms at such times. By their own waits some would take up to 200 ms.
  assert(ran < 180, `${ran} ms`);
});

Deno.test("a redirect loop ends with a ClusterError after 16 redirections", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [first, second] = cluster.nodes;
  for (const kind of [moved, ask]) {
    cluster.handler = ({ name }, node) => {
      if (name === "GET") return kind("foo", node === first ? second : first);
    };
    await using client = await connect(cluster);
    const before = first.receivedOf("GET").length + second.receivedOf("GET").length;
    const error = await assertRejects(() => client.get("foo"), ClusterError);
    assertEquals(error.message, "Cannot send GET: it was redirected 16 times");
    assertInstanceOf(error.cause, ServerError);
    assertEquals(
      error.cause.message,
      kind("foo", error.cause.message.includes(`${first.port}`) ? first : second).message,
    );
    const sent = first.receivedOf("GET").length + second.receivedOf("GET").length - before;
    assertEquals(sent, 17);
  }
});

Deno.test("a script that answers with a code of the cluster's is not executed again", async () => {
  await using cluster = await startFakeCluster();
  const replies = [
    "TRYAGAIN when the stock is back",
    "CLUSTERDOWN",
    "LOADING x",
    "READONLY account",
  ];
  cluster.handler = ({ name, args }) => {
    if (name === "EVAL") return new ServerError(args[1]);
  };
  await using client = await connect(cluster);
  for (const reply of replies) {
    const error = await assertRejects(
      () => client.customCommand(["EVAL", reply, 1, "foo"]),
      ServerError,
    );
    assertEquals(error.message, reply);
  }
  const [owner] = split(cluster, "foo");
  assertEquals(owner.receivedOf("EVAL").length, replies.length);
});

Deno.test("10000 MOVED in a burst make one refresh", async () => {
  await using cluster = await startFakeCluster();
  const [owner, other] = split(cluster, "foo");
  await using client = await connect(cluster);
  const before = cluster.nodes.map(refreshes);
  const keys: string[] = [];
  for (let i = 0; keys.length < 10_000; i++) {
    if (cluster.owner(slotOf(`${i}`)) === owner) keys.push(`${i}`);
  }
  // From now on all slots of the owner are somebody else's.
  cluster.handler = ({ name, args }, node) => {
    if (name === "GET") return node === owner ? moved(args[1], other) : args[1];
  };
  for (const range of cluster.ranges.filter(({ nodes }) => nodes[0] === owner)) {
    cluster.assign(range.first, range.last, other);
  }
  const start = performance.now();
  const values = await Promise.all(keys.map((key) => client.get(key)));
  const elapsed = performance.now() - start;
  assertEquals(values, keys);
  assertEquals(owner.receivedOf("GET").length, 10_000);
  const made = cluster.nodes.map((node, i) => refreshes(node) - before[i]);
  const allowed = 1 + Math.floor(elapsed / 1000);
  assert(Math.max(...made) <= allowed, `${made} refreshes in ${elapsed} ms`);
  await until("the map is fetched", () => {
    return Promise.resolve(cluster.nodes.some((node, i) => refreshes(node) > before[i]));
  });
});

Deno.test("endless MOVED make a refresh per second, not a storm", async () => {
  await using cluster = await startFakeCluster();
  const [owner, other] = split(cluster, "foo");
  // The map is never corrected, so that each refresh undoes the patch of the slot.
  cluster.handler = ({ name, args }, node) => {
    if (name === "GET") return node === owner ? moved(args[1], other) : args[1];
  };
  await using client = await connect(cluster);
  const before = cluster.nodes.map(refreshes);
  const start = performance.now();
  while (performance.now() - start < 2500) {
    assertEquals(await client.get("foo"), "foo");
  }
  const made = cluster.nodes.map((node, i) => refreshes(node) - before[i]);
  assert(Math.max(...made) >= 2 && Math.max(...made) <= 4, `${made} refreshes`);
});

/** A key of the same owner in another slot. */
function keyOfOwner(cluster: FakeCluster, owner: FakeNode, not: number): string {
  for (let i = 0;; i++) {
    const slot = slotOf(`neighbour${i}`);
    if (slot !== not && cluster.owner(slot) === owner) return `neighbour${i}`;
  }
}
