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
    refusals = 10 + round % 4;
    executed.length = 0;
    const writes = Array.from({ length: 10 }, (_, i) => client.set("k", i));
    await until("the first was refused", () => Promise.resolve(refusals < 10));
    // Another key as well: the server is the same.
    writes.push(client.set("other", "last"));
    assertEquals(await Promise.all(writes), Array(11).fill("OK"));
    assertEquals(executed, [...Array.from({ length: 10 }, (_, i) => String(i)), "last"]);
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
