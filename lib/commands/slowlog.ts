/**
 * Commands for the log of slow commands.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { type RecordedCommand, toRecordedCommand } from "./_command_log.ts";
import { elements, toNumber, toOk } from "./_decode.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";

/**
 * Entry of the log of slow commands.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface SlowlogEntry<T extends string | Uint8Array = string> extends RecordedCommand<T> {
  /** Execution time in microseconds, without waiting and network time. */
  duration: number;
}

/**
 * Commands for the log of slow commands.
 *
 * The server logs commands that take at least `slowlog-log-slower-than` microseconds (by default 10 000). In a cluster,
 * the logs of all nodes are combined, including replicas.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches. */
export abstract class SlowlogCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Returns the entries of the log of slow commands.
   *
   * Complexity O(N) for N entries · since 2.2.12
   *
   * @example The latest three slow commands
   * ```ts
   * const entries = await client.slowlogGet(3);
   * const lines = entries.map(({ args, duration }) => `${args[0]}: ${duration / 1000} ms`);
   * ```
   *
   * @param count Maximum number of entries; −1 for all (since 7.0.0). By default 10. In a cluster it applies to each
   * node.
   * @returns The entries, latest first; in a cluster node by node.
   * @see {@link https://valkey.io/commands/slowlog-get/}
   */
  slowlogGet(count?: number): Promise<PerRoutedNode<SlowlogEntry<T>[], N>> {
    const words: Words = ["SLOWLOG", "GET"];
    if (count !== undefined) words.push(count);
    return this.send(words, perRoutedNode<SlowlogEntry<T>[], N>(toEntries));
  }

  /**
   * Returns the number of entries of the log of slow commands.
   *
   * Complexity O(1) · since 2.2.12
   *
   * @example An empty log
   * ```ts
   * await client.slowlogReset();
   * await client.slowlogLen(); // 0
   * ```
   *
   * @returns Number of entries; in a cluster the sum over all nodes.
   * @see {@link https://valkey.io/commands/slowlog-len/}
   */
  slowlogLen(): Promise<number> {
    return this.send(["SLOWLOG", "LEN"], toNumber);
  }

  /**
   * Deletes the entries of the log of slow commands.
   *
   * Complexity O(N) for N entries · since 2.2.12
   *
   * @example Reset the log
   * ```ts
   * await client.slowlogReset(); // "OK"
   * ```
   *
   * @returns Always `"OK"`.
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
