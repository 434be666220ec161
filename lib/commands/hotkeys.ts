/**
 * Commands that find the keys which cost a server the most.
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

/** What {@linkcode HotkeysCommands.hotkeysStart} measures. At least one of `cpu` and `net`. */
export interface HotkeysOptions {
  /** Time of the processor. @default {false} */
  cpu?: boolean;
  /** Bytes on the network. @default {false} */
  net?: boolean;
  /** How many keys to find. */
  count?: number;
  /** After how many seconds to stop by itself. @default Never */
  duration?: number;
  /** Look at one of so many keys: more is less work, and less exact. */
  sample?: number;
  /** Only keys in these slots. @default All that the node has */
  slots?: Many<number>;
}

/**
 * A key that costs much.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface Hotkey<T extends string | Uint8Array = string> {
  /** The key. */
  key: T;
  /** What it cost: microseconds, or bytes. */
  cost: number;
}

/**
 * What {@linkcode HotkeysCommands.hotkeysGet} tells.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface HotkeysReport<T extends string | Uint8Array = string> {
  /** Whether it still measures. */
  trackingActive: boolean;
  /** One of so many keys was looked at. */
  sampleRatio: number;
  /** When it began, in Unix milliseconds. */
  collectionStartTimeUnixMs: number;
  /** For how many milliseconds it measured. */
  collectionDurationMs: number;
  /** The keys that cost the processor the most; there if `cpu` was set. */
  byCpuTimeUs?: Hotkey<T>[];
  /** The keys that cost the network the most; there if `net` was set. */
  byNetBytes?: Hotkey<T>[];
  /** All figures of the report, by the server's own names. */
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
 * Commands that find the keys which cost a server the most (Redis 8.6). In a cluster they need a route.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class HotkeysCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Tells which keys cost the most while the server measured.
   *
   * Complexity O(K) for K keys · since Redis 8.6
   *
   * @example A minute of a busy server
   * ```ts no-eval
   * await client.hotkeysStart({ cpu: true, count: 3 });
   * const report = await client.hotkeysGet();
   * report?.byCpuTimeUs; // [{ key: "user:7", cost: 104 }, ...]
   * ```
   *
   * @returns The report, or null if nothing was measured.
   * @see {@link https://redis.io/docs/latest/commands/hotkeys-get/}
   */
  hotkeysGet(): Promise<PerRoutedNode<HotkeysReport<T> | null, N>> {
    return this.send(["HOTKEYS", "GET"], perRoutedNode<HotkeysReport<T> | null, N>(toReportOrNull));
  }

  /**
   * Forgets what was measured.
   *
   * Complexity O(1) · since Redis 8.6
   *
   * @example Giving its memory back
   * ```ts no-eval
   * await client.hotkeysReset(); // "OK"
   * ```
   *
   * @returns `"OK"`, always.
   * @throws {ServerError} If the server still measures.
   * @see {@link https://redis.io/docs/latest/commands/hotkeys-reset/}
   */
  hotkeysReset(): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["HOTKEYS", "RESET"], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Begins to measure which keys cost the most.
   *
   * Complexity O(1) · since Redis 8.6
   *
   * @example Time of the processor, for a minute
   * ```ts no-eval
   * await client.hotkeysStart({ cpu: true, duration: 60 }); // "OK"
   * ```
   *
   * @param options What to measure.
   * @returns `"OK"`, always.
   * @throws {ServerError} If the server measures already.
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
   * Ends the measurement; its report is kept.
   *
   * Complexity O(1) · since Redis 8.6
   *
   * @example Stopping
   * ```ts no-eval
   * await client.hotkeysStop(); // "OK"
   * ```
   *
   * @returns `"OK"`, always.
   * @throws {ServerError} If the server does not measure.
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
