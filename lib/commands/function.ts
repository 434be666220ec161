/**
 * Commands on functions.
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

/** Options for {@linkcode FunctionCommands.functionFlush}. At most one; by default as the server is configured. */
export type FunctionFlushOptions = AtMostOne<{
  /** Answer at once, and free the memory in the background. */
  async: boolean;
  /** Answer when the memory is free. */
  sync: boolean;
}>;

/** Options for {@linkcode FunctionCommands.functionList}. */
export interface FunctionListOptions {
  /** Only libraries whose names match this glob pattern. */
  libraryname?: Key;
  /** Add the code of each library. @default {false} */
  withcode?: boolean;
}

/** Options for {@linkcode FunctionCommands.functionLoad}. */
export interface FunctionLoadOptions {
  /** Replace a library of the same name. @default {false} */
  replace?: boolean;
}

/** Options for {@linkcode FunctionCommands.functionRestore}: how to treat libraries that exist already. At most one. */
export type FunctionRestoreOptions = AtMostOne<{
  /** They stay, and one with the name of a new one is an error; which is the default. */
  append: boolean;
  /** All of them are deleted. */
  flush: boolean;
  /** Those with the name of a new one are replaced. */
  replace: boolean;
}>;

/** A function of a library. */
export interface LibraryFunction {
  /** Its name, by which it is called. */
  name: string;
  /** What its author says about it; null if nothing. */
  description: string | null;
  /** How it may be run: `"no-writes"`, `"allow-stale"`, … */
  flags: string[];
}

/**
 * A library of functions.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface FunctionLibrary<T extends string | Uint8Array = string> {
  /** Its name. */
  libraryName: string;
  /** Name of the engine that runs it: `"LUA"`. */
  engine: string;
  /** Its functions. */
  functions: LibraryFunction[];
  /** Its code; there if `withcode` was set. */
  libraryCode?: T;
}

/**
 * A library of functions, with its code.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface FunctionLibraryWithCode<T extends string | Uint8Array = string>
  extends FunctionLibrary<T> {
  /** Its code. */
  libraryCode: T;
}

/**
 * A function that is running.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface RunningFunction<T extends string | Uint8Array = string> {
  /** Its name. */
  name: string;
  /** The command that called it, word by word. */
  command: T[];
  /** For how long it has been running, in milliseconds. */
  durationMs: number;
}

/** What an engine has in store. */
export interface FunctionEngine {
  /** Number of its libraries. */
  librariesCount: number;
  /** Number of the functions in all of them. */
  functionsCount: number;
}

