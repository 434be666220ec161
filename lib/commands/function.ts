/**
 * Commands for functions.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { appendFlag, appendOption, type AtMostOne, type Key } from "./_args.ts";
import {
  elements,
  toBulk,
  toBulks,
  toBytesOrNull,
  toNumber,
  toOk,
  toReply,
  toText,
  toTextOrNull,
  unexpected,
} from "./_decode.ts";
import { optional, toNamed, toRecordOf, valueOf } from "./_named.ts";
import { optionsOf } from "./_options.ts";
import { type PerNode, perNode, type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";
import { appendScriptCall, type ScriptCall } from "./_script_call.ts";

/**
 * Options for {@linkcode FunctionCommands.prototype.functionFlush | FunctionCommands.functionFlush}. At most one. By
 * default the server's configuration decides.
 */
export type FunctionFlushOptions = AtMostOne<{
  /** Reply at once and free the memory in the background. */
  async: boolean;
  /** Reply after the memory is freed. */
  sync: boolean;
}>;

/** Options for {@linkcode FunctionCommands.prototype.functionList | FunctionCommands.functionList}. */
export interface FunctionListOptions {
  /** Return only libraries whose name matches this glob pattern. */
  libraryname?: Key;
  /**
   * Return the source code of each library as well.
   *
   * @default {false}
   */
  withcode?: boolean;
}

/** Options for {@linkcode FunctionCommands.prototype.functionLoad | FunctionCommands.functionLoad}. */
export interface FunctionLoadOptions {
  /**
   * Replace an existing library with the same name.
   *
   * @default {false}
   */
  replace?: boolean;
}

/**
 * Options for {@linkcode FunctionCommands.prototype.functionRestore | FunctionCommands.functionRestore}, about existing
 * libraries. At most one.
 */
export type FunctionRestoreOptions = AtMostOne<{
  /** Keep existing libraries, and fail if one has the same name as a restored one. This is the default. */
  append: boolean;
  /** Delete all existing libraries. */
  flush: boolean;
  /** Replace existing libraries with the same name. */
  replace: boolean;
}>;

/** A function of a library. */
export interface LibraryFunction {
  /** Name for {@linkcode FunctionCommands.prototype.fcall | FunctionCommands.fcall}. */
  name: string;
  /** Description; null if there is none. */
  description: string | null;
  /** Flags: `"no-writes"`, `"allow-stale"`, … */
  flags: string[];
}

/**
 * A library of functions.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface FunctionLibrary<T extends string | Uint8Array = string> {
  /** Name of the library. */
  libraryName: string;
  /** Name of the engine: `"LUA"`. */
  engine: string;
  /** Functions of the library. */
  functions: LibraryFunction[];
  /** Source code; only with the option `withcode`. */
  libraryCode?: T;
}

/**
 * A library of functions with its source code.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface FunctionLibraryWithCode<T extends string | Uint8Array = string>
  extends FunctionLibrary<T> {
  /** Source code. */
  libraryCode: T;
}

/**
 * A function that is running.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface RunningFunction<T extends string | Uint8Array = string> {
  /** Name of the function. */
  name: string;
  /** Name and arguments of the command that called it. */
  command: T[];
  /** Time for which it has been running, in milliseconds. */
  durationMs: number;
}

/** Libraries and functions of an engine. */
export interface FunctionEngine {
  /** Number of libraries. */
  librariesCount: number;
  /** Number of functions in all libraries. */
  functionsCount: number;
}

/**
 * Running function and engines, as returned by
 * {@linkcode FunctionCommands.prototype.functionStats | FunctionCommands.functionStats}.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface FunctionStats<T extends string | Uint8Array = string> {
  /** The running function; null if none is running. */
  runningScript: RunningFunction<T> | null;
  /** Engines by name. */
  engines: Record<string, FunctionEngine>;
}

const FUNCTION_FLUSH_OPTIONS: OptionShape<FunctionFlushOptions> = { async: "flag", sync: "flag" };

const FUNCTION_LIST_OPTIONS: OptionShape<FunctionListOptions> = {
  libraryname: "word",
  withcode: "flag",
};

