/**
 * Commands for the logs of slow commands, large requests and large replies.
 *
 * @module
 */

import { Executor } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import type { AnyCase } from "./_args.ts";
import { type RecordedCommand, toRecordedCommand } from "./_command_log.ts";
import { elements, toNumber, toOk } from "./_decode.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";

/** Type of log: slow commands, large requests or large replies. */
export type CommandlogType = AnyCase<"slow" | "large-request" | "large-reply">;

/**
 * Entry of a log, as returned by
 * {@linkcode CommandlogCommands.prototype.commandlogGet | CommandlogCommands.commandlogGet}.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface CommandlogEntry<T extends string | Uint8Array = string>
  extends RecordedCommand<T> {
  /** Execution time in microseconds, or size of the request or the reply in bytes. */
  value: number;
}

/**
 * Commands for the logs of slow commands, large requests and large replies.
 *
 * The log of slow commands is the same as that of SLOWLOG. The thresholds are set by
 * `commandlog-execution-slower-than`, `commandlog-request-larger-than` and `commandlog-reply-larger-than`. In a
 * cluster, the logs of all nodes are combined, including replicas.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches. */
export abstract class CommandlogCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Returns the entries of a log.
   *
   * Complexity O(N) for N entries · since Valkey 8.1
   *
   * @example The latest three large replies
   * ```ts
   * const entries = await client.commandlogGet(3, "large-reply");
   * const lines = entries.map(({ args, value }) => `${args[0]}: ${value} bytes`);
   * ```
   *
   * @param count Maximum number of entries; −1 for all. In a cluster it applies to each node.
   * @param type Type of log.
   * @returns The entries, latest first; in a cluster node by node.
   * @see {@link https://valkey.io/commands/commandlog-get/}
   */
  commandlogGet(
    count: number,
    type: CommandlogType,
  ): Promise<PerRoutedNode<CommandlogEntry<T>[], N>> {
    return this.send(
      ["COMMANDLOG", "GET", count, type],
      perRoutedNode<CommandlogEntry<T>[], N>(toEntries),
    );
  }

  /**
   * Returns the number of entries of a log.
   *
   * Complexity O(1) · since Valkey 8.1
   *
   * @example An empty log
   * ```ts
   * await client.commandlogReset("large-request");
   * await client.commandlogLen("large-request"); // 0
   * ```
   *
   * @param type Type of log.
   * @returns Number of entries; in a cluster the sum over all nodes.
   * @see {@link https://valkey.io/commands/commandlog-len/}
   */
  commandlogLen(type: CommandlogType): Promise<number> {
    return this.send(["COMMANDLOG", "LEN", type], toNumber);
  }

  /**
   * Deletes the entries of a log.
   *
   * Complexity O(N) for N entries · since Valkey 8.1
   *
   * @example Reset the log of slow commands
   * ```ts
   * await client.commandlogReset("slow"); // "OK"
   * ```
   *
   * @param type Type of log.
   * @returns Always `"OK"`.
   * @see {@link https://valkey.io/commands/commandlog-reset/}
   */
  commandlogReset(type: CommandlogType): Promise<"OK"> {
    return this.send(["COMMANDLOG", "RESET", type], toOk);
  }
}

function toEntries<T extends string | Uint8Array>(reply: Reply): CommandlogEntry<T>[] {
  return elements(reply).map((entry) => {
    const { command, measure } = toRecordedCommand<T>(entry);
    return { ...command, value: measure };
  });
}
