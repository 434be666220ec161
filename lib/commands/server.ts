/**
 * Commands on the server as a whole: its data set, its persistence, its state.
 *
 * Configuration, replication and what is recorded about commands and memory have groups of their own.
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

/** Options for {@linkcode ServerCommands.bgsave}. At most one. */
export type BgsaveOptions = AtMostOne<{
  /** If the append-only file is being rewritten, save after that; without it that is an error. */
  schedule: boolean;
  /** Do not save: end the one that is under way or scheduled (Valkey 8.1). */
  cancel: boolean;
}>;

/**
 * Options for {@linkcode ServerCommands.flushall} and {@linkcode ServerCommands.flushdb}. At most one; by default as
 * the server is configured.
 */
export type FlushOptions = AtMostOne<{
  /** Answer at once, and free the memory in the background. */
  async: boolean;
  /** Answer when the memory is free (since 6.2.0). */
  sync: boolean;
}>;

/** Options for {@linkcode ServerCommands.lolwut}. */
export interface LolwutOptions {
  /** Whose picture, by version of the server. @default {the running one} */
  version?: number;
  /** Numbers that the picture depends on, such as its width. @default {[]} */
  args?: Many<number>;
}

/** Options for {@linkcode ServerCommands.shutdown}: how to shut down, or not to. */
export type ShutdownOptions =
  | AtMostOne<{
    /** Save the data set, even if no save points are configured. */
    save: boolean;
    /** Do not save the data set, even if save points are configured. */
    nosave: boolean;
  }>
    & {
      /** Do not wait for replicas that lag behind (since 7.0.0, like `force`). @default {false} */
      now?: boolean;
      /** Ignore errors of saving. @default {false} */
      force?: boolean;
      /** Refuse on a primary of a cluster that has slots (Valkey 9.0, like `failover`). @default {false} */
      safe?: boolean;
      /** Have a replica take over first; only in a cluster. @default {false} */
      failover?: boolean;
      /** Not with the others. */
      abort?: false;
    }
  | {
    /** Call off a shutdown that still waits for replicas. */
    abort?: boolean;
    /** Not with `abort`. */
    save?: false;
    /** Not with `abort`. */
    nosave?: false;
    /** Not with `abort`. */
    now?: false;
    /** Not with `abort`. */
    force?: false;
    /** Not with `abort`. */
    safe?: false;
    /** Not with `abort`. */
    failover?: false;
  };

