/**
 * Commands on the log of slow commands.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { type RecordedCommand, toRecordedCommand } from "./_command_log.ts";
import { elements, toNumber, toOk } from "./_decode.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";

/**
 * A command that took long.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface SlowlogEntry<T extends string | Uint8Array = string> extends RecordedCommand<T> {
  /** How long it took to execute, in microseconds. Waiting and sending do not count. */
  duration: number;
}

/**
 * Commands on the log of slow commands.
 *
 * A command is recorded if it takes `slowlog-log-slower-than` microseconds or longer, 10 000 by default. In a cluster
 * the logs of all nodes are taken together, replicas included.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class SlowlogCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Reads the log.
   *
   * Complexity O(N) for N entries · since 2.2.12
   *
   * @example The last three slow commands
   * ```ts
   * const entries = await client.slowlogGet(3);
   * const lines = entries.map(({ args, duration }) => `${args[0]} took ${duration / 1000} ms`);
   * ```
   *
   * @param count How many entries at most, −1 for all (since 7.0.0); by default 10. In a cluster of each node.
   * @returns The entries, the latest first; in a cluster one node after the other.
   * @see {@link https://valkey.io/commands/slowlog-get/}
   */
  slowlogGet(count?: number): Promise<PerRoutedNode<SlowlogEntry<T>[], N>> {
    const words: Words = ["SLOWLOG", "GET"];
    if (count !== undefined) words.push(count);
    return this.send(words, perRoutedNode<SlowlogEntry<T>[], N>(toEntries));
  }

  /**
   * Counts the entries of the log.
   *
   * Complexity O(1) · since 2.2.12
   *
   * @example None
   * ```ts
   * await client.slowlogReset();
   * await client.slowlogLen(); // 0
   * ```
   *
   * @returns The number of entries; in a cluster of all nodes together.
   * @see {@link https://valkey.io/commands/slowlog-len/}
   */
  slowlogLen(): Promise<number> {
    return this.send(["SLOWLOG", "LEN"], toNumber);
  }

  /**
   * Empties the log.
   *
   * Complexity O(N) for N entries · since 2.2.12
   *
   * @example Starting over
   * ```ts
   * await client.slowlogReset(); // "OK"
   * ```
   *
   * @returns `"OK"`, always.
   * @see {@link https://valkey.io/commands/slowlog-reset/}
   */
  slowlogReset(): Promise<"OK"> {
    return this.send(["SLOWLOG", "RESET"], toOk);
  }
}

function toEntries<T extends string | Uint8Array>(reply: Reply): SlowlogEntry<T>[] {
  return elements(reply).map((entry) => {
    const { command, measure } = toRecordedCommand<T>(entry);
    return { ...command, duration: measure };
  });
}
