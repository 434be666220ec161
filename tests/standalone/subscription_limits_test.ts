import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ClosedError,
  OverflowError,
  type RedisClient,
  ServerError,
  TimeoutError,
} from "../../standalone/mod.ts";
import { startBlackHole, startFakeServer, startProxy, startServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";

const server = await startServer();
server.unref();

/** Waits for something inside of this process. */
async function holds(goal: string, condition: () => boolean): Promise<void> {
  await until(goal, () => Promise.resolve(condition()));
}

/** Waits until no connection of a client is subscribed. */
async function nothingLeft(client: RedisClient): Promise<void> {
  await until(
    "no subscriber is left",
    async () => await client.customCommand(["CLIENT", "LIST", "TYPE", "pubsub"]) === "",
  );
}

Deno.test("a reader that does not iterate holds a bounded number of messages and bytes, and delays nobody", async () => {
  await using client = await connect(server);
  await using lazy = await client.subscribe("slow", { maxMessages: 100, gaps: true });
  await using heavy = await client.bytes.subscribe("slow", { maxBytes: 50_000 });
  await using newest = await client.subscribe("slow", { overflow: "dropNewest", maxMessages: 100 });
  await using quick = await client.subscribe("slow");
  const reading = (async () => {
    let expected = 0;
    for await (const { message } of quick) {
      assertEquals(Number.parseInt(message), expected++);
      if (expected === 1000) return;
    }
  })();
  const padding = "x".repeat(1000);
  for (let i = 0; i < 1000; i += 100) {
    await Promise.all(
      Array.from({ length: 100 }, (_, j) => client.publish("slow", `${i + j} ${padding}`)),
    );
  }
  await reading;
  await holds("all is received", () => heavy.stats.received === 1000);
  assertEquals([lazy.stats.buffered, lazy.stats.dropped], [100, 900]);
  assert(heavy.stats.buffered < 50 && heavy.stats.buffered > 40, `${heavy.stats.buffered}`);
  assertEquals([newest.stats.buffered, newest.stats.dropped], [100, 900]);
  const [gap] = lazy.stats.gaps;
  assertEquals([gap.reason, gap.dropped], ["overflow", 900]);
  const iterator = lazy[Symbol.asyncIterator]();
  const first = (await iterator.next()).value!;
  assert(first.kind === "gap");
  assertEquals([first.reason, first.dropped], ["overflow", 900]);
  const second = (await iterator.next()).value!;
  assert(second.kind === "message" && second.message.startsWith("900 "));
  for await (const { message } of newest) {
    assert(message.startsWith("0 "));
    break;
  }
});

Deno.test("a buffer that overflows can end the subscription, and only that", async () => {
  await using client = await connect(server);
  const ends: string[] = [];
  const events = (async () => {
    for await (const event of client.events) {
      if (event.type === "subscriptionEnded") ends.push(`${event.names} ${event.error.name}`);
    }
  })();
  const strict = await client.subscribe("o", { overflow: "error", maxMessages: 2 });
  await using other = await client.subscribe("o");
  for (const message of ["1", "2", "3", "4"]) await client.publish("o", message);
  await holds("it has ended", () => strict.ended);
  const got: string[] = [];
  const error = await assertRejects(async () => {
    for await (const { message } of strict) got.push(message);
  }, OverflowError);
  assertEquals(got, ["1", "2"]);
  assert(error.message.includes("2 messages"), error.message);
  await holds("the other one has all", () => other.stats.received === 4);
  assertEquals(await client.publish("o", "5"), 1);
  await client.close();
  await events;
  assertEquals(ends, ["o OverflowError"]);
});

Deno.test("a burst is no overflow for a reader that keeps up", async () => {
  await using client = await connect(server);
  await using subscription = await client.subscribe("burst", { maxMessages: 16 });
  const reading = (async () => {
    let sum = 0;
    for await (const { message } of subscription) if ((sum += Number(message)) === 5000) return;
  })();
  await client.batch((b) => Array.from({ length: 5000 }, () => b.publish("burst", "1")));
  await reading;
  assertEquals(subscription.stats.dropped, 0);
});

Deno.test("rights that are taken away end the subscriptions that need them, and no others", async () => {
  await using strict = await startServer({
    users: [{ name: "ann", rules: "on >secret ~* &a &b &c +@all" }],
  });
  for (const protocol of [2, 3] as const) {
    await strict.command(["ACL", "SETUSER", "ann", "resetchannels", "&a", "&b", "&c"]);
    await using client = await connect(strict, {
      protocol,
      credentials: { username: "ann", password: "secret" },
    });
    await using kept = await client.subscribe(["a", "b"], { gaps: true });
    const lost = await client.subscribe(["b", "c"]);
    // It may end before the kit has the reply to ACL SETUSER.
    const ended = assertRejects(() => Array.fromAsync(lost), ServerError);
    await strict.command(["ACL", "SETUSER", "ann", "resetchannels", "&a", "&b"]);
    const error = await ended;
    assertEquals([error.code, error.command, lost.ended], ["NOPERM", "SUBSCRIBE", true]);
    for await (const item of kept) {
      assert(item.kind === "gap" && item.reason === "reconnect");
      break;
    }
    assertEquals(await strict.command(["PUBLISH", "b", "1"]), 1);
    for await (const item of kept) {
      assert(item.kind === "message" && item.message === "1");
      break;
    }
  }
});

Deno.test("a password that is not valid any more ends subscriptions, after the time of create()", async () => {
  await using strict = await startServer({
    users: [{ name: "ann", rules: "on >secret ~* &* +@all" }],
  });
  await using client = await connect(strict, {
    credentials: { username: "ann", password: "secret" },
    clientCreationTimeout: 500,
  });
  const subscription = await client.subscribe("a");
  await strict.command(["ACL", "SETUSER", "ann", "resetpass", ">other"]);
  // The connection that is open goes on.
  await strict.command(["PUBLISH", "a", "1"]);
  await holds("the message is there", () => subscription.stats.received === 1);
  await strict.command(["CLIENT", "KILL", "TYPE", "pubsub"]);
  const got: string[] = [];
  const error = await assertRejects(async () => {
    for await (const { message } of subscription) got.push(message);
  }, ServerError);
  assertEquals([error.code, got], ["WRONGPASS", ["1"]]);
  await assertRejects(() => client.subscribe("a"), ServerError, "WRONGPASS");
});

Deno.test("a password that is valid again in time ends nothing", async () => {
  await using strict = await startServer({
    users: [{ name: "ann", rules: "on >secret ~* &* +@all" }],
  });
  await using client = await connect(strict, {
    credentials: { username: "ann", password: "secret" },
  });
  const refusals: Error[] = [];
  const events = (async () => {
    for await (const event of client.events) {
      if (event.type === "reconnecting") refusals.push(event.error);
    }
  })();
  await using subscription = await client.subscribe("a", { gaps: true });
  await strict.command(["ACL", "SETUSER", "ann", "resetpass", ">other"]);
  await strict.command(["CLIENT", "KILL", "TYPE", "pubsub"]);
  await holds("it was refused", () => refusals.length > 0);
  assertEquals((refusals[0] as ServerError).code, "WRONGPASS");
  await strict.command(["ACL", "SETUSER", "ann", ">secret"]);
  for await (const item of subscription) {
    assertEquals(item.kind, "gap");
    break;
  }
  await client.close();
  await events;
});

Deno.test("subscribe() has the time of create() while it connects, and then that of a request", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 50, clientCreationTimeout: 400 });
  proxy.setFaults({ stall: true });
  const start = performance.now();
  const first = await assertRejects(() => client.subscribe("a"), TimeoutError);
  assertEquals([first.timeout, first.phase], [400, "queued"]);
  assert(performance.now() - start >= 399);
  proxy.setFaults({});
  await using _ = await client.subscribe("a");
  proxy.setFaults({ stall: true });
  const second = await assertRejects(() => client.subscribe("b"), TimeoutError);
  assertEquals([second.timeout, second.phase], [50, "sent"]);
  assert(second.message.startsWith("Cannot complete SUBSCRIBE within 50 ms: "), second.message);
  const third = await assertRejects(
    () => client.with({ timeout: 20 }).psubscribe("b"),
    TimeoutError,
  );
  assertEquals(third.timeout, 20);
  proxy.setFaults({});
  await until(
    "only the first one is wanted",
    async () => (await client.pubsubChannels()).join() === "a" && await client.pubsubNumpat() === 0,
  );
});

