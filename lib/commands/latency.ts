/**
 * Commands on latency: what the server has recorded about events that took long, and how long commands take.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { appendAny, type OneOrMany } from "./_args.ts";
import { elements, toNumber, toPairs, toText, unexpected } from "./_decode.ts";
import { toNamed, toRecordOf, valueOf } from "./_named.ts";
import { type PerNode, perNode, type Reach } from "./_reach.ts";

/** How long the calls of a command took. */
export interface LatencyHistogram {
  /** Number of the calls. */
  calls: number;
  /**
   * How many calls took at most so many microseconds, by that bound, the lowest first. Each includes those before it.
   */
  histogramUsec: Map<number, number>;
}

/** An event that took long. */
export interface LatencySample {
  /** When it was, as Unix time in seconds. */
  time: number;
  /** How long it took, in milliseconds. */
  latency: number;
}

/** The latest and the longest event of a kind. */
export interface LatencyEvent extends LatencySample {
  /** Kind of the event: `"command"`, `"fork"`, `"expire-cycle"`, … */
  event: string;
  /** How long the longest one took, in milliseconds. */
  max: number;
  /** How long all of them took together, in milliseconds (Valkey 8.1). */
  sum?: number;
  /** Number of the events (Valkey 8.1). */
  count?: number;
}

/**
 * Commands on latency: what the server has recorded about events that took long, and how long commands take.
 *
 * Events are recorded if they take `latency-monitor-threshold` milliseconds or longer; by default that is off. In a
 * cluster each node reports on itself, replicas included.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class LatencyCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Has the server explain the events that took long.
   *
   * Complexity O(1) · since 2.8.13
   *
   * @example What is wrong?
   * ```ts
   * const advice = await client.latencyDoctor();
   * ```
   *
   * @returns What it says, for people; in a cluster for each node.
   * @see {@link https://valkey.io/commands/latency-doctor/}
   */
  latencyDoctor(): Promise<PerNode<string, N>> {
    return this.send(["LATENCY", "DOCTOR"], perNode<string, N>(toText));
  }

  /**
   * Draws when the events of a kind were, and how long they took.
   *
   * Complexity O(1) · since 2.8.13
   *
   * @example Forks
   * ```ts no-eval
   * const picture = await client.latencyGraph("fork");
   * ```
   *
   * @param event Kind of the events.
   * @returns The picture, for a terminal; in a cluster for each node.
   * @throws {ServerError} If there was no such event.
   * @see {@link https://valkey.io/commands/latency-graph/}
   */
  latencyGraph(event: string): Promise<PerNode<string, N>> {
    return this.send(["LATENCY", "GRAPH", event], perNode<string, N>(toText));
  }

  /**
   * Tells how long the calls of commands took.
   *
   * {@linkcode ConfigCommands.configResetstat} begins anew.
   *
   * Complexity O(N) for N commands · since 7.0.0
   *
   * @example How many calls took a millisecond or longer?
   * ```ts
   * await client.set("k", "v");
   * const { set } = await client.latencyHistogram("set");
   * const short = [...set.histogramUsec].findLast(([bound]) => bound < 1000)?.[1] ?? 0;
   * const long = set.calls - short;
   * ```
   *
   * @param commands One command, several, or by default all; a container stands for its subcommands.
   * @returns Histograms by name of the command (`"config|get"`), of those that were called; in a cluster for each node.
   * @see {@link https://valkey.io/commands/latency-histogram/}
   */
  latencyHistogram(
    commands?: OneOrMany<string>,
  ): Promise<PerNode<Record<string, LatencyHistogram>, N>> {
    const words: Words = ["LATENCY", "HISTOGRAM"];
    return this.send(
      appendAny(words, commands ?? []),
      perNode<Record<string, LatencyHistogram>, N>(toHistograms),
    );
  }

  /**
   * Lists the latest events of a kind, up to 160 of them.
   *
   * Complexity O(1) · since 2.8.13
   *
   * @example None
   * ```ts
   * await client.latencyHistory("fork"); // []
   * ```
   *
   * @param event Kind of the events.
   * @returns The events, the oldest first; in a cluster for each node.
   * @see {@link https://valkey.io/commands/latency-history/}
   */
  latencyHistory(event: string): Promise<PerNode<LatencySample[], N>> {
    return this.send(["LATENCY", "HISTORY", event], perNode<LatencySample[], N>(toSamples));
  }

  /**
   * Tells the latest and the longest event of each kind.
   *
   * Complexity O(1) · since 2.8.13
   *
   * @example None
   * ```ts
   * await client.latencyLatest(); // []
   * ```
   *
   * @returns The events; in a cluster for each node.
   * @see {@link https://valkey.io/commands/latency-latest/}
   */
  latencyLatest(): Promise<PerNode<LatencyEvent[], N>> {
    return this.send(["LATENCY", "LATEST"], perNode<LatencyEvent[], N>(toEvents));
  }

  /**
   * Deletes what is recorded about events.
   *
   * Complexity O(1) · since 2.8.13
   *
   * @example Nothing was recorded
   * ```ts
   * await client.latencyReset(["command", "fork"]); // 0
   * ```
   *
   * @param events One kind of events, several, or by default all.
   * @returns How many kinds were deleted; in a cluster on all nodes together.
   * @see {@link https://valkey.io/commands/latency-reset/}
   */
  latencyReset(events?: OneOrMany<string>): Promise<number> {
    const words: Words = ["LATENCY", "RESET"];
    return this.send(appendAny(words, events ?? []), toNumber);
  }
}

const toHistograms = toRecordOf<LatencyHistogram>((reply) => {
  const named = toNamed(reply);
  const histogramUsec = new Map<number, number>();
  for (const [bound, count] of toPairs(valueOf(named, "histogram_usec"))) {
    histogramUsec.set(toNumber(bound), toNumber(count));
  }
  return { calls: toNumber(valueOf(named, "calls")), histogramUsec };
});

function toSamples(reply: Reply): LatencySample[] {
  return elements(reply).map((sample) => {
    const [time, latency] = elements(sample);
    return { time: toNumber(time), latency: toNumber(latency) };
  });
}

function toEvents(reply: Reply): LatencyEvent[] {
  return elements(reply).map((entry) => {
    const parts = elements(entry);
    if (parts.length < 4) return unexpected(entry, "an event");
    const [event, time, latency, max, sum, count] = parts;
    return {
      event: toText(event),
      time: toNumber(time),
      latency: toNumber(latency),
      max: toNumber(max),
      ...(count === undefined ? {} : { sum: toNumber(sum), count: toNumber(count) }),
    };
  });
}
