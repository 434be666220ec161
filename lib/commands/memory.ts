/**
 * Commands on memory.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import { appendOption, type Key } from "./_args.ts";
import { toNumberOrNull, toOk, toText } from "./_decode.ts";
import { type MemoryStats, toMemoryStats } from "./_memory_stats.ts";
import { optionsOf } from "./_options.ts";
import { type PerNode, perNode, type Reach } from "./_reach.ts";

/** Options for {@linkcode MemoryCommands.memoryUsage}. */
export interface MemoryUsageOptions {
  /** How many elements of a list, hash, set or the like are measured to estimate the others; 0 for all. @default {5} */
  samples?: number;
}

const MEMORY_USAGE_OPTIONS: OptionShape<MemoryUsageOptions> = { samples: "word" };

/**
 * Commands on memory: what needs how much of it.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class MemoryCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Has the server look for problems with its memory.
   *
   * Complexity O(1) · since 4.0.0
   *
   * @example What is wrong?
   * ```ts
   * const advice = await client.memoryDoctor();
   * ```
   *
   * @returns What it says, for people; in a cluster for each primary.
   * @see {@link https://valkey.io/commands/memory-doctor/}
   */
  memoryDoctor(): Promise<PerNode<string, N>> {
    return this.send(["MEMORY", "DOCTOR"], perNode<string, N>(toText));
  }

  /**
   * Reports on the state of the memory allocator.
   *
   * Complexity O(N) in the amount of memory, and can be slow · since 4.0.0
   *
   * @example For an expert
   * ```ts
   * const report = await client.memoryMallocStats();
   * ```
   *
   * @returns The allocator's report, for people; in a cluster for each primary.
   * @see {@link https://valkey.io/commands/memory-malloc-stats/}
   */
  memoryMallocStats(): Promise<PerNode<string, N>> {
    return this.send(["MEMORY", "MALLOC-STATS"], perNode<string, N>(toText));
  }

  /**
   * Has the memory allocator give unused memory back to the system.
   *
   * In a cluster on all primaries.
   *
   * Complexity O(N) in the amount of memory, and can be slow · since 4.0.0
   *
   * @example After much was deleted
   * ```ts
   * await client.memoryPurge(); // "OK"
   * ```
   *
   * @returns `"OK"`, also if there was nothing to give back.
   * @see {@link https://valkey.io/commands/memory-purge/}
   */
  memoryPurge(): Promise<"OK"> {
    return this.send(["MEMORY", "PURGE"], toOk);
  }

  /**
   * Tells what the server uses its memory for.
   *
   * Complexity O(1) · since 4.0.0
   *
   * @example How much is it for each key?
   * ```ts
   * await client.set("k", "v");
   * const { keysCount, keysBytesPerKey } = await client.memoryStats();
   * keysCount; // 1
   * ```
   *
   * @returns The amounts; in a cluster for each primary.
   * @see {@link https://valkey.io/commands/memory-stats/}
   */
  memoryStats(): Promise<PerNode<MemoryStats, N>> {
    return this.send(["MEMORY", "STATS"], perNode<MemoryStats, N>(toMemoryStats));
  }

  /**
   * Estimates how much memory a key and its value need.
   *
   * Complexity O(N) for N samples · since 4.0.0 · read-only
   *
   * @example A short text
   * ```ts
   * await client.set("k", "v");
   * await client.memoryUsage("k"); // about 56
   * ```
   *
   * @param key The key.
   * @param options How much to measure.
   * @returns The number of bytes, or null if there is no such key.
   * @see {@link https://valkey.io/commands/memory-usage/}
   */
  memoryUsage(key: Key, options?: MemoryUsageOptions): Promise<number | null> {
    const words: Words = ["MEMORY", "USAGE", key];
    appendOption(words, "SAMPLES", optionsOf(words, options, MEMORY_USAGE_OPTIONS).samples);
    return this.send(words, toNumberOrNull);
  }
}
