/**
 * Commands for the server: data set, persistence and state.
 *
 * Configuration, replication, logs, latency and memory have their own groups.
 *
 * @module
 */

import { ConnectionError } from "../errors.ts";
import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import {
  appendAny,
  appendFlag,
  appendOption,
  type AtMostOne,
  type Many,
  type OneOrMany,
} from "./_args.ts";
import { elements, toNumber, toOk, toText, unexpected } from "./_decode.ts";
import { type ServerInfo, toServerInfo } from "./_info_report.ts";
import { optionsOf } from "./_options.ts";
import { type PerNode, perNode, type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";

/** Options for {@linkcode ServerCommands.prototype.bgsave | ServerCommands.bgsave}. At most one. */
export type BgsaveOptions = AtMostOne<{
  /** If the append-only file is being rewritten, save afterwards instead of failing. */
  schedule: boolean;
  /** Cancel the save in progress or a scheduled one (Valkey 8.1). */
  cancel: boolean;
}>;

/**
 * Options for {@linkcode ServerCommands.prototype.flushall | ServerCommands.flushall} and
 * {@linkcode ServerCommands.prototype.flushdb | ServerCommands.flushdb}. At most one. By default the server's
 * configuration decides.
 */
export type FlushOptions = AtMostOne<{
  /** Reply at once and free the memory in the background. */
  async: boolean;
  /** Reply after the memory is freed (since 6.2.0). */
  sync: boolean;
}>;

/** Options for {@linkcode ServerCommands.prototype.lolwut | ServerCommands.lolwut}. */
export interface LolwutOptions {
  /** Server version whose picture to return. By default the running version. */
  version?: number;
  /** Parameters of the picture, such as its width. By default none. */
  args?: Many<number>;
}

/** Options for {@linkcode ServerCommands.prototype.shutdown | ServerCommands.shutdown}. */
export type ShutdownOptions =
  | AtMostOne<{
    /** Save the data set, even if no save points are configured. */
    save: boolean;
    /** Do not save the data set, even if save points are configured. */
    nosave: boolean;
  }>
    & {
      /**
       * Do not wait for replicas that are not in sync (since 7.0.0).
       *
       * @default {false}
       */
      now?: boolean;
      /**
       * Ignore errors while saving (since 7.0.0).
       *
       * @default {false}
       */
      force?: boolean;
      /**
       * Fail on a cluster primary that has slots (since Valkey 9.0).
       *
       * @default {false}
       */
      safe?: boolean;
      /**
       * Fail over to a replica first; only in a cluster (since Valkey 9.0).
       *
       * @default {false}
       */
      failover?: boolean;
      /** Cannot be combined with the other options. */
      abort?: false;
    }
  | {
    /** Cancel a shutdown that is still waiting for replicas. */
    abort?: boolean;
    /** Cannot be combined with `abort`. */
    save?: false;
    /** Cannot be combined with `abort`. */
    nosave?: false;
    /** Cannot be combined with `abort`. */
    now?: false;
    /** Cannot be combined with `abort`. */
    force?: false;
    /** Cannot be combined with `abort`. */
    safe?: false;
    /** Cannot be combined with `abort`. */
    failover?: false;
  };

/** Time of the server's clock, as returned by {@linkcode ServerCommands.prototype.time | ServerCommands.time}. */
export interface ServerTime {
  /** Unix time in seconds. */
  seconds: number;
  /** Microseconds within the second, from 0 to 999999. */
  microseconds: number;
}

const BGSAVE_OPTIONS: OptionShape<BgsaveOptions> = { schedule: "flag", cancel: "flag" };

const FLUSH_OPTIONS: OptionShape<FlushOptions> = { async: "flag", sync: "flag" };

const LOLWUT_OPTIONS: OptionShape<LolwutOptions> = { version: "word", args: "list" };

const SHUTDOWN_OPTIONS: OptionShape<ShutdownOptions> = {
  save: "flag",
  nosave: "flag",
  now: "flag",
  force: "flag",
  safe: "flag",
  failover: "flag",
  abort: "flag",
};

/**
 * Commands for the server: data set, persistence and state.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches. */
export abstract class ServerCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Starts to rewrite the append-only file in the background.
   *
   * In a cluster it applies to all primaries.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Rewrite the append-only file
   * ```ts
   * await client.bgrewriteaof(); // "Background append only file rewriting started"
   * ```
   *
   * @returns Text of the server: the rewrite has started, or is scheduled.
   * @throws {ServerError} If a rewrite is already in progress.
   * @see {@link https://valkey.io/commands/bgrewriteaof/}
   */
  bgrewriteaof(): Promise<string> {
    return this.send(["BGREWRITEAOF"], toText);
  }

  /**
   * Starts to save the data set in the background.
   *
   * In a cluster it applies to all primaries. {@linkcode ServerCommands.prototype.lastsave | ServerCommands.lastsave}
   * changes when the save is complete.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Save, or schedule a save
   * ```ts
   * const message = await client.bgsave({ schedule: true });
   * ```
   *
   * @param options Whether to schedule or cancel a save.
   * @returns Text of the server: the save has started, is scheduled, or was cancelled.
   * @throws {ServerError} If a save is already in progress; with `cancel`, if there is none.
   * @see {@link https://valkey.io/commands/bgsave/}
   */
  bgsave(options?: BgsaveOptions): Promise<string> {
    const words: Words = ["BGSAVE"];
    const { schedule, cancel } = optionsOf(words, options, BGSAVE_OPTIONS);
    appendFlag(words, "SCHEDULE", schedule);
    appendFlag(words, "CANCEL", cancel);
    return this.send(words, toText);
  }

  /**
   * Returns the number of keys in the database.
   *
   * In a cluster it is the sum over all primaries. Expired keys may be included.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example Count the keys
   * ```ts
   * await client.mset({ a: 1, b: 2 });
   * await client.dbsize(); // 2
   * ```
   *
   * @returns Number of keys.
   * @see {@link https://valkey.io/commands/dbsize/}
   */
  dbsize(): Promise<number> {
    return this.send(["DBSIZE"], toNumber);
  }

  /**
   * Deletes all keys of all databases.
   *
   * In a cluster it applies to all primaries.
   *
   * Complexity O(N) for N keys · since 1.0.0
   *
   * @example Delete all keys
   * ```ts
   * await client.set("k", "v");
   * await client.flushall(); // "OK"
   * await client.dbsize(); // 0
   * ```
   *
   * @param options When to free the memory.
   * @returns Always `"OK"`.
   * @see {@link https://valkey.io/commands/flushall/}
   */
  flushall(options?: FlushOptions): Promise<"OK"> {
    return this.send(flushWords("FLUSHALL", options), toOk);
  }

  /**
   * Deletes all keys of the current database.
   *
   * In a cluster it applies to all primaries.
   *
   * Complexity O(N) for N keys · since 1.0.0
   *
   * @example Delete all keys and free the memory in the background
   * ```ts
   * await client.flushdb({ async: true }); // "OK"
   * ```
   *
   * @param options When to free the memory.
   * @returns Always `"OK"`.
   * @see {@link https://valkey.io/commands/flushdb/}
   */
  flushdb(options?: FlushOptions): Promise<"OK"> {
    return this.send(flushWords("FLUSHDB", options), toOk);
  }

  /**
   * Returns information and statistics about the server.
   *
   * Complexity O(1); O(N) for sections about keys or commands · since 1.0.0
   *
   * @example Read the sections about memory and keys
   * ```ts
   * await client.set("k", "v");
   * const { sections, details } = await client.info(["memory", "keyspace"]);
   * Number(sections.memory.used_memory); // 1032144
   * details.db0.keys; // "1"
   * ```
   *
   * @param sections One section, or several (since 7.0.0), or `"everything"`. By default the server's default sections.
   * @returns The reply as text and parsed into sections; in a cluster, one per primary.
   * @see {@link https://valkey.io/commands/info/}
   */
  info(sections?: OneOrMany<string>): Promise<PerNode<ServerInfo, N>> {
    const words: Words = ["INFO"];
    return this.send(appendAny(words, sections ?? []), perNode<ServerInfo, N>(toServerInfo));
  }

  /**
   * Returns the time of the last successful save.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Age of the last save
   * ```ts
   * const seconds = Date.now() / 1000 - await client.lastsave();
   * ```
   *
   * @returns Unix time in seconds. If there was no save yet, the start time of the server.
   * @see {@link https://valkey.io/commands/lastsave/}
   */
  lastsave(): Promise<PerRoutedNode<number, N>> {
    return this.send(["LASTSAVE"], perRoutedNode<number, N>(toNumber));
  }

  /**
   * Returns a picture and the version of the server.
   *
   * Complexity O(1) · since 5.0.0 · read-only
   *
   * @example Draw a picture
   * ```ts
   * const picture = await client.lolwut({ version: 5, args: [60, 8, 4] });
   * ```
   *
   * @param options Version and parameters of the picture.
   * @returns ASCII art for a terminal.
   * @see {@link https://valkey.io/commands/lolwut/}
   */
  lolwut(options?: LolwutOptions): Promise<PerRoutedNode<string, N>> {
    const words: Words = ["LOLWUT"];
    const { version, args } = optionsOf(words, options, LOLWUT_OPTIONS);
    appendOption(words, "VERSION", version);
    appendAny(words, args ?? []);
    return this.send(words, perRoutedNode<string, N>(toText));
  }

  /**
   * Saves the data set and blocks the server until it is complete.
   *
   * Prefer {@linkcode ServerCommands.prototype.bgsave | ServerCommands.bgsave}.
   *
   * In a cluster it applies to all primaries.
   *
   * Complexity O(N) for N keys · since 1.0.0
   *
   * @example Save a small data set
   * ```ts
   * await client.with({ timeout: 10_000 }).save(); // "OK"
   * ```
   *
   * @returns `"OK"` when the save is complete.
   * @throws {ServerError} If the data set cannot be saved, or a save is already in progress.
   * @see {@link https://valkey.io/commands/save/}
   */
  save(): Promise<"OK"> {
    return this.send(["SAVE"], toOk);
  }

  /**
   * Shuts the server down.
   *
   * The server first waits for replicas that are not in sync, up to its `shutdown-timeout`. It saves the data set if
   * save points are configured. The client keeps trying to reconnect until it is closed. A cluster client requires a
   * route to one node.
   *
   * Complexity O(N) for N keys if they are saved, else O(1) · since 1.0.0
   *
   * @example Shut the server down and close the client
   * ```ts no-eval
   * await client.with({ timeout: 20_000 }).shutdown();
   * client.destroy();
   * ```
   *
   * @param options Whether to save, wait or fail over, or to cancel a shutdown.
   * @returns Resolves when the server has closed the connection, or has cancelled the shutdown.
   * @throws {ServerError} If the data set cannot be saved, or there is no shutdown to cancel.
   * @throws {TypeError} If a cluster client has no route to one node. Nothing was sent.
   * @see {@link https://valkey.io/commands/shutdown/}
   */
  shutdown(options?: ShutdownOptions): Promise<void> {
    const words: Words = ["SHUTDOWN"];
    const given = optionsOf(words, options, SHUTDOWN_OPTIONS);
    appendFlag(words, "NOSAVE", given.nosave);
    appendFlag(words, "SAVE", given.save);
    appendFlag(words, "NOW", given.now);
    appendFlag(words, "FORCE", given.force);
    appendFlag(words, "SAFE", given.safe);
    appendFlag(words, "FAILOVER", given.failover);
    appendFlag(words, "ABORT", given.abort);
    return this.send(words, toOk).then(() => {}, (error) => {
      // There is no other reply to a shutdown than the end of the connection.
      if (given.abort || !(error instanceof ConnectionError && error.maybeExecuted)) throw error;
    });
  }

  /**
   * Swaps two databases: clients that use one of them see the keys of the other.
   *
   * Complexity O(N) for N clients that watch keys or are blocked on keys · since 4.0.0
   *
   * @example Swap two databases, and swap them back
   * ```ts
   * await client.swapdb(0, 1); // "OK"
   * await client.swapdb(1, 0); // "OK"
   * ```
   *
   * @param index1 Number of the first database.
   * @param index2 Number of the second database.
   * @returns Always `"OK"`.
   * @throws {ServerError} If a database does not exist.
   * @see {@link https://valkey.io/commands/swapdb/}
   */
  swapdb(index1: number, index2: number): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["SWAPDB", index1, index2], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Returns the time of the server's clock.
   *
   * Complexity O(1) · since 2.6.0
   *
   * @example Convert the time to a Date
   * ```ts
   * const { seconds, microseconds } = await client.time();
   * new Date(seconds * 1000 + microseconds / 1000);
   * ```
   *
   * @returns Seconds and microseconds.
   * @see {@link https://valkey.io/commands/time/}
   */
  time(): Promise<PerRoutedNode<ServerTime, N>> {
    return this.send(["TIME"], perRoutedNode<ServerTime, N>(toTime));
  }
}

function flushWords(command: string, options: FlushOptions | undefined): Words {
  const words: Words = [command];
  const { async, sync } = optionsOf(words, options, FLUSH_OPTIONS);
  appendFlag(words, "ASYNC", async);
  appendFlag(words, "SYNC", sync);
  return words;
}

function toTime(reply: Reply): ServerTime {
  const parts = elements(reply);
  if (parts.length !== 2) return unexpected(reply, "seconds and microseconds");
  return { seconds: toNumber(parts[0]), microseconds: toNumber(parts[1]) };
}
