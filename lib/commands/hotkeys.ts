/**
 * Commands that find hot keys: the keys with the highest CPU time or network traffic.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { appendCounted, appendFlag, appendOption, type Many } from "./_args.ts";
import { elements, toBoolean, toBulk, toNumber, toOk, toPairs } from "./_decode.ts";
import { type Named, optional, toNamed, valueOf } from "./_named.ts";
import { optionsOf, refuse } from "./_options.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";

/**
 * Options for {@linkcode HotkeysCommands.prototype.hotkeysStart | HotkeysCommands.hotkeysStart}. At least one of `cpu`
 * and `net` is required.
 */
export interface HotkeysOptions {
  /**
   * Measure CPU time.
   *
   * @default {false}
   */
  cpu?: boolean;
  /**
   * Measure network traffic.
   *
   * @default {false}
   */
  net?: boolean;
  /** Number of keys to report per metric. */
  count?: number;
  /** Duration of the measurement in seconds. By default it runs until it is stopped. */
  duration?: number;
  /** Sample ratio: measure one of this many keys. Higher numbers cost less and are less exact. */
  sample?: number;
  /** Measure only keys in these slots. By default all slots of the node. */
  slots?: Many<number>;
}

/**
 * A hot key.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface Hotkey<T extends string | Uint8Array = string> {
  /** The key. */
  key: T;
  /** CPU time in microseconds, or traffic in bytes. */
  cost: number;
}

/**
 * Result of a measurement, as returned by
 * {@linkcode HotkeysCommands.prototype.hotkeysGet | HotkeysCommands.hotkeysGet}.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface HotkeysReport<T extends string | Uint8Array = string> {
  /** Whether the measurement is still running. */
  trackingActive: boolean;
  /** Sample ratio: one of this many keys was measured. */
  sampleRatio: number;
  /** Start time, as Unix time in milliseconds. */
  collectionStartTimeUnixMs: number;
  /** Duration, in milliseconds. */
  collectionDurationMs: number;
  /** Keys with the highest CPU time; only if `cpu` was set. */
  byCpuTimeUs?: Hotkey<T>[];
  /** Keys with the highest network traffic; only if `net` was set. */
  byNetBytes?: Hotkey<T>[];
  /** All numbers in the reply, by the field names of the server. */
  figures: Record<string, number>;
}

const HOTKEYS_OPTIONS: OptionShape<HotkeysOptions> = {
  cpu: "flag",
  net: "flag",
  count: "word",
  duration: "word",
  sample: "word",
  slots: "list",
};

/**
 * Commands that find hot keys: the keys with the highest CPU time or network traffic (Redis 8.6). In a cluster they
 * require a route.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches. */
export abstract class HotkeysCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Returns the hot keys of the current or last measurement.
   *
   * Complexity O(K) for K keys · since Redis 8.6
   *
   * @example Measure CPU time and read the hot keys
   * ```ts no-eval
   * await client.hotkeysStart({ cpu: true, count: 3 });
   * const report = await client.hotkeysGet();
   * report?.byCpuTimeUs; // [{ key: "user:7", cost: 104 }, ...]
   * ```
   *
   * @returns The result; null if there was no measurement.
   * @see {@link https://redis.io/docs/latest/commands/hotkeys-get/}
   */
  hotkeysGet(): Promise<PerRoutedNode<HotkeysReport<T> | null, N>> {
    return this.send(["HOTKEYS", "GET"], perRoutedNode<HotkeysReport<T> | null, N>(toReportOrNull));
  }

  /**
   * Deletes the result of the last measurement.
   *
   * Complexity O(1) · since Redis 8.6
   *
   * @example Delete the result
   * ```ts no-eval
   * await client.hotkeysReset(); // "OK"
   * ```
   *
   * @returns Always `"OK"`.
   * @throws {ServerError} If a measurement is running.
   * @see {@link https://redis.io/docs/latest/commands/hotkeys-reset/}
   */
  hotkeysReset(): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["HOTKEYS", "RESET"], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Starts a measurement of hot keys.
   *
   * Complexity O(1) · since Redis 8.6
   *
   * @example Measure CPU time for a minute
   * ```ts no-eval
   * await client.hotkeysStart({ cpu: true, duration: 60 }); // "OK"
   * ```
   *
   * @param options Metrics, duration and sampling.
   * @returns Always `"OK"`.
   * @throws {ServerError} If a measurement is already running.
   * @see {@link https://redis.io/docs/latest/commands/hotkeys-start/}
   */
  hotkeysStart(options: HotkeysOptions): Promise<PerRoutedNode<"OK", N>> {
    const words: Words = ["HOTKEYS", "START", "METRICS"];
    const { cpu, net, count, duration, sample, slots } = optionsOf(words, options, HOTKEYS_OPTIONS);
    if (!cpu && !net) refuse(words, 'expected one of the options "cpu" and "net"');
    words.push(Number(cpu ?? false) + Number(net ?? false));
    appendFlag(words, "CPU", cpu);
    appendFlag(words, "NET", net);
    appendOption(words, "COUNT", count);
    appendOption(words, "DURATION", duration);
    appendOption(words, "SAMPLE", sample);
    if (slots !== undefined) {
      words.push("SLOTS");
      appendCounted(words, slots, "slots");
    }
    return this.send(words, perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Stops the measurement.
   *
   * Its result is kept.
   *
   * Complexity O(1) · since Redis 8.6
   *
   * @example Stop the measurement
   * ```ts no-eval
   * await client.hotkeysStop(); // "OK"
   * ```
   *
   * @returns Always `"OK"`.
   * @throws {ServerError} If no measurement is running.
   * @see {@link https://redis.io/docs/latest/commands/hotkeys-stop/}
   */
  hotkeysStop(): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["HOTKEYS", "STOP"], perRoutedNode<"OK", N>(toOk));
  }
}

function toReportOrNull<T extends string | Uint8Array>(reply: Reply): HotkeysReport<T> | null {
  if (reply === null) return null;
  const named = toNamed(unwrapped(reply));
  return {
    trackingActive: toBoolean(valueOf(named, "tracking-active")),
    sampleRatio: toNumber(valueOf(named, "sample-ratio")),
    collectionStartTimeUnixMs: toNumber(valueOf(named, "collection-start-time-unix-ms")),
    collectionDurationMs: toNumber(valueOf(named, "collection-duration-ms")),
    ...optional(named, "by-cpu-time-us", "byCpuTimeUs", toHotkeys<T>),
    ...optional(named, "by-net-bytes", "byNetBytes", toHotkeys<T>),
    figures: toFigures(named),
  };
}

/** The report of one node: some versions put it into a list. */
function unwrapped(reply: Reply): Reply {
  return Array.isArray(reply) && reply.length === 1 ? elements(reply)[0] : reply;
}

function toHotkeys<T extends string | Uint8Array>(reply: Reply): Hotkey<T>[] {
  return Array.from(toPairs(reply), ([key, cost]) => ({
    key: toBulk<T>(key),
    cost: toNumber(cost),
  }));
}

function toFigures(named: Named): Record<string, number> {
  const figures: Record<string, number> = Object.create(null);
  for (const [name, value] of named) if (typeof value === "number") figures[name] = value;
  return figures;
}
