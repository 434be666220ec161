/** Where nodes are reached: preferred endpoints, announced names, and what `addressMap` answers. */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { addressesOf } from "../../cluster/addresses.ts";
import {
  type ClientEvent,
  ConfigurationError,
  type RedisClusterClient,
  ServerError,
} from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import type { ClusterNode } from "../../cluster/topology.ts";
import type { Endpoint } from "../../lib/connection/transport.ts";
import {
  type FakeNode,
  startCluster,
  startFakeCluster,
  startProxy,
  type TestCluster,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";

const KEYS = Array.from({ length: 50 }, (_, i) => `key${i}`);

// Clusters take their time to start, so they do it all at once.
const [plain, unresolvable, secured, preferring] = await Promise.all([
  startCluster({ shards: 3 }),
  startCluster({ shards: 2, config: { "cluster-announce-hostname": "x.invalid" } }),
  startCluster({ shards: 2, tls: true, config: { "cluster-announce-hostname": "x.invalid" } }),
  startCluster({
    shards: 2,
    config: {
      "cluster-announce-hostname": "localhost",
      "cluster-preferred-endpoint-type": "hostname",
    },
  }),
]);
for (const cluster of [plain, unresolvable, secured, preferring]) cluster.unref();

const NODE: ClusterNode = {
  name: "10.0.0.1:7000",
  host: "10.0.0.1",
  port: 7000,
  hostname: "one.example.com",
};
const ADDRESS = { host: "10.0.0.1", port: 7000 };
const NAMED = { host: "one.example.com", port: 7000 };

Deno.test("addressesOf() has the announced name first where certificates are checked against it", () => {
  assertEquals(addressesOf(NODE, undefined, undefined), [ADDRESS]);
  assertEquals(addressesOf(NODE, undefined, {}), [NAMED, ADDRESS]);
  assertEquals(addressesOf({ ...NODE, hostname: undefined }, undefined, {}), [ADDRESS]);
  assertEquals(addressesOf({ ...NODE, hostname: NODE.host }, undefined, {}), [ADDRESS]);
  assertEquals(addressesOf(NODE, undefined, { serverName: "cluster.example.com" }), [ADDRESS]);
  const unchecked = { unsafelyDisableHostnameVerification: true };
  assertEquals(addressesOf(NODE, undefined, unchecked), [ADDRESS]);
});

Deno.test("addressesOf() takes what addressMap answers, and refuses what is no address", () => {
  const asked: unknown[] = [];
  const mapped = { host: "192.0.2.1", port: 17_000 };
  const map = (...address: unknown[]) => {
    asked.push(address);
    return mapped;
  };
  assertEquals(addressesOf(NODE, map, {}), [mapped]);
  assertEquals(asked, [["10.0.0.1", 7000]]);
  const answers: [unknown, string][] = [
    [undefined, "returned no host"],
    [null, "returned no host"],
    ["10.0.0.1:7000", "returned no host"],
    [{ host: null, port: 1 }, "returned no host"],
    [{ host: "", port: 1 }, "returned no host"],
    [{ host: "h" }, "returned no port from 1 to 65535"],
    [{ host: "h", port: "1" }, "returned no port from 1 to 65535"],
    [{ host: "h", port: 65_536 }, "returned no port from 1 to 65535"],
    [Promise.resolve(mapped), "returned a promise"],
    // It must not end the process either.
    [Promise.reject(new Error("nobody waits for this")), "returned a promise"],
  ];
  for (const [answer, problem] of answers) {
    const error = assertThrows(
      () => addressesOf(NODE, () => answer as never, undefined),
      ConfigurationError,
      `Cannot reach node 10.0.0.1:7000: option "addressMap" ${problem}`,
    );
    assertEquals(error.option, "addressMap");
  }
  const cause = new Error("its own");
  const error = assertThrows(
    () =>
      addressesOf(NODE, () => {
        throw cause;
      }, undefined),
    ConfigurationError,
    "throws",
  );
  assertEquals(error.cause, cause);
});

/** Writes and reads keys all over a cluster, and follows a slot that moves. */
async function exercise(client: RedisClusterClient, cluster: TestCluster): Promise<void> {
  await client.mset(KEYS.map((key) => [key, key] as [string, string]));
  assertEquals(await client.mget(KEYS), KEYS);
  const slots = new Set(await cluster.slotsOf(0));
  const key = KEYS.find((key) => slots.has(slotOf(key)))!;
  await cluster.moveSlots([slotOf(key)], 0, 1);
  assertEquals(await client.set(key, "moved"), "OK");
  assertEquals(await client.get(key), "moved");
}

Deno.test("an announced name that nobody can resolve does no harm where the cluster prefers addresses", async () => {
  for (const protocol of [2, 3] as const) {
    await using client = await connect(unresolvable.nodes[0], { protocol });
    await exercise(client, unresolvable);
  }
});

Deno.test("under TLS an announced name that nobody can resolve is followed by the address", async () => {
  await using client = await connect(secured.nodes[0], {
    useTls: true,
    tls: { caCerts: [secured.tls!.caCert] },
  });
  await exercise(client, secured);
});

Deno.test("where the cluster prefers names, nodes are called by them, and found by their addresses", async () => {
  for (const protocol of [2, 3] as const) {
    await using client = await connect(preferring.nodes[0], { protocol });
    await exercise(client, preferring);
    const all = await client.with({ route: "allNodes" }).customCommand(["ECHO", "x"]);
    const names = preferring.nodes.map(({ port }) => `localhost:${port}`).sort();
    assertEquals(Object.keys(all as object).sort(), names);
    const [{ host, port }] = preferring.nodes;
    for (const route of [{ host, port }, { host: "localhost", port }]) {
      assertEquals(await client.with({ route }).customCommand(["ECHO", "x"]), "x");
    }
  }
});

Deno.test("an addressMap that answers nonsense ends the creation with an error that names it", async () => {
  const maps = [
    () => {
      throw new Error("its own");
    },
    () => Promise.resolve(plain.nodes[0]),
    () => ({ host: null, port: 1 }),
  ];
  for (const map of maps) {
    const error = await assertRejects(
      () => connect(plain, { addressMap: map as never }),
      ConfigurationError,
    );
    assertEquals(error.option, "addressMap");
  }
});

Deno.test("an addressMap that fails for a node that MOVED names: the request fails, connections stay, and it is asked again", async () => {
  await using cluster = await startFakeCluster();
  const owner = cluster.owner(slotOf("foo")) as FakeNode;
  const added = await cluster.addNode();
  cluster.handler = ({ name }, node) => {
    if (name !== "GET") return;
    return node === added
      ? "here"
      : new ServerError(`MOVED ${slotOf("foo")} ${added.host}:${added.port}`);
  };
  let answer: (host: string, port: number) => unknown = (host, port) => ({ host, port });
  await using client = await connect(cluster, {
    addressMap: (host, port) =>
      (port === added.port ? answer(host, port) : { host, port }) as Endpoint,
  });
  const events: ClientEvent[] = [];
  const reading = (async () => {
    for await (const event of client.events) events.push(event);
  })();
  const connections = owner.connections.map(({ id }) => id);
  const answers = [
    () => {
      throw new Error("its own");
    },
    () => Promise.reject(new Error("nobody waits for this")),
    () => ({ host: null, port: 1 }),
  ];
  for (answer of answers) {
    const error = await assertRejects(() => client.get("foo"), ConfigurationError);
    assertEquals(error.option, "addressMap");
    const told = events.some((event) => "error" in event && event.error === error);
    assert(told, "an event tells of it");
  }
  assertEquals(owner.connections.map(({ id }) => id), connections);
  answer = (host, port) => ({ host, port });
  await until("the node is reached", async () => {
    return await client.get("foo").catch(() => null) === "here";
  });
  await client.close();
  await reading;
});

Deno.test("a changed answer of addressMap is noticed when a connection is lost", async () => {
  await using before = await startProxy(plain.nodes[0]);
  await using after = await startProxy(plain.nodes[0]);
  let way = before;
  await using client = await connect(plain.nodes[1], {
    addressMap: (host, port) =>
      port === plain.nodes[0].port ? { host: way.host, port: way.port } : { host, port },
  });
  const slots = new Set(await plain.slotsOf(0));
  const key = KEYS.find((key) => slots.has(slotOf(key)))!;
  await client.set(key, "x");
  assert(before.accepted > 0);
  assertEquals(after.accepted, 0);
  way = after;
  await before.refuse();
  before.cut();
  assertEquals(await client.get(key), "x");
  assert(after.accepted > 0);
});
