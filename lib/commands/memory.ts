/**
 * Commands for memory usage.
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

/** Options for {@linkcode MemoryCommands.prototype.memoryUsage | MemoryCommands.memoryUsage}. */
export interface MemoryUsageOptions {
  /**
   * Number of elements of a collection to sample; 0 for all.
   *
   * @default {5}
   */
  samples?: number;
}

const MEMORY_USAGE_OPTIONS: OptionShape<MemoryUsageOptions> = { samples: "word" };

/**
 * Commands for the memory usage of the server and of keys.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches. */
export abstract class MemoryCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Returns the server's analysis of memory problems.
   *
   * Complexity O(1) · since 4.0.0
   *
   * @example Read the analysis
   * ```ts
   * const advice = await client.memoryDoctor();
   * ```
   *
   * @returns Text for a human reader; in a cluster, one per primary.
   * @see {@link https://valkey.io/commands/memory-doctor/}
   */
  memoryDoctor(): Promise<PerNode<string, N>> {
    return this.send(["MEMORY", "DOCTOR"], perNode<string, N>(toText));
  }

  /**
   * Returns statistics of the memory allocator.
   *
   * Complexity O(N) in the amount of memory; it can be slow · since 4.0.0
   *
   * @example Read the statistics
   * ```ts
   * const report = await client.memoryMallocStats();
   * ```
   *
   * @returns Text for a human reader; in a cluster, one per primary.
   * @see {@link https://valkey.io/commands/memory-malloc-stats/}
   */
  memoryMallocStats(): Promise<PerNode<string, N>> {
    return this.send(["MEMORY", "MALLOC-STATS"], perNode<string, N>(toText));
  }

  /**
   * Asks the memory allocator to release unused memory to the system.
   *
   * In a cluster it applies to all primaries.
   *
   * Complexity O(N) in the amount of memory; it can be slow · since 4.0.0
   *
   * @example Release memory after deleting many keys
   * ```ts
   * await client.memoryPurge(); // "OK"
   * ```
   *
   * @returns Always `"OK"`, even if there was nothing to release.
   * @see {@link https://valkey.io/commands/memory-purge/}
   */
  memoryPurge(): Promise<"OK"> {
    return this.send(["MEMORY", "PURGE"], toOk);
  }

  /**
   * Returns the memory usage of the server.
   *
   * Complexity O(1) · since 4.0.0
   *
   * @example Number of keys and memory per key
   * ```ts
   * await client.set("k", "v");
   * const { keysCount, keysBytesPerKey } = await client.memoryStats();
   * keysCount; // 1
   * ```
   *
   * @returns Memory statistics; in a cluster, one record per primary.
   * @see {@link https://valkey.io/commands/memory-stats/}
   */
  memoryStats(): Promise<PerNode<MemoryStats, N>> {
    return this.send(["MEMORY", "STATS"], perNode<MemoryStats, N>(toMemoryStats));
  }

  /**
   * Estimates the memory usage of a key and its value.
   *
   * Complexity O(N) for N samples · since 4.0.0 · read-only
   *
   * @example Memory usage of a short string
   * ```ts
   * await client.set("k", "v");
   * await client.memoryUsage("k"); // about 56
   * ```
   *
   * @param key The key.
   * @param options Number of samples.
   * @returns Size in bytes; null if the key does not exist.
   * @see {@link https://valkey.io/commands/memory-usage/}
   */
  memoryUsage(key: Key, options?: MemoryUsageOptions): Promise<number | null> {
    const words: Words = ["MEMORY", "USAGE", key];
    appendOption(words, "SAMPLES", optionsOf(words, options, MEMORY_USAGE_OPTIONS).samples);
    return this.send(words, toNumberOrNull);
  }
}