Deno.test("close() ends the wait for a server that does not answer", async () => {
  await using hole = await startBlackHole();
  const client = await connect(hole, { lazyConnect: true });
  const failed = assertRejects(() => client.subscribe("a"), ClosedError);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await client.close();
  await failed;
});

Deno.test("unsubscribe() while the connection is away needs no server, and nothing comes back", async () => {
  for (const protocol of [2, 3] as const) {
    await using proxy = await startProxy(server);
    await using client = await connect(proxy, {
      protocol,
      requestTimeout: 500,
      clientCreationTimeout: 100,
    });
    const gone = await client.subscribe(["a", "b"]);
    await using kept = await client.subscribe("b", { gaps: true });
    proxy.setFaults({ cutAfter: { toServer: 0, toClient: 0 } });
    proxy.cut();
    await gone.unsubscribe();
    await assertRejects(() => kept.add("c"), TimeoutError);
    proxy.setFaults({});
    for await (const item of kept) {
      assertEquals(item.kind, "gap");
      break;
    }
    assertEquals((await client.pubsubChannels()).includes("a"), false);
    await kept.unsubscribe();
    await nothingLeft(client);
  }
});

Deno.test("subscriptions that the server has lost are made again at the next check", async () => {
  for (const protocol of [2, 3] as const) {
    await using fake = await startFakeServer({
      CLIENT: ({ args, connection }) => {
        if (args[1] === "ID") return connection.id;
        if (args[1] !== "LIST" && args[1] !== "INFO") return "OK";
        const id = args[1] === "LIST" ? Number(args[3]) : connection.id;
        const { subscriptions } = fake.connections.find((other) => other.id === id)!;
        return `id=${id} sub=${subscriptions.channels.length} psub=0 ssub=0`;
      },
    });
    await using client = await connect(fake, { protocol, periodicTopologyCheck: 50 });
    await using subscription = await client.subscribe(["a", "b"], { gaps: true });
    const connection = fake.connections.find(({ subscriptions }) => subscriptions.size > 0)!;
    connection.subscriptions.clear();
    for await (const item of subscription) {
      assert(item.kind === "gap");
      break;
    }
    assertEquals(fake.publish("b", "1"), 1);
  }
});