/** What {@linkcode ServerCommands.time} answers: the server's clock. */
export interface ServerTime {
  /** Unix time in seconds. */
  seconds: number;
  /** Microseconds since that second began. */
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
 * Commands on the server as a whole: its data set, its persistence, its state.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class ServerCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Begins to rewrite the append-only file in the background.
   *
   * In a cluster all primaries do.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Making it smaller
   * ```ts
   * await client.bgrewriteaof(); // "Background append only file rewriting started"
   * ```
   *
   * @returns What the server says: that it has begun, or will begin later.
   * @throws {ServerError} If it is being rewritten already.
   * @see {@link https://valkey.io/commands/bgrewriteaof/}
   */
  bgrewriteaof(): Promise<string> {
    return this.send(["BGREWRITEAOF"], toText);
  }

  /**
   * Begins to save the data set in the background.
   *
   * In a cluster all primaries do. {@linkcode ServerCommands.lastsave} tells when it is done.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Saving as soon as possible
   * ```ts
   * const message = await client.bgsave({ schedule: true });
   * ```
   *
   * @param options What to do if something is being saved already.
   * @returns What the server says: that it has begun, or will begin later.
   * @throws {ServerError} If the data set is being saved already, or for `cancel` if it is not.
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
   * Counts the keys of the database.
   *
   * In a cluster those of all primaries. Keys that have expired may still be counted.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example Two keys
   * ```ts
   * await client.mset({ a: 1, b: 2 });
   * await client.dbsize(); // 2
   * ```
   *
   * @returns The number of keys.
   * @see {@link https://valkey.io/commands/dbsize/}
   */
  dbsize(): Promise<number> {
    return this.send(["DBSIZE"], toNumber);
  }

  /**
   * Deletes all keys of all databases.
   *
   * In a cluster on all primaries.
   *
   * Complexity O(N) for N keys · since 1.0.0
   *
   * @example Nothing is left
   * ```ts
   * await client.set("k", "v");
   * await client.flushall(); // "OK"
   * await client.dbsize(); // 0
   * ```
   *
   * @param options When to free the memory.
   * @returns `"OK"`, always.
   * @see {@link https://valkey.io/commands/flushall/}
   */
  flushall(options?: FlushOptions): Promise<"OK"> {
    return this.send(flushWords("FLUSHALL", options), toOk);
  }

  /**
   * Deletes all keys of the database.
   *
   * In a cluster on all primaries.
   *
   * Complexity O(N) for N keys · since 1.0.0
   *
   * @example Freeing the memory later
   * ```ts
   * await client.flushdb({ async: true }); // "OK"
   * ```
   *
   * @param options When to free the memory.
   * @returns `"OK"`, always.
   * @see {@link https://valkey.io/commands/flushdb/}
   */
  flushdb(options?: FlushOptions): Promise<"OK"> {
    return this.send(flushWords("FLUSHDB", options), toOk);
  }

  /**
   * Reports on the server.
   *
   * Complexity O(1), with sections on keys or commands O(N) · since 1.0.0
   *
   * @example Memory and keys
   * ```ts
   * await client.set("k", "v");
   * const { sections, details } = await client.info(["memory", "keyspace"]);
   * Number(sections.memory.used_memory); // 1032144
   * details.db0.keys; // "1"
   * ```
   *
   * @param sections One section, or several (since 7.0.0), or `"everything"`; by default the usual ones.
   * @returns The report, as text and taken apart; in a cluster for each primary.
   * @see {@link https://valkey.io/commands/info/}
   */
  info(sections?: OneOrMany<string>): Promise<PerNode<ServerInfo, N>> {
    const words: Words = ["INFO"];
    return this.send(appendAny(words, sections ?? []), perNode<ServerInfo, N>(toServerInfo));
  }

  /**
   * Tells when the data set was saved last.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example How long ago was that?
   * ```ts
   * const seconds = Date.now() / 1000 - await client.lastsave();
   * ```
   *
   * @returns Unix time in seconds; that of the server's start if it was never saved.
   * @see {@link https://valkey.io/commands/lastsave/}
   */
  lastsave(): Promise<PerRoutedNode<number, N>> {
    return this.send(["LASTSAVE"], perRoutedNode<number, N>(toNumber));
  }

  /**
   * Draws a picture, and tells the version of the server.
   *
   * Complexity O(1) · since 5.0.0 · read-only
   *
   * @example Something nice
   * ```ts
   * const picture = await client.lolwut({ version: 5, args: [60, 8, 4] });
   * ```
   *
   * @param options Which picture.
   * @returns The picture, for a terminal.
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
   * Saves the data set, and does nothing else meanwhile.
   *
   * In a cluster all primaries do. {@linkcode ServerCommands.bgsave} keeps the server responsive.
   *
   * Complexity O(N) for N keys · since 1.0.0
   *
   * @example Saving a small data set
   * ```ts
   * await client.with({ timeout: 10_000 }).save(); // "OK"
   * ```
   *
   * @returns `"OK"` when it is saved.
   * @throws {ServerError} If it cannot be saved, or is being saved already.
   * @see {@link https://valkey.io/commands/save/}
   */
  save(): Promise<"OK"> {
    return this.send(["SAVE"], toOk);
  }

  /**
   * Ends the server.
   *
   * It saves the data set if save points are configured, and first waits up to its `shutdown-timeout` for replicas that
   * lag behind. The client then goes on trying to reconnect until it is closed. In a cluster the view needs a route
   * that says which node.
   *
   * Complexity O(N) for N keys if they are saved, else O(1) · since 1.0.0
   *
   * @example The end
   * ```ts no-eval
   * await client.with({ timeout: 20_000 }).shutdown();
   * client.destroy();
   * ```
   *
   * @param options How to shut down, or that a shutdown is called off.
   * @returns When the server has closed the connection, or has called the shutdown off.
   * @throws {ServerError} If the data set cannot be saved, or there is no shutdown to call off.
   * @throws {TypeError} If a cluster is not told which node; nothing was sent then.
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
   * Exchanges two databases: clients that are connected to one find the keys of the other.
   *
   * Complexity O(N) for N clients that watch keys or wait for some · since 4.0.0
   *
   * @example There and back
   * ```ts
   * await client.swapdb(0, 1); // "OK"
   * await client.swapdb(1, 0); // "OK"
   * ```
   *
   * @param index1 Number of one database.
   * @param index2 Number of the other.
   * @returns `"OK"` if they were exchanged.
   * @throws {ServerError} If there is no such database.
   * @see {@link https://valkey.io/commands/swapdb/}
   */
  swapdb(index1: number, index2: number): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["SWAPDB", index1, index2], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Tells the time of the server's clock.
   *
   * Complexity O(1) · since 2.6.0
   *
   * @example As a date
   * ```ts
   * const { seconds, microseconds } = await client.time();
   * new Date(seconds * 1000 + microseconds / 1000);
   * ```
   *
   * @returns The time.
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
