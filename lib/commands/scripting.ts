/**
 * The commands for Lua scripts, `EVAL` to `SCRIPT SHOW`.
 *
 * The commands for functions, which the server stores with the data, are in `function.ts`.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { append, appendFlag, type AtMostOne, type OneOrMany } from "./_args.ts";
import { toBooleans, toBulk, toOk, toReply, toText } from "./_decode.ts";
import { optionsOf } from "./_options.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";
import { appendScriptCall, type ScriptCall } from "./_script_call.ts";

/**
 * Options for {@linkcode ScriptingCommands.prototype.scriptFlush | ScriptingCommands.scriptFlush}. At most one of them;
 * without any, the server uses its configuration.
 */
export type ScriptFlushOptions = AtMostOne<{
  /** Return at once, and free the memory in the background. */
  async: boolean;
  /** Return after the memory is freed. */
  sync: boolean;
}>;

const SCRIPT_FLUSH_OPTIONS: OptionShape<ScriptFlushOptions> = { async: "flag", sync: "flag" };

/**
 * The commands for Lua scripts: run a script from its text, or load it into the server and run it by its digest.
 *
 * For a script that runs more than once `client.run()` is simpler: it sends the digest, and the text only to a server
 * that does not know it.
 *
 * Methods return the value of a script without conversion, see {@linkcode Reply}: Lua numbers are truncated to
 * integers, and `false` is null.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes the commands reach.
 */