Deno.test("a lazy client connects for a subscription, also by TLS", async () => {
  await using secure = await startServer({ tls: true });
  await using client = await connect(secure, {
    lazyConnect: true,
    useTls: true,
    tls: { caCerts: [secure.tls!.caCert] },
  });
  await using subscription = await client.subscribe("a", { gaps: true });
  await client.publish("a", "1");
  for await (const item of subscription) {
    assert(item.kind === "message");
    break;
  }
  await secure.command(["CLIENT", "KILL", "TYPE", "pubsub"]);
  for await (const item of subscription) {
    assertEquals(item.kind, "gap");
    break;
  }
});

Deno.test("a lazy client without a server rejects subscriptions with the reason", async () => {
  const client = await connect({ host: "127.0.0.1", port: 1 }, {
    lazyConnect: true,
    requestTimeout: 50,
    clientCreationTimeout: 100,
  });
  await assertRejects(() => client.subscribe("a"), TimeoutError);
  await client.close();
});

Deno.test("subscriptions in random order end with none at the server, and no connection", async () => {
  await using client = await connect(server);
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 16807) % 2147483647;
    return seed % below;
  };
  const methods = ["subscribe", "psubscribe", "ssubscribe"] as const;
  const workers = Array.from({ length: 10 }, async () => {
    for (let i = 0; i < 50; i++) {
      const names = Array.from({ length: 1 + random(3) }, () => `c${random(5)}`);
      const subscription = await client[methods[random(3)]](names);
      if (random(2) === 0) await subscription.add(`c${random(5)}`);
      if (random(3) === 0) await subscription.delete(names[0]);
      if (random(3) === 0) {
        // Not waited for.
        subscription.unsubscribe();
      } else {
        await subscription.unsubscribe();
      }
      assertEquals(subscription.stats.gaps, []);
    }
  });
  await Promise.all(workers);
  await nothingLeft(client);
});