/**
 * What {@linkcode FunctionCommands.functionStats} answers.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface FunctionStats<T extends string | Uint8Array = string> {
  /** The function that is running; null if none is. */
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
 * Commands on functions: code that servers keep with the data, replicate, and call by name.
 *
 * In a cluster every shard must have the functions that are called there: loading, deleting and flushing reach all
 * primaries. Load them into a shard that is added later.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class FunctionCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Calls a function.
   *
   * Nobody else's commands are executed while it runs.
   *
   * Complexity O(1) besides what the function does · since 7.0.0
   *
   * @example A function that greets
   * ```ts
   * await client.functionLoad(`#!lua name=greetings
   *   redis.register_function("greet", function(keys, args) return "hello " .. args[1] end)`, {
   *   replace: true,
   * });
   * await client.fcall("greet", { args: ["Ada"] }); // "hello Ada"
   * ```
   *
   * @param name Its name.
   * @param call Its keys and arguments.
   * @returns What the function returned, as it is.
   * @throws {ServerError} If there is no such function, or it fails.
   * @see {@link https://valkey.io/commands/fcall/}
   */
  fcall(name: string, call?: ScriptCall): Promise<PerRoutedNode<Reply, N>> {
    return this.send(appendScriptCall(["FCALL", name], call), perRoutedNode<Reply, N>(toReply));
  }

  /**
   * Calls a function that only reads.
   *
   * It must have the flag `no-writes`. It can run on a replica, and is called again if the connection breaks.
   *
   * Complexity O(1) besides what the function does · since 7.0.0 · read-only
   *
   * @example A function that looks
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
   * @param name Its name.
   * @param call Its keys and arguments.
   * @returns What the function returned, as it is.
   * @throws {ServerError} If there is no such function, it may write, or it fails.
   * @see {@link https://valkey.io/commands/fcall_ro/}
   */
  fcallRo(name: string, call?: ScriptCall): Promise<PerRoutedNode<Reply, N>> {
    return this.send(appendScriptCall(["FCALL_RO", name], call), perRoutedNode<Reply, N>(toReply));
  }

  /**
   * Deletes a library and all of its functions.
   *
   * Complexity O(1) · since 7.0.0
   *
   * @example Loading and deleting
   * ```ts
   * const name = await client.functionLoad(`#!lua name=passing
   *   redis.register_function("nothing", function() end)`, { replace: true });
   * await client.functionDelete(name); // "OK"
   * ```
   *
   * @param libraryName Its name.
   * @returns `"OK"` if it was deleted.
   * @throws {ServerError} If there is no such library.
   * @see {@link https://valkey.io/commands/function-delete/}
   */
  functionDelete(libraryName: string): Promise<"OK"> {
    return this.send(["FUNCTION", "DELETE", libraryName], toOk);
  }

  /**
   * Answers all libraries in a form that {@linkcode FunctionCommands.functionRestore} takes.
   *
   * Complexity O(N) for N functions · since 7.0.0
   *
   * @example A copy of all functions
   * ```ts
   * const copy = await client.functionDump();
   * await client.functionRestore(copy, { flush: true }); // "OK"
   * ```
   *
   * @returns The libraries, as bytes on every surface.
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
   * @example Starting over
   * ```ts
   * await client.functionFlush(); // "OK"
   * await client.functionList(); // []
   * ```
   *
   * @param options When to free the memory.
   * @returns `"OK"`, always.
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
   * Ends the function that is running.
   *
   * A server hears of it only when the function has run for its `busy-reply-threshold`, 5 s if that is not configured.
   *
   * Complexity O(1) · since 7.0.0
   *
   * @example Nothing is running
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
   * @returns `"OK"` if a function was ended.
   * @throws {ServerError} If no function is running (`NOTBUSY`), or it has written already (`UNKILLABLE`).
   * @see {@link https://valkey.io/commands/function-kill/}
   */
  functionKill(): Promise<"OK"> {
    return this.send(["FUNCTION", "KILL"], toOk);
  }

  /**
   * Lists libraries and their functions.
   *
   * Complexity O(N) for N functions · since 7.0.0
   *
   * @example One library
   * ```ts
   * await client.functionLoad(`#!lua name=listed
   *   redis.register_function("nothing", function() end)`, { replace: true });
   * const [library] = await client.functionList({ libraryname: "listed" });
   * library.functions; // [{ name: "nothing", description: null, flags: [] }]
   * ```
   *
   * @param options Which libraries, and whether with their code.
   * @returns The libraries, in no order.
   * @see {@link https://valkey.io/commands/function-list/}
   */
  functionList(
    options?: FunctionListOptions & {
      /** Answer the code as well. @default {false} */
      withcode?: false;
    },
  ): Promise<PerRoutedNode<FunctionLibrary<T>[], N>>;
  /** Lists libraries, their functions and their code. */
  functionList(
    options: FunctionListOptions & {
      /** Answer the code as well. */
      withcode: true;
    },
  ): Promise<PerRoutedNode<FunctionLibraryWithCode<T>[], N>>;
  /** Lists libraries and their functions, with the code if the flag says so. */
  functionList(options: FunctionListOptions): Promise<PerRoutedNode<FunctionLibrary<T>[], N>>;
  /** Lists libraries and their functions. */
  functionList(options?: FunctionListOptions): Promise<PerRoutedNode<FunctionLibrary<T>[], N>> {
    const words: Words = ["FUNCTION", "LIST"];
    const { libraryname, withcode } = optionsOf(words, options, FUNCTION_LIST_OPTIONS);
    appendOption(words, "LIBRARYNAME", libraryname);
    appendFlag(words, "WITHCODE", withcode);
    return this.send(words, perRoutedNode<FunctionLibrary<T>[], N>(toLibraries));
  }

  /**
   * Adds a library.
   *
   * Complexity O(1) besides the compilation · since 7.0.0
   *
   * @example The first line of the code names the library
   * ```ts
   * const code = `#!lua name=answers
   *   redis.register_function("answer", function() return 42 end)`;
   * await client.functionLoad(code, { replace: true }); // "answers"
   * await client.fcall("answer"); // 42
   * ```
   *
   * @param code Its code.
   * @param options `replace`: whether it may replace one of the same name. @default {{ replace: false }}
   * @returns Its name.
   * @throws {ServerError} If the code cannot be compiled, or the name of the library or of a function is taken.
   * @see {@link https://valkey.io/commands/function-load/}
   */
  functionLoad(code: string | Uint8Array, options?: FunctionLoadOptions): Promise<string> {
    const words: Words = ["FUNCTION", "LOAD"];
    appendFlag(words, "REPLACE", optionsOf(words, options, FUNCTION_LOAD_OPTIONS).replace);
    words.push(code);
    return this.send(words, toText);
  }

  /**
   * Adds the libraries that {@linkcode FunctionCommands.functionDump} answered.
   *
   * Complexity O(N) for N functions · since 7.0.0
   *
   * @example From one server to another
   * ```ts
   * import { RedisClient } from "@babushka/redis";
   *
   * await using other = await RedisClient.create("redis://localhost:6379");
   * await other.functionRestore(await client.functionDump(), { replace: true }); // "OK"
   * ```
   *
   * @param payload The libraries.
   * @param options How to treat libraries that exist already.
   * @returns `"OK"` if all were added.
   * @throws {ServerError} If the payload is damaged, or a name is taken; then nothing is changed.
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
   * Tells which function is running, and what the engines have in store.
   *
   * It is answered even while a function is running.
   *
   * Complexity O(1) · since 7.0.0
   *
   * @example How many functions are there?
   * ```ts
   * await client.functionFlush();
   * await client.functionStats(); // { runningScript: null, engines: { LUA: { librariesCount: 0, functionsCount: 0 } } }
   * ```
   *
   * @returns The running function and the engines; in a cluster for each primary.
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