export abstract class ScriptingCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Runs a Lua script.
   *
   * The server runs nothing else while the script runs: a script is atomic.
   *
   * Complexity O(1) besides what the script does · since 2.6.0
   *
   * @example Set a value, unless the current one is at least as long
   * ```ts
   * const script = `
   *   if redis.call("STRLEN", KEYS[1]) >= #ARGV[1] then return false end
   *   return redis.call("SET", KEYS[1], ARGV[1])`;
   * await client.eval(script, { keys: ["longest"], args: ["hello"] }); // "OK"
   * await client.eval(script, { keys: ["longest"], args: ["hi"] }); // null
   * ```
   *
   * @param script Text of the script.
   * @param call Keys and arguments of the script.
   * @returns The value that the script returned.
   * @throws {ServerError} If the script cannot be compiled or fails.
   * @see {@link https://valkey.io/commands/eval/}
   */
  eval(script: string | Uint8Array, call?: ScriptCall): Promise<PerRoutedNode<Reply, N>> {
    return this.send(appendScriptCall(["EVAL", script], call), perRoutedNode<Reply, N>(toReply));
  }

  /**
   * Runs a Lua script that only reads.
   *
   * It can run on a replica, and the client sends it again if the connection is lost.
   *
   * Complexity O(1) besides what the script does · since 7.0.0 · read-only
   *
   * @example Add up the numbers of a list on the server
   * ```ts
   * await client.rpush("prices", [5, 7]);
   * const script = `
   *   local sum = 0
   *   for _, price in ipairs(redis.call("LRANGE", KEYS[1], 0, -1)) do sum = sum + price end
   *   return sum`;
   * await client.evalRo(script, { keys: ["prices"] }); // 12
   * ```
   *
   * @param script Text of the script.
   * @param call Keys and arguments of the script.
   * @returns The value that the script returned.
   * @throws {ServerError} If the script cannot be compiled, fails or tries to write.
   * @see {@link https://valkey.io/commands/eval_ro/}
   */
  evalRo(script: string | Uint8Array, call?: ScriptCall): Promise<PerRoutedNode<Reply, N>> {
    return this.send(appendScriptCall(["EVAL_RO", script], call), perRoutedNode<Reply, N>(toReply));
  }

  /**
   * Runs a Lua script that was loaded into the server, by its digest.
   *
   * Complexity O(1) besides what the script does · since 2.6.0
   *
   * @example Load a script, then run it
   * ```ts
   * const sha1 = await client.scriptLoad(`return "hello " .. ARGV[1]`);
   * await client.evalsha(sha1, { args: ["Ada"] }); // "hello Ada"
   * ```
   *
   * @param sha1 Digest of the script, from
   * {@linkcode ScriptingCommands.prototype.scriptLoad | ScriptingCommands.scriptLoad}.
   * @param call Keys and arguments of the script.
   * @returns The value that the script returned.
   * @throws {ServerError} If the server does not know the script (`NOSCRIPT`), or it fails.
   * @see {@link https://valkey.io/commands/evalsha/}
   */
  evalsha(sha1: string, call?: ScriptCall): Promise<PerRoutedNode<Reply, N>> {
    return this.send(appendScriptCall(["EVALSHA", sha1], call), perRoutedNode<Reply, N>(toReply));
  }

  /**
   * Runs a Lua script that only reads and was loaded into the server, by its digest.
   *
   * Complexity O(1) besides what the script does · since 7.0.0 · read-only
   *
   * @example Load a script, then run it
   * ```ts
   * await client.set("name", "Ada");
   * const sha1 = await client.scriptLoad(`return "hello " .. redis.call("GET", KEYS[1])`);
   * await client.evalshaRo(sha1, { keys: ["name"] }); // "hello Ada"
   * ```
   *
   * @param sha1 Digest of the script, from
   * {@linkcode ScriptingCommands.prototype.scriptLoad | ScriptingCommands.scriptLoad}.
   * @param call Keys and arguments of the script.
   * @returns The value that the script returned.
   * @throws {ServerError} If the server does not know the script (`NOSCRIPT`), or it fails or tries to write.
   * @see {@link https://valkey.io/commands/evalsha_ro/}
   */
  evalshaRo(sha1: string, call?: ScriptCall): Promise<PerRoutedNode<Reply, N>> {
    return this.send(
      appendScriptCall(["EVALSHA_RO", sha1], call),
      perRoutedNode<Reply, N>(toReply),
    );
  }

  /**
   * Checks whether scripts are loaded.
   *
   * On a cluster a script counts as loaded if all primaries have it.
   *
   * Complexity O(N) for N scripts · since 2.6.0
   *
   * @example A script that is loaded, and one that is not
   * ```ts
   * const sha1 = await client.scriptLoad("return 1");
   * await client.scriptExists([sha1, "0".repeat(40)]); // [true, false]
   * ```
   *
   * @param sha1s One digest, or several in an array or other iterable.
   * @returns One boolean per digest, in the order of `sha1s`.
   * @throws {RangeError} If `sha1s` is empty.
   * @see {@link https://valkey.io/commands/script-exists/}
   */
  scriptExists(sha1s: OneOrMany<string>): Promise<boolean[]> {
    return this.send(append(["SCRIPT", "EXISTS"], sha1s, "digests"), toBooleans);
  }

  /**
   * Removes all loaded scripts.
   *
   * Complexity O(N) for N scripts · since 2.6.0
   *
   * @example Load a script, then remove all scripts
   * ```ts
   * const sha1 = await client.scriptLoad("return 1");
   * await client.scriptFlush(); // "OK"
   * await client.scriptExists(sha1); // [false]
   * ```
   *
   * @param options `async` or `sync`: when to free the memory (since 6.2.0).
   * @returns Always `"OK"`.
   * @see {@link https://valkey.io/commands/script-flush/}
   */
  scriptFlush(options?: ScriptFlushOptions): Promise<"OK"> {
    const words: Words = ["SCRIPT", "FLUSH"];
    const { async, sync } = optionsOf(words, options, SCRIPT_FLUSH_OPTIONS);
    appendFlag(words, "ASYNC", async);
    appendFlag(words, "SYNC", sync);
    return this.send(words, toOk);
  }

  /**
   * Stops the script that is running, if it has not written anything.
   *
   * The server reads this command only after the script has run for `busy-reply-threshold`, 5 seconds by default.
   *
   * Complexity O(1) · since 2.6.0
   *
   * @example Stop a script, if one is running
   * ```ts
   * import { ServerError } from "@babushka/redis";
   *
   * try {
   *   await client.scriptKill();
   * } catch (error) {
   *   if (!(error instanceof ServerError && error.code === "NOTBUSY")) throw error;
   * }
   * ```
   *
   * @returns Always `"OK"`.
   * @throws {ServerError} If no script is running (`NOTBUSY`), or it has written something (`UNKILLABLE`).
   * @see {@link https://valkey.io/commands/script-kill/}
   */
  scriptKill(): Promise<"OK"> {
    return this.send(["SCRIPT", "KILL"], toOk);
  }

  /**
   * Loads a script into the server without running it.
   *
   * On a cluster all nodes get it. The server forgets loaded scripts when it restarts.
   *
   * Complexity O(N) in the length of the text · since 2.6.0
   *
   * @example Load a script, then run it by its digest
   * ```ts
   * const sha1 = await client.scriptLoad("return 42");
   * await client.evalsha(sha1); // 42
   * ```
   *
   * @param script Text of the script.
   * @returns The digest of the script: SHA-1 in hexadecimal digits.
   * @throws {ServerError} If the script cannot be compiled.
   * @see {@link https://valkey.io/commands/script-load/}
   */
  scriptLoad(script: string | Uint8Array): Promise<string> {
    return this.send(["SCRIPT", "LOAD", script], toText);
  }

  /**
   * Returns the text of a loaded script.
   *
   * Complexity O(1) · since Valkey 8.0
   *
   * @example Read back a script
   * ```ts
   * const sha1 = await client.scriptLoad("return 42");
   * await client.scriptShow(sha1); // "return 42"
   * ```
   *
   * @param sha1 Digest of the script, from
   * {@linkcode ScriptingCommands.prototype.scriptLoad | ScriptingCommands.scriptLoad}.
   * @returns The text of the script.
   * @throws {ServerError} If the script is not loaded (`NOSCRIPT`).
   * @see {@link https://valkey.io/commands/script-show/}
   */
  scriptShow(sha1: string): Promise<PerRoutedNode<T, N>> {
    return this.send(["SCRIPT", "SHOW", sha1], perRoutedNode<T, N>(toBulk));
  }
}
