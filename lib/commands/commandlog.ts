/**
 * Commands on the logs of slow commands, large requests and large replies.
 *
 * @module
 */

import { Executor } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import type { AnyCase } from "./_args.ts";
import { type RecordedCommand, toRecordedCommand } from "./_command_log.ts";
import { elements, toNumber, toOk } from "./_decode.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";

/** Which log: of commands that took long, that were large, or whose replies were. */
export type CommandlogType = AnyCase<"slow" | "large-request" | "large-reply">;

/**
 * A command that took long, was large, or whose reply was.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface CommandlogEntry<T extends string | Uint8Array = string>
  extends RecordedCommand<T> {
  /** How long it took to execute in microseconds, or how large it or its reply was in bytes. */
  value: number;
}

/**
 * Commands on the logs of slow commands, large requests and large replies.
 *
 * The log of slow commands is that of SLOWLOG. The limits are `commandlog-execution-slower-than`,
 * `commandlog-request-larger-than` and `commandlog-reply-larger-than`. In a cluster the logs of all nodes are taken
 * together, replicas included.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class CommandlogCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Reads a log.
   *
   * Complexity O(N) for N entries · since Valkey 8.1
   *
   * @example The last three large replies
   * ```ts
   * const entries = await client.commandlogGet(3, "large-reply");
   * const lines = entries.map(({ args, value }) => `${args[0]} answered ${value} bytes`);
   * ```
   *
   * @param count How many entries at most, −1 for all. In a cluster of each node.
   * @param type Which log.
   * @returns The entries, the latest first; in a cluster one node after the other.
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
   * Counts the entries of a log.
   *
   * Complexity O(1) · since Valkey 8.1
   *
   * @example None
   * ```ts
   * await client.commandlogReset("large-request");
   * await client.commandlogLen("large-request"); // 0
   * ```
   *
   * @param type Which log.
   * @returns The number of entries; in a cluster of all nodes together.
   * @see {@link https://valkey.io/commands/commandlog-len/}
   */
  commandlogLen(type: CommandlogType): Promise<number> {
    return this.send(["COMMANDLOG", "LEN", type], toNumber);
  }

  /**
   * Empties a log.
   *
   * Complexity O(N) for N entries · since Valkey 8.1
   *
   * @example Starting over
   * ```ts
   * await client.commandlogReset("slow"); // "OK"
   * ```
   *
   * @param type Which log.
   * @returns `"OK"`, always.
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
