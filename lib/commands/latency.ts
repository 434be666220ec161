/**
 * Commands for latency monitoring: slow events, and histograms of command execution times.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { appendAny, type OneOrMany } from "./_args.ts";
import { elements, toNumber, toPairs, toText, unexpected } from "./_decode.ts";
import { toNamed, toRecordOf, valueOf } from "./_named.ts";
import { type PerNode, perNode, type Reach } from "./_reach.ts";

/** Histogram of the execution times of a command. */
export interface LatencyHistogram {
  /** Number of calls. */
  calls: number;
  /**
   * Cumulative number of calls by upper bound in microseconds, in ascending order. Each entry includes the calls of the
   * entries before it.
   */
  histogramUsec: Map<number, number>;
}

/** A slow event. */
export interface LatencySample {
  /** Time of the event, as Unix time in seconds. */
  time: number;
  /** Duration in milliseconds. */
  latency: number;
}

/** Latest and longest event of a kind. */
export interface LatencyEvent extends LatencySample {
  /** Kind of the event: `"command"`, `"fork"`, `"expire-cycle"`, … */
  event: string;
  /** Duration of the longest event, in milliseconds. */
  max: number;
  /** Sum of the durations, in milliseconds (since Valkey 8.1). */
  sum?: number;
  /** Number of events (since Valkey 8.1). */
  count?: number;
}

/**
 * Commands for latency monitoring: slow events, and histograms of command execution times.
 *
 * The server records events that take at least `latency-monitor-threshold` milliseconds. By default recording is off.
 * In a cluster, the result is a record of the results of all nodes, including replicas.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches. */
export abstract class LatencyCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Returns the server's analysis of slow events.
   *
   * Complexity O(1) · since 2.8.13
   *
   * @example Read the analysis
   * ```ts
   * const advice = await client.latencyDoctor();
   * ```
   *
   * @returns Text for a human reader; in a cluster, one per node.
   * @see {@link https://valkey.io/commands/latency-doctor/}
   */
  latencyDoctor(): Promise<PerNode<string, N>> {
    return this.send(["LATENCY", "DOCTOR"], perNode<string, N>(toText));
  }

  /**
   * Returns a graph of the slow events of a kind.
   *
   * Complexity O(1) · since 2.8.13
   *
   * @example Graph of forks
   * ```ts no-eval
   * const picture = await client.latencyGraph("fork");
   * ```
   *
   * @param event Kind of event: `"command"`, `"fork"`, …
   * @returns ASCII graph for a terminal; in a cluster, one per node.
   * @throws {ServerError} If no event of that kind was recorded.
   * @see {@link https://valkey.io/commands/latency-graph/}
   */
  latencyGraph(event: string): Promise<PerNode<string, N>> {
    return this.send(["LATENCY", "GRAPH", event], perNode<string, N>(toText));
  }

  /**
   * Returns histograms of the execution times of commands.
   *
   * {@linkcode ConfigCommands.prototype.configResetstat | ConfigCommands.configResetstat} resets them.
   *
   * Complexity O(N) for N commands · since 7.0.0
   *
   * @example Count the calls that took a millisecond or longer
   * ```ts
   * await client.set("k", "v");
   * const { set } = await client.latencyHistogram("set");
   * const short = [...set.histogramUsec].findLast(([bound]) => bound < 1000)?.[1] ?? 0;
   * const long = set.calls - short;
   * ```
   *
   * @param commands One or more command names. A command with subcommands includes all of them. By default all
   * commands.
   * @returns Histograms by command name (`"config|get"`). Commands that were not called are not included. In a cluster,
   * one record per node.
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
   * Returns the latest slow events of a kind, at most 160.
   *
   * Complexity O(1) · since 2.8.13
   *
   * @example No slow events
   * ```ts
   * await client.latencyHistory("fork"); // []
   * ```
   *
   * @param event Kind of event: `"command"`, `"fork"`, …
   * @returns The events, oldest first; in a cluster, one list per node.
   * @see {@link https://valkey.io/commands/latency-history/}
   */
  latencyHistory(event: string): Promise<PerNode<LatencySample[], N>> {
    return this.send(["LATENCY", "HISTORY", event], perNode<LatencySample[], N>(toSamples));
  }

  /**
   * Returns the latest and the longest slow event of each kind.
   *
   * Complexity O(1) · since 2.8.13
   *
   * @example No slow events
   * ```ts
   * await client.latencyLatest(); // []
   * ```
   *
   * @returns The events; in a cluster, one list per node.
   * @see {@link https://valkey.io/commands/latency-latest/}
   */
  latencyLatest(): Promise<PerNode<LatencyEvent[], N>> {
    return this.send(["LATENCY", "LATEST"], perNode<LatencyEvent[], N>(toEvents));
  }

  /**
   * Deletes the recorded events.
   *
   * Complexity O(1) · since 2.8.13
   *
   * @example Delete the events of two kinds
   * ```ts
   * await client.latencyReset(["command", "fork"]); // 0
   * ```
   *
   * @param events One or more kinds of events. By default all.
   * @returns Number of kinds that were deleted; in a cluster the sum over all nodes.
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
