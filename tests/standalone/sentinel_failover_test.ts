import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import type { RedisClient } from "../../standalone/mod.ts";
import { startSentinels, type TestSentinels, type TestServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { Lateness } from "../_kit/elapsed.ts";
import { connectBy } from "./_fake_sentinel.ts";

/** Waits until a majority of the sentinels names another primary. */
async function untilMajorityLeaves(old: TestServer, sentinels: TestSentinels): Promise<void> {
  const running = sentinels.sentinels.filter((sentinel) => sentinel.running);
  await until("a majority names another primary", async () => {
    const ports = await Promise.all(running.map(async (sentinel) => {
      const reply = await sentinel.command(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main"]);
      return Number((reply as string[])[1]);
    }));
    return ports.filter((port) => port !== old.port).length > running.length / 2;
  }, { timeout: 20_000, interval: 5 });
}

/** Writes by each client until the value is at one of the nodes, and at no other one. */
async function untilWritesReach(
  nodes: readonly TestServer[],
  clients: readonly RedisClient[],
  others: readonly TestServer[],
): Promise<void> {
  for (const client of clients) {
    await until("writes reach another node", async () => {
      const value = String(performance.now());
      await client.set("k", value);
      const read = (servers: readonly TestServer[]) =>
        Promise.all(servers.map((server) => server.command(["GET", "k"])));
      return (await read(nodes)).includes(value) && !(await read(others)).includes(value);
    }, { interval: 1 });
  }
}

Deno.test("real sentinels: killed, partitioned, replaced and healed, in RESP2 and RESP3", async (t) => {
  await using sentinels = await startSentinels({ downAfter: 300 });
  const connect = (protocol: 2 | 3) =>
    connectBy(sentinels.addresses, { protocol, readFrom: "preferReplica" });
  await using first = await connect(2);
  await using second = await connect(3);
  const clients = [first, second];
  using late = new Lateness();
  let primary = await sentinels.primary();
  const killed = primary;

  await t.step("the primary is killed: writes reach the new one", async () => {
    await killed.kill();
    await untilMajorityLeaves(killed, sentinels);
    const agreed = performance.now();
    primary = await sentinels.primary();
    await untilWritesReach([primary], clients, []);
    const elapsed = performance.now() - agreed;
    assert(elapsed < 300 + late.worst, `${elapsed} ms after a majority agreed`);
  });

  await t.step(
    "a minority still points to the primary, which is cut off: writes leave it",
    async () => {
      await sentinels.agreed();
      // On a busy machine the sentinels may have failed over once more since the step before.
      const old = await sentinels.primary();
      await sentinels.partition([old, sentinels.sentinels[0]]);
      await untilMajorityLeaves(old, sentinels);
      const agreed = performance.now();
      primary = await sentinels.primary();
      await untilWritesReach([primary], clients, [old]);
      const elapsed = performance.now() - agreed;
      assert(elapsed < 300 + late.worst, `${elapsed} ms after a majority agreed`);
      assertEquals((await old.info("replication")).role, "master");
      await sentinels.heal();
      await killed.start();
    },
  );

  await t.step("sentinels are killed one by one and replaced", async () => {
    for (const sentinel of [...sentinels.sentinels]) {
      await sentinels.addSentinel();
      await sentinel.kill();
      for (const client of clients) assertEquals(await client.set("k", "v"), "OK");
    }
  });

  await t.step(
    "nodes that have come back are read from, and the new sentinels are followed",
    async () => {
      for (const client of clients) {
        for (const node of await sentinels.replicas()) {
          await node.command(["CONFIG", "RESETSTAT"]);
          await until("it is read from", async () => {
            await client.get("k");
            return String(await node.command(["INFO", "commandstats"])).includes("cmdstat_get:");
          });
        }
      }
      primary = await sentinels.failover({ wait: false });
      const others = sentinels.nodes.filter((node) => node !== primary);
      await untilWritesReach(others, clients, [primary]);
    },
  );
});

Deno.test("real sentinels with a password and TLS of their own, and announced host names", async () => {
  await using sentinels = await startSentinels({
    downAfter: 300,
    replicas: 1,
    tls: true,
    password: "of the nodes",
    sentinel: { password: "of the sentinels", tls: { clientAuth: "required" } },
    announceHostnames: true,
  });
  const [node] = sentinels.nodes;
  const { caCert, clientCert, clientKey } = node.tls!;
  await using client = await connectBy(sentinels.addresses, {
    credentials: { password: "of the nodes" },
    useTls: true,
    tls: { caCerts: [caCert] },
    sentinel: {
      name: "main",
      addresses: sentinels.addresses.slice(0, 1),
      credentials: { password: "of the sentinels" },
      useTls: true,
      tls: { caCerts: [caCert], cert: clientCert, key: clientKey },
    },
  });
  assertEquals(await client.set("k", "v"), "OK");
  await node.kill();
  await until("the replica gets the writes", async () => {
    await client.set("k", "new");
    return await sentinels.nodes[1].command(["GET", "k"]) === "new";
  });
});

Deno.test("real sentinels behind a NAT: every address goes through the map", async () => {
  await using sentinels = await startSentinels({ downAfter: 300, replicas: 1, proxies: true });
  const [first, second] = sentinels.nodes;
  await using client = await connectBy([], {
    sentinel: {
      name: "main",
      addresses: sentinels.addresses.slice(0, 1),
      addressMap: sentinels.addressMap,
    },
  });
  assertEquals(await client.set("k", "v"), "OK");
  await client.wait(1, 5000);
  const [known, ...others] = sentinels.sentinels.map((sentinel) => sentinels.proxyOf(sentinel));
  await until(
    "the client has found the other sentinels",
    () => Promise.resolve(others.every(({ connections }) => connections.length === 2)),
  );
  assert(sentinels.proxyOf(first).accepted > 0);
  // It cannot reach the primary any more, which the sentinels can: nothing goes elsewhere.
  sentinels.proxyOf(first).setFaults({ stall: true });
  const cut = client.with({ timeout: 100 }).set("k", "lost").catch((error) => error);
  assertInstanceOf(await cut, Error);
  assertEquals(await second.command(["GET", "k"]), "v");
  sentinels.proxyOf(first).setFaults({});
  await known.refuse();
  known.cut();
  await sentinels.failover({ wait: false });
  await until("the writes go through the proxy of the other node", async () => {
    await client.set("k", "new");
    return (await second.info("replication")).role === "master" &&
      await second.command(["GET", "k"]) === "new";
  });
});
