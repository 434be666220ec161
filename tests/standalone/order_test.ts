/** Requests that wait for another try keep the order of their calls. */

import { assertEquals } from "@std/assert";
import { ServerError } from "../../standalone/mod.ts";
import { simple, startFakeServer, startServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";

Deno.test("un-awaited writes that are refused are executed in the order of their calls", async () => {
  let refusals = 0;
  const executed: string[] = [];
  await using fake = await startFakeServer({
    SET: ({ args }) => {
      if (refusals-- > 0) return new ServerError("LOADING Redis is loading the dataset in memory");
      executed.push(args[2]);
      return simple("OK");
    },
  });
  await using client = await connect(fake, { requestTimeout: 10_000 });
  for (let round = 0; round < 60; round++) {
    const again = round % 4;
    refusals = 10 + again;
    executed.length = 0;
    const order = Array.from({ length: 10 }, (_, i) => String(i));
    const writes = order.map((value) => client.set("k", value));
    if (again > 0) {
      // The server has refused a second try: the client knows of the refusals.
      await until("the first was refused again", () => Promise.resolve(refusals < again));
      // Another key as well: the server is the same.
      writes.push(client.set("other", "last"));
      order.push("last");
    }
    assertEquals(await Promise.all(writes), Array(order.length).fill("OK"));
    assertEquals(executed, order);
  }
});

Deno.test("un-awaited writes keep their order through a failover that holds them back first", async () => {
  await using server = await startServer({ replicas: 1 });
  const [replica] = server.replicas;
  await using client = await connect(server, {
    addresses: [server, replica].map(({ host, port }) => ({ host, port })),
    requestTimeout: 10_000,
  });
  for (const [from, to] of [[server, replica], [replica, server]]) {
    await client.del("list");
    // The writes are paused until the replica has caught up, and then refused.
    to.pause();
    const failing = from.command(["FAILOVER", "TO", to.host, to.port]);
    const late: Promise<unknown>[] = [];
    const writes: Promise<unknown>[] = [];
    for (let i = 0; i < 120; i++) {
      // A late reply makes the client look for another primary.
      if (i % 6 === 0) late.push(client.with({ timeout: 30 }).set("late", i).catch(() => {}));
      writes.push(client.rpush("list", i));
      if (i === 60) to.resume();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await Promise.all([failing, ...writes, ...late]);
    const list = (await client.lrange("list", 0, -1)).map(Number);
    assertEquals(list, Array.from({ length: 120 }, (_, i) => i));
    await until("the other is its replica", async () => {
      const [role, , , state] = await from.command(["ROLE"]) as unknown[];
      return role === "slave" && state === "connected";
    });
  }
});

Deno.test("a write that its lost connection gives back goes ahead of those that were kept meanwhile", async () => {
  const executed: string[] = [];
  let stalls = false;
  let hung = false;
  const role = (name: string) =>
    name === "primary" ? ["master", 0, []] : ["slave", "127.0.0.1", 1, "connected", 0];
  await using primary = await startFakeServer({
    ROLE: role("primary"),
    RPUSH: ({ args }) => executed.push(args[2]),
    PING: (_, connection) => {
      if (stalls) {
        hung = true;
        connection.stall();
      }
      return simple("PONG");
    },
  });
  await using replica = await startFakeServer({ ROLE: role("replica") });
  await using client = await connect(primary, {
    addresses: [primary, replica].map(({ host, port }) => ({ host, port })),
    requestTimeout: 10_000,
  });
  // Nothing else is under way.
  await client.ping();
  stalls = true;
  const hanging = client.ping().catch(() => {});
  // A late reply makes the client look for another primary, and keep what needs one.
  const late = client.with({ timeout: 50 }).set("late", 1).catch(() => {});
  await until("both are written", () => Promise.resolve(hung));
  // So long that it cannot be written, nor what is behind it.
  const jam = client.set("jam", "x".repeat(32 * 1024 * 1024)).catch(() => {});
  const first = client.rpush("list", "first");
  await late;
  const second = client.rpush("list", "second");
  stalls = false;
  for (const connection of primary.connections) connection.cut();
  await Promise.all([hanging, jam, first, second]);
  assertEquals(executed, ["first", "second"]);
});
