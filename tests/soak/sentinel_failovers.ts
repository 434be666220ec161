/**
 * Writers that go on through failovers of Sentinel, and what became of each of their writes.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { startSentinels, type TestSentinels, type TestServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { ConnectionError, RedisClient, TimeoutError } from "../../mod.ts";

/** How a primary is replaced. */
export type Kind = "kill" | "command" | "pause" | "partition";

/** The ways in which a primary is replaced, in turn. */
export const KINDS: readonly Kind[] = ["kill", "command", "pause", "partition"];

/** How large a run is. */
export interface RunOptions {
  readonly writers: number;
  readonly failovers: number;
  readonly kinds?: readonly Kind[];
  readonly protocol: 2 | 3;
  /** Told what happens. */
  note?(line: string): void;
}

/** What came of one failover. */
export interface Failover {
  readonly kind: Kind;
  /** Milliseconds from the time when a majority of the sentinels named the new primary to the first write to it. */
  readonly recovery: number;
  /** Milliseconds from the cause to that write. */
  readonly total: number;
}

/** What came of a run. */
export interface RunResult {
  readonly failovers: readonly Failover[];
  /** Writes that were acknowledged. */
  readonly acknowledged: number;
  /** Writes that rejected and may have been executed. */
  readonly uncertain: number;
  /** Writes that rejected and were not executed. */
  readonly refused: number;
  /** Acknowledged writes that the servers have lost: they had not been replicated. */
  readonly lost: number;
  /** Acknowledged writes that are missing although all nodes had them. */
  readonly missing: number;
  /** Writes that were executed more than once. */
  readonly twice: number;
  /** Writes that were executed although they rejected as not executed. */
  readonly ghosts: number;
  /** Writes that a primary got after the client had left it. */
  readonly strays: number;
}

/** Writes that may or may not be in the lists. */
interface Writer {
  readonly key: string;
  next: number;
  /** When each was acknowledged. */
  readonly acknowledged: Map<number, number>;
  readonly uncertain: Set<number>;
  refused: number;
  /** Those that all nodes had. */
  readonly safe: Set<number>;
}

/**
 * Has writers append numbers to lists while primaries are replaced, and compares the lists with what was acknowledged.
 *
 * @param options How large.
 */
export async function runFailovers(options: RunOptions): Promise<RunResult> {
  const { protocol, note = () => {} } = options;
  await using sentinels = await startSentinels({ downAfter: 300 });
  await using client = await RedisClient.create({
    sentinel: { name: sentinels.name, addresses: sentinels.addresses },
    protocol,
    requestTimeout: UNDER_WAY,
    clientCreationTimeout: 10_000,
  });
  const run = new Run(client, options.writers);
  const kinds = options.kinds ?? KINDS;
  const failovers: Failover[] = [];
  let strays = 0;
  for (let i = 0; i < options.failovers; i++) {
    const kind = kinds[i % kinds.length];
    const old = await sentinels.agreed();
    await run.untilReplicated();
    const failover = await run.failOver(kind, old, sentinels);
    if (kind === "partition") strays += await run.straysAt(old);
    failovers.push(failover);
    note(
      `${i + 1}. ${kind}: first write ${
        failover.recovery.toFixed(0)
      } ms after a majority agreed, ` +
        `${failover.total.toFixed(0)} ms after the cause`,
    );
    if (i + 1 < options.failovers || kind === "partition") await repair(kind, old, sentinels);
  }
  await run.stop();
  const primary = await sentinels.agreed();
  return { failovers, strays, ...await run.audit(primary) };
}

/** How long a write may be under way, in milliseconds. */
const UNDER_WAY = 1000;

class Run {
  readonly #client: RedisClient;
  readonly #writers: Writer[];
  /** When the client said last that another node is the primary. */
  #switched: { port: number; at: number } = { port: 0, at: 0 };
  /** When the first write was acknowledged after that. */
  #first: number | undefined;
  #running = true;
  readonly #done: Promise<unknown>;