const FUNCTION_LOAD_OPTIONS: OptionShape<FunctionLoadOptions> = { replace: "flag" };

const FUNCTION_RESTORE_OPTIONS: OptionShape<FunctionRestoreOptions> = {
  append: "flag",
  flush: "flag",
  replace: "flag",
};

/**
 * Commands for functions: code that is stored and replicated on the server and called by name.
 *
 * In a cluster, commands that load, delete or flush functions go to all primaries. A shard that is added later does not
 * have the functions; load them again.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches. */
export abstract class FunctionCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Calls a function.
   *
   * It runs atomically: no other command runs at the same time.
   *
   * Complexity O(1) plus that of the function · since 7.0.0
   *
   * @example Load and call a function
   * ```ts
   * await client.functionLoad(`#!lua name=greetings
   *   redis.register_function("greet", function(keys, args) return "hello " .. args[1] end)`, {
   *   replace: true,
   * });
   * await client.fcall("greet", { args: ["Ada"] }); // "hello Ada"
   * ```
   *
   * @param name Name of the function.
   * @param call Keys and arguments of the function. In a cluster, the keys select the node.
   * @returns The value that the function returned, without conversion; see {@linkcode Reply}.
   * @throws {ServerError} If the function does not exist or fails.
   * @see {@link https://valkey.io/commands/fcall/}
   */
  fcall(name: string, call?: ScriptCall): Promise<PerRoutedNode<Reply, N>> {
    return this.send(appendScriptCall(["FCALL", name], call), perRoutedNode<Reply, N>(toReply));
  }

  /**
   * Calls a read-only function.
   *
   * The function must have the flag `no-writes`. It may run on a replica, and is called again after a lost connection.
   *
   * Complexity O(1) plus that of the function · since 7.0.0 · read-only
   *
   * @example Load and call a read-only function
   * ```ts
   * await client.functionLoad(`#!lua name=looks
   *   redis.register_function{
   *     function_name = "size",
   *     callback = function(keys) return redis.call("STRLEN", keys[1]) end,
   *     flags = { "no-writes" },
   *   }`, { replace: true });
   * await client.set("k", "hello");
   * await client.fcallRo("size", { keys: ["k"] }); // 5
   * ```
   *
   * @param name Name of the function.
   * @param call Keys and arguments of the function. In a cluster, the keys select the node.
   * @returns The value that the function returned, without conversion; see {@linkcode Reply}.
   * @throws {ServerError} If the function does not exist, does not have the flag `no-writes`, or fails.
   * @see {@link https://valkey.io/commands/fcall_ro/}
   */
  fcallRo(name: string, call?: ScriptCall): Promise<PerRoutedNode<Reply, N>> {
    return this.send(appendScriptCall(["FCALL_RO", name], call), perRoutedNode<Reply, N>(toReply));
  }

  /**
   * Deletes a library with all its functions.
   *
   * Complexity O(1) · since 7.0.0
   *
   * @example Load and delete a library
   * ```ts
   * const name = await client.functionLoad(`#!lua name=passing
   *   redis.register_function("nothing", function() end)`, { replace: true });
   * await client.functionDelete(name); // "OK"
   * ```
   *
   * @param libraryName Name of the library.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the library does not exist.
   * @see {@link https://valkey.io/commands/function-delete/}
   */
  functionDelete(libraryName: string): Promise<"OK"> {
    return this.send(["FUNCTION", "DELETE", libraryName], toOk);
  }

  /**
   * Returns all libraries as a payload for
   * {@linkcode FunctionCommands.prototype.functionRestore | FunctionCommands.functionRestore}.
   *
   * Complexity O(N) for N functions · since 7.0.0
   *
   * @example Back up and restore all functions
   * ```ts
   * const copy = await client.functionDump();
   * await client.functionRestore(copy, { flush: true }); // "OK"
   * ```
   *
   * @returns The payload. It is a `Uint8Array` on all views.
   * @see {@link https://valkey.io/commands/function-dump/}
   */
  functionDump(): Promise<PerRoutedNode<Uint8Array, N>> {
    return this.send(["FUNCTION", "DUMP"], perRoutedNode<Uint8Array, N>(toBytes), true);
  }

  /**
   * Deletes all libraries.
   *
   * Complexity O(N) for N functions · since 7.0.0
   *
   * @example Delete all functions
   * ```ts
   * await client.functionFlush(); // "OK"
   * await client.functionList(); // []
   * ```
   *
   * @param options When to free the memory.
   * @returns Always `"OK"`.
   * @see {@link https://valkey.io/commands/function-flush/}
   */
  functionFlush(options?: FunctionFlushOptions): Promise<"OK"> {
    const words: Words = ["FUNCTION", "FLUSH"];
    const { async, sync } = optionsOf(words, options, FUNCTION_FLUSH_OPTIONS);
    appendFlag(words, "ASYNC", async);
    appendFlag(words, "SYNC", sync);
    return this.send(words, toOk);
  }

  /**
   * Stops the running function.
   *
   * The server accepts the command only after the function has run for `busy-reply-threshold` (by default 5 s).
   *
   * Complexity O(1) · since 7.0.0
   *
   * @example Stop a function, if one is running
   * ```ts
   * import { ServerError } from "@babushka/redis";
   *
   * try {
   *   await client.functionKill();
   * } catch (error) {
   *   if (!(error instanceof ServerError && error.code === "NOTBUSY")) throw error;
   * }
   * ```
   *
   * @returns `"OK"` if a function was stopped.
   * @throws {ServerError} If no function is running (`NOTBUSY`), or it has already written (`UNKILLABLE`).
   * @see {@link https://valkey.io/commands/function-kill/}
   */
  functionKill(): Promise<"OK"> {
    return this.send(["FUNCTION", "KILL"], toOk);
  }

  /**
   * Returns the libraries and their functions.
   *
   * Complexity O(N) for N functions · since 7.0.0
   *
   * @example List the functions of a library
   * ```ts
   * await client.functionLoad(`#!lua name=listed
   *   redis.register_function("nothing", function() end)`, { replace: true });
   * const [library] = await client.functionList({ libraryname: "listed" });
   * library.functions; // [{ name: "nothing", description: null, flags: [] }]
   * ```
   *
   * @param options Filter by name, and whether to return source code.
   * @returns The libraries, in no particular order.
   * @see {@link https://valkey.io/commands/function-list/}
   */
  functionList(
    options?: FunctionListOptions & {
      /**
       * Return the source code as well.
       *
       * @default {false}
       */
      withcode?: false;
    },
  ): Promise<PerRoutedNode<FunctionLibrary<T>[], N>>;
  /** Returns the libraries, their functions and their source code. */
  functionList(
    options: FunctionListOptions & {
      /** Return the source code as well. */
      withcode: true;
    },
  ): Promise<PerRoutedNode<FunctionLibraryWithCode<T>[], N>>;
  /** Returns the libraries and their functions. Includes source code if `withcode` is true. */
  functionList(options: FunctionListOptions): Promise<PerRoutedNode<FunctionLibrary<T>[], N>>;
  /** Returns the libraries and their functions. */
  functionList(options?: FunctionListOptions): Promise<PerRoutedNode<FunctionLibrary<T>[], N>> {
    const words: Words = ["FUNCTION", "LIST"];
    const { libraryname, withcode } = optionsOf(words, options, FUNCTION_LIST_OPTIONS);
    appendOption(words, "LIBRARYNAME", libraryname);
    appendFlag(words, "WITHCODE", withcode);
    return this.send(words, perRoutedNode<FunctionLibrary<T>[], N>(toLibraries));
  }

  /**
   * Loads a library of functions.
   *
   * Complexity O(1) plus compilation · since 7.0.0
   *
   * @example Load a library, whose first line contains its name
   * ```ts
   * const code = `#!lua name=answers
   *   redis.register_function("answer", function() return 42 end)`;
   * await client.functionLoad(code, { replace: true }); // "answers"
   * await client.fcall("answer"); // 42
   * ```
   *
   * @param code Source code. Its first line is `#!lua name=<library>`.
   * @param options Whether to replace an existing library.
   * @returns Name of the library.
   * @throws {ServerError} If the code cannot be compiled, or a library or function with the same name exists.
   * @see {@link https://valkey.io/commands/function-load/}
   */
  functionLoad(code: string | Uint8Array, options?: FunctionLoadOptions): Promise<string> {
    const words: Words = ["FUNCTION", "LOAD"];
    appendFlag(words, "REPLACE", optionsOf(words, options, FUNCTION_LOAD_OPTIONS).replace);
    words.push(code);
    return this.send(words, toText);
  }

  /**
   * Restores libraries from a payload of
   * {@linkcode FunctionCommands.prototype.functionDump | FunctionCommands.functionDump}.
   *
   * Complexity O(N) for N functions · since 7.0.0
   *
   * @example Copy functions to another server
   * ```ts
   * import { RedisClient } from "@babushka/redis";
   *
   * await using other = await RedisClient.create("redis://localhost:6379");
   * await other.functionRestore(await client.functionDump(), { replace: true }); // "OK"
   * ```
   *
   * @param payload Reply of `functionDump()`.
   * @param options How to handle existing libraries.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the payload is invalid, or a library or function with the same name exists. Nothing is
   * changed then.
   * @see {@link https://valkey.io/commands/function-restore/}
   */
  functionRestore(payload: Uint8Array, options?: FunctionRestoreOptions): Promise<"OK"> {
    const words: Words = ["FUNCTION", "RESTORE", payload];
    const { append, flush, replace } = optionsOf(words, options, FUNCTION_RESTORE_OPTIONS);
    appendFlag(words, "APPEND", append);
    appendFlag(words, "FLUSH", flush);
    appendFlag(words, "REPLACE", replace);
    return this.send(words, toOk);
  }

  /**
   * Returns the running function and the number of libraries and functions.
   *
   * The server replies even while a function is running.
   *
   * Complexity O(1) · since 7.0.0
   *
   * @example Statistics without functions
   * ```ts
   * await client.functionFlush();
   * await client.functionStats(); // { runningScript: null, engines: { LUA: { librariesCount: 0, functionsCount: 0 } } }
   * ```
   *
   * @returns The running function and the engines; in a cluster, a record of them by primary.
   * @see {@link https://valkey.io/commands/function-stats/}
   */
  functionStats(): Promise<PerNode<FunctionStats<T>, N>> {
    return this.send(["FUNCTION", "STATS"], perNode<FunctionStats<T>, N>(toStats));
  }
}

