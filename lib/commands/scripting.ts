/**
 * Commands on Lua scripts.
 *
 * Functions, which servers keep with the data, are in `function.ts`.
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

/** Options for {@linkcode ScriptingCommands.scriptFlush}. At most one; by default as the server is configured. */
export type ScriptFlushOptions = AtMostOne<{
  /** Answer at once, and free the memory in the background. */
  async: boolean;
  /** Answer when the memory is free. */
  sync: boolean;
}>;

const SCRIPT_FLUSH_OPTIONS: OptionShape<ScriptFlushOptions> = { async: "flag", sync: "flag" };

/**
 * Commands on Lua scripts: running them, and keeping them ready by their digest.
 *
 * `client.run()` is more comfortable for a script that is run again and again: it sends the digest, and the text only
 * to a server that does not know it.
 *
 * What a script returns comes as it is, see {@linkcode Reply}: Lua's numbers are cut to integers, and `false` is null.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class ScriptingCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Runs a Lua script.
   *
   * Nobody else's commands are executed while it runs.
   *
   * Complexity O(1) besides what the script does · since 2.6.0
   *
   * @example Setting a key, unless it is longer already
   * ```ts
   * const script = `
   *   if redis.call("STRLEN", KEYS[1]) >= #ARGV[1] then return false end
   *   return redis.call("SET", KEYS[1], ARGV[1])`;
   * await client.eval(script, { keys: ["longest"], args: ["hello"] }); // "OK"
   * await client.eval(script, { keys: ["longest"], args: ["hi"] }); // null
   * ```
   *
   * @param script Its text.
   * @param call Its keys and arguments.
   * @returns What the script returned.
   * @throws {ServerError} If the script cannot be compiled or fails.
   * @see {@link https://valkey.io/commands/eval/}
   */
  eval(script: string | Uint8Array, call?: ScriptCall): Promise<PerRoutedNode<Reply, N>> {
    return this.send(appendScriptCall(["EVAL", script], call), perRoutedNode<Reply, N>(toReply));
  }

  /**
   * Runs a Lua script that only reads.
   *
   * It can run on a replica, and its text is sent again if the connection breaks.
   *
   * Complexity O(1) besides what the script does · since 7.0.0 · read-only
   *
   * @example Adding numbers up where they are
   * ```ts
   * await client.rpush("prices", [5, 7]);
   * const script = `
   *   local sum = 0
   *   for _, price in ipairs(redis.call("LRANGE", KEYS[1], 0, -1)) do sum = sum + price end
   *   return sum`;
   * await client.evalRo(script, { keys: ["prices"] }); // 12
   * ```
   *
   * @param script Its text.
   * @param call Its keys and arguments.
   * @returns What the script returned.
   * @throws {ServerError} If the script cannot be compiled, fails or tries to write.
   * @see {@link https://valkey.io/commands/eval_ro/}
   */
  evalRo(script: string | Uint8Array, call?: ScriptCall): Promise<PerRoutedNode<Reply, N>> {
    return this.send(appendScriptCall(["EVAL_RO", script], call), perRoutedNode<Reply, N>(toReply));
  }

  /**
   * Runs a Lua script that the server knows already.
   *
   * Complexity O(1) besides what the script does · since 2.6.0
   *
   * @example By its digest
   * ```ts
   * const sha1 = await client.scriptLoad(`return "hello " .. ARGV[1]`);
   * await client.evalsha(sha1, { args: ["Ada"] }); // "hello Ada"
   * ```
   *
   * @param sha1 Its digest, as {@linkcode ScriptingCommands.scriptLoad} answers it.
   * @param call Its keys and arguments.
   * @returns What the script returned.
   * @throws {ServerError} If the server does not know the script (`NOSCRIPT`), or it fails.
   * @see {@link https://valkey.io/commands/evalsha/}
   */
  evalsha(sha1: string, call?: ScriptCall): Promise<PerRoutedNode<Reply, N>> {
    return this.send(appendScriptCall(["EVALSHA", sha1], call), perRoutedNode<Reply, N>(toReply));
  }

  /**
   * Runs a Lua script that the server knows already and that only reads.
   *
   * Complexity O(1) besides what the script does · since 7.0.0 · read-only
   *
   * @example By its digest
   * ```ts
   * await client.set("name", "Ada");
   * const sha1 = await client.scriptLoad(`return "hello " .. redis.call("GET", KEYS[1])`);
   * await client.evalshaRo(sha1, { keys: ["name"] }); // "hello Ada"
   * ```
   *
   * @param sha1 Its digest, as {@linkcode ScriptingCommands.scriptLoad} answers it.
   * @param call Its keys and arguments.
   * @returns What the script returned.
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
   * Tells which scripts the server knows.
   *
   * In a cluster, which ones all primaries know.
   *
   * Complexity O(N) for N scripts · since 2.6.0
   *
   * @example One that was loaded, and one that was not
   * ```ts
   * const sha1 = await client.scriptLoad("return 1");
   * await client.scriptExists([sha1, "0".repeat(40)]); // [true, false]
   * ```
   *
   * @param sha1s One digest, or several in an array or other iterable.
   * @returns For each digest, whether its script is known.
   * @see {@link https://valkey.io/commands/script-exists/}
   */
  scriptExists(sha1s: OneOrMany<string>): Promise<boolean[]> {
    return this.send(append(["SCRIPT", "EXISTS"], sha1s, "digests"), toBooleans);
  }

  /**
   * Makes the server forget all scripts.
   *
   * Complexity O(N) for N scripts · since 2.6.0
   *
   * @example Forgetting everything
   * ```ts
   * const sha1 = await client.scriptLoad("return 1");
   * await client.scriptFlush(); // "OK"
   * await client.scriptExists(sha1); // [false]
   * ```
   *
   * @param options When to free the memory (since 6.2.0).
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
   * Ends the script that is running.
   *
   * A server hears of it only when the script has run for its `busy-reply-threshold`, 5 s if that is not configured.
   *
   * Complexity O(1) · since 2.6.0
   *
   * @example Nothing is running
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
   * @returns `"OK"` if a script was ended.
   * @throws {ServerError} If no script is running (`NOTBUSY`), or it has written already (`UNKILLABLE`).
   * @see {@link https://valkey.io/commands/script-kill/}
   */
  scriptKill(): Promise<"OK"> {
    return this.send(["SCRIPT", "KILL"], toOk);
  }

  /**
   * Gives the server a script to be run later.
   *
   * In a cluster all nodes get it. Servers forget it when they restart.
   *
   * Complexity O(N) in the length of the text · since 2.6.0
   *
   * @example Loading and running
   * ```ts
   * const sha1 = await client.scriptLoad("return 42");
   * await client.evalsha(sha1); // 42
   * ```
   *
   * @param script Its text.
   * @returns Its digest: SHA-1 in hexadecimal.
   * @throws {ServerError} If the script cannot be compiled.
   * @see {@link https://valkey.io/commands/script-load/}
   */
  scriptLoad(script: string | Uint8Array): Promise<string> {
    return this.send(["SCRIPT", "LOAD", script], toText);
  }

  /**
   * Returns the text of a script that the server knows.
   *
   * Complexity O(1) · since Valkey 8.0
   *
   * @example There and back
   * ```ts
   * const sha1 = await client.scriptLoad("return 42");
   * await client.scriptShow(sha1); // "return 42"
   * ```
   *
   * @param sha1 Its digest.
   * @returns Its text.
   * @throws {ServerError} If the server does not know the script (`NOSCRIPT`).
   * @see {@link https://valkey.io/commands/script-show/}
   */
  scriptShow(sha1: string): Promise<PerRoutedNode<T, N>> {
    return this.send(["SCRIPT", "SHOW", sha1], perRoutedNode<T, N>(toBulk));
  }
}