  constructor(client: RedisClient, count: number) {
    this.#client = client;
    this.#writers = Array.from({ length: count }, (_, i) => ({
      key: `log:${i}`,
      next: 0,
      acknowledged: new Map(),
      uncertain: new Set(),
      refused: 0,
      safe: new Set(),
    }));
    this.#watch();
    this.#done = Promise.all(this.#writers.map((writer) => this.#write(writer)));
  }

  /** Waits until all replicas have what was acknowledged until now. */
  async untilReplicated(): Promise<void> {
    await until("every writer has written", () => {
      return Promise.resolve(this.#writers.every(({ acknowledged }) => acknowledged.size > 10));
    });
    const now = performance.now();
    await until("all replicas have everything", async () => await this.#client.wait(2, 2000) >= 2, {
      timeout: 20_000,
    });
    // What was under way when the primary was left may have been acknowledged by that one.
    const since = this.#switched.at + UNDER_WAY;
    for (const { acknowledged, safe } of this.#writers) {
      for (const [n, at] of acknowledged) if (at > since && at < now) safe.add(n);
    }
  }

  async failOver(kind: Kind, old: TestServer, sentinels: TestSentinels): Promise<Failover> {
    this.#first = undefined;
    const begin = performance.now();
    const majority = kind === "partition" ? sentinels.sentinels.slice(1) : sentinels.sentinels;
    switch (kind) {
      case "kill":
        await old.kill();
        break;
      case "pause":
        old.pause();
        break;
      case "command":
        await sentinels.failover({ wait: false });
        break;
      case "partition":
        await sentinels.partition([old, sentinels.sentinels[0]]);
    }
    const enough = Math.floor(sentinels.sentinels.length / 2) + 1;
    const agreed = await until("a majority names another primary", async () => {
      const ports = await Promise.all(majority.map(async (sentinel) => {
        const reply = await sentinel.command([
          "SENTINEL",
          "GET-MASTER-ADDR-BY-NAME",
          sentinels.name,
        ]);
        return Number((reply as string[])[1]);
      }));
      return ports.filter((port) => port !== old.port).length >= enough && performance.now();
    }, { timeout: 60_000, interval: 2 });
    await until("the client writes to it", () => {
      return Promise.resolve(this.#switched.port !== old.port && this.#first !== undefined);
    }, { timeout: 20_000, interval: 2 });
    return { kind, recovery: this.#first! - agreed, total: this.#first! - begin };
  }

  /** Counts the writes that a primary still gets although the client has left it. */
  async straysAt(old: TestServer): Promise<number> {
    const count = async (): Promise<number> => {
      const lengths = await old.commands(this.#writers.map(({ key }) => ["LLEN", key]));
      return lengths.reduce((sum: number, length) => sum + Number(length), 0);
    };
    // What was under way when the client left it.
    await delay(100);
    const before = await count();
    await delay(300);
    return await count() - before;
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  /** Compares the lists with what was acknowledged. */
  async audit(primary: TestServer): Promise<Omit<RunResult, "failovers" | "strays">> {
    const result = {
      acknowledged: 0,
      uncertain: 0,
      refused: 0,
      lost: 0,
      missing: 0,
      twice: 0,
      ghosts: 0,
    };
    for (const { key, acknowledged, uncertain, refused, safe } of this.#writers) {
      const listed = (await primary.command(["LRANGE", key, 0, -1]) as string[]).map(Number);
      const distinct = new Set(listed);
      const readable = await this.#client.lrange(key, 0, -1);
      if (readable.join() !== listed.join()) result.missing++;
      result.twice += listed.length - distinct.size;
      result.acknowledged += acknowledged.size;
      result.uncertain += uncertain.size;
      result.refused += refused;
      result.lost += [...acknowledged.keys()].filter((n) => !distinct.has(n)).length;
      result.missing += [...safe].filter((n) => !distinct.has(n)).length;
      result.ghosts += [...distinct].filter((n) =>
        !acknowledged.has(n) && !uncertain.has(n)
      ).length;
    }
    return result;
  }

  async #write(writer: Writer): Promise<void> {
    while (this.#running) {
      const n = writer.next++;
      try {
        await this.#client.rpush(writer.key, String(n));
        writer.acknowledged.set(n, performance.now());
        if (this.#switched.at > 0) this.#first ??= performance.now();
      } catch (error) {
        const isCertain = error instanceof ConnectionError && !error.maybeExecuted ||
          error instanceof TimeoutError && error.phase === "queued";
        if (isCertain) writer.refused++;
        else writer.uncertain.add(n);
      }
      await delay(5);
    }
  }

  async #watch(): Promise<void> {
    for await (const event of this.#client.events) {
      if (event.type !== "topology" || event.primaries[0].port === this.#switched.port) continue;
      this.#switched = { port: event.primaries[0].port, at: performance.now() };
      this.#first = undefined;
    }
  }
}

async function repair(kind: Kind, old: TestServer, sentinels: TestSentinels): Promise<void> {
  switch (kind) {
    case "kill":
      await old.start();
      break;
    case "pause":
      old.resume();
      break;
    case "partition":
      await sentinels.heal();
  }
}