function toBytes(reply: Reply): Uint8Array {
  return toBytesOrNull(reply) ?? unexpected(reply, "bytes");
}

function toLibraries<T extends string | Uint8Array>(reply: Reply): FunctionLibrary<T>[] {
  return elements(reply).map((library) => {
    const named = toNamed(library);
    return {
      libraryName: toText(valueOf(named, "library_name")),
      engine: toText(valueOf(named, "engine")),
      functions: elements(valueOf(named, "functions")).map(toFunction),
      ...optional(named, "library_code", "libraryCode", toBulk<T>),
    };
  });
}

function toFunction(reply: Reply): LibraryFunction {
  const named = toNamed(reply);
  return {
    name: toText(valueOf(named, "name")),
    description: toTextOrNull(valueOf(named, "description")),
    flags: elements(valueOf(named, "flags")).map(toText),
  };
}

function toStats<T extends string | Uint8Array>(reply: Reply, bytes: boolean): FunctionStats<T> {
  const named = toNamed(reply);
  const running = valueOf(named, "running_script");
  return {
    runningScript: running === null ? null : toRunning<T>(running),
    engines: toEngines(valueOf(named, "engines"), bytes),
  };
}

function toRunning<T extends string | Uint8Array>(reply: Reply): RunningFunction<T> {
  const named = toNamed(reply);
  return {
    name: toText(valueOf(named, "name")),
    command: toBulks<T>(valueOf(named, "command")),
    durationMs: toNumber(valueOf(named, "duration_ms")),
  };
}

const toEngines = toRecordOf<FunctionEngine>((reply) => {
  const named = toNamed(reply);
  return {
    librariesCount: toNumber(valueOf(named, "libraries_count")),
    functionsCount: toNumber(valueOf(named, "functions_count")),
  };
});
