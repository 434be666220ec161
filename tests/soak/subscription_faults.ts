/**
 * `deno task subscriptions:faults`: subscriptions under random faults of network and server, with numbered messages that
 * prove that nothing comes twice or in another order, and that what is missing is told. The exit code is 0 if that holds.
 *
 *     deno task subscriptions:faults                                # 20 s for each protocol
 *     deno task subscriptions:faults --seconds 300 --tls true
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { startProxy, startServer, type TestProxy, type TestServer } from "../../lib/testing/mod.ts";
import { RedisClient, type Subscription } from "../../mod.ts";
import { MessageFlow, Received } from "../_kit/message_flow.ts";

/** What happens, and for how long. */
export interface FaultRun {
  /** Protocol of the subscriber. */
  protocol: 2 | 3;
  /** Whether clients speak TLS. */
  tls: boolean;
  /** For how long faults happen. */
  seconds: number;
}

/** What came of it. */
export interface FaultReport {
  /** Messages that the server has confirmed. */
  published: number;
  /** Messages that a subscription has not got, of all subscriptions together. Each was in a gap that was told. */
  missing: number;
  /** Gaps of the first subscription. */
  gaps: number;
  /** Subscriptions that were made and ended meanwhile. */
  made: number;
}

type Fault = (proxy: TestProxy, server: TestServer, publisher: RedisClient) => unknown;

const FAULTS: readonly Fault[] = [
  (proxy) => proxy.cut(),
  (proxy) => proxy.setFaults({ cutAfter: { toClient: Math.floor(Math.random() * 20_000) } }),
  (proxy) => proxy.setFaults({ chunkSize: 1 + Math.floor(Math.random() * 100), delay: 2 }),
  (proxy) => proxy.silence(),
  (_, server) => server.command(["CLIENT", "KILL", "TYPE", "pubsub"]),
  async (_, server) => {
    server.pause();
    await delay(Math.random() * 300);
    server.resume();
  },
  // The output buffer of the server overflows.
  (_proxy, _server, publisher) => publisher.publish("c large", "x".repeat(3_000_000)),
  () => {},
];

const CHANNELS = Array.from({ length: 20 }, (_, i) => `c${i}`);

/**
 * Subscribes, publishes, and lets faults happen.
 *
 * @param run What and for how long.
 * @returns Figures.
 * @throws {Error} If a message came twice or in another order, or is missing without a gap.
 */
export async function runSubscriptionFaults(run: FaultRun): Promise<FaultReport> {
  const { protocol, tls, seconds } = run;
  await using server = await startServer({
    tls,
    users: [{ name: "ann", rules: "on >secret ~* &* +@all" }],
    config: { "client-output-buffer-limit": "pubsub 1mb 0 0" },
  });
  await using proxy = await startProxy(server);
  const options = {
    credentials: { username: "ann", password: "secret" },
    ...(tls ? { useTls: true, tls: { caCerts: [server.tls!.caCert] } } : {}),
  };
  await using publisher = await RedisClient.create({
    ...options,
    addresses: [{ host: server.host, port: server.port }],
    requestTimeout: 5000,
  });
  await using client = await RedisClient.create({
    ...options,
    addresses: [{ host: proxy.host, port: proxy.port }],
    protocol,
    keepAlive: 100,
    requestTimeout: 200,
    periodicTopologyCheck: 200,
  });
  const receivers: [Received, string[]][] = [];
  for (let i = 0; i < 5; i++) {
    const exact: [Received, string[]] = [new Received(), CHANNELS.filter((_, j) => (i + j) % 3)];
    const pattern: [Received, string[]] = [new Received(), CHANNELS];
    receivers.push(exact, pattern);
    await client.subscribe(exact[1], { gaps: true, onMessage: exact[0].take });
    await client.psubscribe("c*", { gaps: true, onMessage: pattern[0].take });
  }
  await using flow = new MessageFlow(CHANNELS, async (channel, message) => {
    await publisher.publish(channel, message);
    await delay(1);
  });
  const over = new AbortController();
  let made = 0;
  const others = Array.from({ length: 5 }, async () => {
    while (!over.signal.aborted) {
      let subscription: Subscription | undefined;
      try {
        subscription = await client.subscribe(["other", CHANNELS[made % 20]]) as Subscription;
        await subscription.add("more");
        made++;
      } catch {
        // It was not confirmed in time.
        await delay(5);
      }
      const ended = subscription?.unsubscribe();
      if (made % 2 === 0) await ended;
    }
  });
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await FAULTS[Math.floor(Math.random() * FAULTS.length)](proxy, server, publisher);
    await delay(Math.random() * 600);
    proxy.setFaults({});
  }
  over.abort();
  await Promise.all(others);
  await flow.finish(...receivers);
  let missing = 0;
  for (const [received, channels] of receivers) missing += received.check(flow, channels);
  return { published: flow.confirmed, missing, gaps: receivers[0][0].gaps.length, made };
}

if (import.meta.main) {
  const given = new Map<string, string>();
  for (let i = 0; i < Deno.args.length; i += 2) given.set(Deno.args[i], Deno.args[i + 1] ?? "");
  const seconds = Number(given.get("--seconds") ?? 20);
  const tls = given.get("--tls") === "true";
  for (const protocol of [2, 3] as const) {
    console.log(`RESP${protocol}`, await runSubscriptionFaults({ protocol, tls, seconds }));
  }
}
