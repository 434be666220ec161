import { assert, assertEquals } from "@std/assert";
import type { GapReason, RedisClient } from "../../standalone/mod.ts";
import { startProxy, startServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { MessageFlow, Received } from "../_kit/message_flow.ts";
import { connect } from "./_connect.ts";

const CHANNELS = ["a", "b", "c", "d"];

/** Waits for something inside of this process. */
async function holds(goal: string, condition: () => boolean): Promise<void> {
  await until(goal, () => Promise.resolve(condition()));
}

/** Subscribes by all kinds, and publishes on all channels until the end of the block. */
async function startFlow(
  subscriber: RedisClient,
  publisher: RedisClient,
  before: () => Promise<unknown> = () => Promise.resolve(),
): Promise<{ exact: Received; finish(): Promise<GapReason[]> } & AsyncDisposable> {
  const receivers = [
    [new Received(), CHANNELS],
    [new Received(), CHANNELS],
    [new Received(), ["s"]],
  ] as const;
  const [[exact], [pattern], [shard]] = receivers;
  const subscriptions = await Promise.all([
    subscriber.subscribe(CHANNELS, { gaps: true, onMessage: exact.take }),
    subscriber.psubscribe("[a-z]", { gaps: true, onMessage: pattern.take }),
    subscriber.ssubscribe("s", { gaps: true, onMessage: shard.take }),
  ]);
  const flow = new MessageFlow([...CHANNELS, "s"], async (channel, message) => {
    await before();
    if (channel === "s") await publisher.spublish("s", message);
    else await publisher.publish(channel, message);
  });
  await holds("messages flow", () => flow.confirmed > 200);
  return {
    exact,
    async finish() {
      await flow.finish(...receivers);
      for (const [received, channels] of receivers) received.check(flow, channels);
      assertEquals(
        subscriptions.map(({ stats }) => stats.gaps.length),
        receivers.map(([{ gaps }]) => gaps.length),
      );
      await Promise.all(subscriptions.map((subscription) => subscription.unsubscribe()));
      return exact.gaps.map(({ reason }) => reason);
    },
    [Symbol.asyncDispose]: () => flow.stop(),
  };
}

/** Waits for one more gap than there were before. Returns when it ended. */
async function endOfGap(received: Received, before: number): Promise<number> {
  await holds("a gap is told", () => received.gaps.length > before);
  return received.gaps[before].until;
}

for (const protocol of [2, 3] as const) {
  Deno.test(`RESP${protocol}: connections are cut at any byte: nothing comes twice, what is missing is told`, async () => {
    await using server = await startServer();
    await using proxy = await startProxy(server);
    await using publisher = await connect(server);
    await using client = await connect(proxy, { protocol });
    await using traffic = await startFlow(client, publisher);
    const { exact, finish } = traffic;
    for (let i = 0; i < 10; i++) {
      const { length } = exact.gaps;
      const { accepted } = proxy;
      proxy.setFaults({ cutAfter: { toClient: 1 + Math.floor(Math.random() * 5000) } });
      await holds("a connection is cut", () => proxy.accepted > accepted);
      proxy.setFaults({});
      await holds("a gap is told", () => exact.gaps.length > length);
    }
    const reasons = await finish();
    assert(reasons.length >= 10);
    assertEquals(new Set(reasons), new Set(["reconnect"]));
  });

  Deno.test(`RESP${protocol}: the server kills subscribers: they are back at once`, async () => {
    await using server = await startServer();
    await using publisher = await connect(server);
    await using client = await connect(server, { protocol });
    await using traffic = await startFlow(client, publisher);
    const { exact, finish } = traffic;
    for (let i = 0; i < 5; i++) {
      const killed = Date.now();
      await server.command(["CLIENT", "KILL", "TYPE", "pubsub"]);
      const time = await endOfGap(exact, i) - killed;
      assert(time < 500, `${time} ms`);
    }
    assertEquals(await finish(), Array(5).fill("reconnect"));
  });

  Deno.test(`RESP${protocol}: a server that is killed and started again gets all subscriptions again`, async () => {
    await using server = await startServer();
    await using publisher = await connect(server, { requestTimeout: 500 });
    await using client = await connect(server, { protocol });
    await using traffic = await startFlow(client, publisher);
    const { exact, finish } = traffic;
    await server.kill();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server.restart();
    const restarted = Date.now();
    const time = await endOfGap(exact, 0) - restarted;
    assert(time < 1000, `${time} ms`);
    assertEquals(await finish(), ["reconnect"]);
  });

  Deno.test(`RESP${protocol}: the output buffer of the server overflows: the loss is told`, async () => {
    await using server = await startServer({
      config: { "client-output-buffer-limit": "pubsub 256kb 0 0" },
    });
    await using publisher = await connect(server);
    await using client = await connect(server, { protocol });
    await using traffic = await startFlow(client, publisher);
    const { exact, finish } = traffic;
    await publisher.publish("z", "x".repeat(1_000_000));
    await holds("a gap is told", () => exact.gaps.length > 0);
    assertEquals(new Set(await finish()), new Set(["reconnect"]));
  });

  Deno.test(`RESP${protocol}: subscriptions follow a primary that fails`, async () => {
    await using old = await startServer({ replicas: 1 });
    const [next] = old.replicas;
    await using publisher = await connect([old, next], { requestTimeout: 500 });
    await using client = await connect([old, next], { protocol });
    await using traffic = await startFlow(client, publisher);
    const { exact, finish } = traffic;
    await old.kill();
    await next.promote();
    const promoted = Date.now();
    const time = await endOfGap(exact, 0) - promoted;
    assert(time < 1000, `${time} ms`);
    assertEquals(await finish(), ["moved"]);
    await until(
      "nothing is left",
      async () =>
        !/\bsub=[^0]/.test(String(await next.command(["CLIENT", "LIST", "TYPE", "pubsub"]))),
    );
  });
}

Deno.test("a silent peer is replaced", async () => {
  await using server = await startServer();
  await using proxy = await startProxy(server);
  await using publisher = await connect(server);
  await using client = await connect(proxy, { keepAlive: 50, requestTimeout: 100 });
  await using traffic = await startFlow(client, publisher);
  const { exact, finish } = traffic;
  const start = Date.now();
  proxy.silence();
  await holds("a gap is told", () => exact.gaps.length > 0);
  const [{ reason, since, until }] = exact.gaps;
  assertEquals(reason, "reconnect");
  assert(since <= start && until - start < 5000, `${until - start} ms`);
  await finish();
});

Deno.test("a primary that falls silent is left for the one that takes its place, also without any request", async () => {
  await using old = await startServer({ replicas: 1 });
  const [next] = old.replicas;
  await using proxy = await startProxy(old);
  await using client = await connect([proxy, next], { keepAlive: 50, requestTimeout: 100 });
  await using subscription = await client.subscribe("a", { gaps: true });
  proxy.setFaults({ stall: true });
  await next.promote();
  for await (const item of subscription) {
    assert(item.kind === "gap" && item.reason === "moved");
    break;
  }
  assertEquals(await next.command(["PUBLISH", "a", "1"]), 1);
});

Deno.test("a server that is frozen for a while loses nothing", async () => {
  await using server = await startServer();
  await using publisher = await connect(server);
  await using client = await connect(server, { keepAlive: 50, requestTimeout: 100 });
  await using traffic = await startFlow(client, publisher);
  const { finish } = traffic;
  server.pause();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  server.resume();
  assertEquals(await finish(), []);
});

Deno.test("subscriptions follow a replica that is promoted", async () => {
  await using old = await startServer({ replicas: 1 });
  const [next] = old.replicas;
  await using publisher = await connect([old, next]);
  await using client = await connect([old, next], { periodicTopologyCheck: 100 });
  // Only those who write learn at once that the primary is another one.
  await using traffic = await startFlow(client, publisher, () => publisher.incr("n"));
  const { exact, finish } = traffic;
  await old.command(["FAILOVER"]);
  await holds("a gap is told", () => exact.gaps.length > 0);
  const reasons = await finish();
  assertEquals(reasons.at(-1), "moved");
  // The connection to the old one is closed.
  await until("nothing is left", async () => {
    const lists = await Promise.all(
      [old, next].map((node) => node.command(["CLIENT", "LIST", "TYPE", "pubsub"])),
    );
    return lists.every((list) => !/\bsub=[^0]/.test(String(list)));
  });
});

Deno.test("a name that leads to another server takes its subscriptions along", async () => {
  await using old = await startServer({ replicas: 1 });
  const [next] = old.replicas;
  await using balancer = await startProxy(old);
  await using client = await connect(balancer, { periodicTopologyCheck: 50 });
  await using subscription = await client.subscribe(["a", "b"], { gaps: true });
  // The connections that are open stay with the old one.
  balancer.target = next;
  await next.promote();
  await old.replicaOf(next);
  for await (const item of subscription) {
    assert(item.kind === "gap" && item.reason === "moved");
    break;
  }
  assertEquals(await next.command(["PUBLISH", "b", "1"]), 1);
  for await (const item of subscription) {
    assert(item.kind === "message" && item.message === "1");
    break;
  }
  await until(
    "the old one is left",
    async () => !/\bsub=[^0]/.test(String(await old.command(["CLIENT", "LIST", "TYPE", "pubsub"]))),
  );
});
