/**
 * The HyperLogLog commands, `PFADD` to `PFSELFTEST`.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import {
  type AnyCase,
  append,
  appendAny,
  isWord,
  type Key,
  type OneOrMany,
  type Value,
} from "./_args.ts";
import { toBoolean, toNumber, toNumbers, toOk, toText } from "./_decode.ts";

/**
 * What {@linkcode HyperLogLogCommands.prototype.pfdebug | HyperLogLogCommands.pfdebug} does.
 *
 * - `"encoding"`: returns `"sparse"` or `"dense"`.
 * - `"decode"`: returns the contents of a sparse HyperLogLog.
 * - `"getreg"`: makes it dense and returns the registers.
 * - `"todense"`: makes it dense.
 */
export type PfdebugSubcommand = AnyCase<"encoding" | "decode" | "getreg" | "todense">;

/**
 * The HyperLogLog commands. A HyperLogLog estimates the number of distinct elements without storing them. It takes at
 * most 12 KiB, and has a standard error of 0.81 %.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class HyperLogLogCommands<T extends string | Uint8Array = string>
  extends Executor<T> {
  /**
   * Adds elements to a HyperLogLog, and creates it if the key does not exist.
   *
   * Complexity O(N) for N elements · since 2.8.9
   *
   * @example Count distinct visitors
   * ```ts
   * await client.pfadd("visitors", ["Ada", "Grace"]); // true
   * await client.pfadd("visitors", "Ada"); // false
   * await client.pfcount("visitors"); // 2
   * ```
   *
   * @param key Key of the HyperLogLog.
   * @param elements One element, or several in an array or other iterable. Without any, an empty HyperLogLog is
   * created.
   * @returns True if the estimate changed or the key was created.
   * @throws {ServerError} If the key holds a value that is not a HyperLogLog (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/pfadd/}
   */
  pfadd(key: Key, elements?: OneOrMany<Value>): Promise<boolean> {
    const words: Words = ["PFADD", key];
    return this.send(appendAny(words, elements ?? []), toBoolean);
  }

  /**
   * Estimates the number of distinct elements in one or several HyperLogLogs together.
   *
   * Complexity O(1) for one key, O(N) for N keys · since 2.8.9 · read-only
   *
   * @example Distinct visitors of two pages
   * ```ts
   * await client.pfadd("{visitors}:home", ["Ada", "Grace"]);
   * await client.pfadd("{visitors}:shop", ["Ada", "Joan"]);
   * await client.pfcount(["{visitors}:home", "{visitors}:shop"]); // 3
   * ```
   *
   * @param keys One key, or several in an array or other iterable. A key that does not exist counts as empty.
   * @returns The estimated number of distinct elements in the union.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a HyperLogLog (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/pfcount/}
   */
  pfcount(keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["PFCOUNT"], keys, "keys"), toNumber);
  }

  /**
   * Returns internals of a HyperLogLog, for developers of the server.
   *
   * Complexity O(1) · since 2.8.9
   *
   * @example Encoding of a small HyperLogLog
   * ```ts
   * await client.pfadd("visitors", "Ada");
   * await client.pfdebug("encoding", "visitors"); // "sparse"
   * await client.pfdebug("todense", "visitors"); // true
   * ```
   *
   * @param subcommand What to return or change.
   * @param key Key of the HyperLogLog.
   * @returns The encoding, the contents, or the registers; for `"todense"` true if the encoding changed.
   * @throws {ServerError} If the key does not exist, or it holds a value that is not a HyperLogLog (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/pfdebug/}
   */
  pfdebug(subcommand: AnyCase<"encoding" | "decode">, key: Key): Promise<string>;
  /** Makes a HyperLogLog dense, and returns its registers. */
  pfdebug(subcommand: AnyCase<"getreg">, key: Key): Promise<number[]>;
  /** Makes a HyperLogLog dense. */
  pfdebug(subcommand: AnyCase<"todense">, key: Key): Promise<boolean>;
  /** Returns internals of a HyperLogLog, for developers of the server. */
  pfdebug(subcommand: PfdebugSubcommand, key: Key): Promise<string | number[] | boolean> {
    const words = ["PFDEBUG", subcommand, key];
    if (isWord(subcommand, "getreg")) return this.send<number[]>(words, toNumbers);
    return isWord(subcommand, "todense")
      ? this.send<boolean>(words, toBoolean)
      : this.send<string>(words, toText);
  }

  /**
   * Merges HyperLogLogs into one, and creates it if the key does not exist.
   *
   * Complexity O(N) for N keys · since 2.8.9
   *
   * @example Distinct visitors of all pages
   * ```ts
   * await client.pfadd("{visitors}:home", ["Ada", "Grace"]);
   * await client.pfadd("{visitors}:shop", ["Ada", "Joan"]);
   * await client.pfmerge("{visitors}:all", ["{visitors}:home", "{visitors}:shop"]); // "OK"
   * await client.pfcount("{visitors}:all"); // 3
   * ```
   *
   * @param destination Key of the HyperLogLog to merge into. What it has counted stays counted.
   * @param keys Keys of the HyperLogLogs to merge into it, possibly none. A key that does not exist counts as empty.
   * @returns Always `"OK"`.
   * @throws {ServerError} If a key holds a value that is not a HyperLogLog (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/pfmerge/}
   */
  pfmerge(destination: Key, keys: OneOrMany<Key>): Promise<"OK"> {
    const words: Words = ["PFMERGE", destination];
    return this.send(appendAny(words, keys), toOk);
  }

  /**
   * Runs the server's test of its HyperLogLog code, for developers of the server.
   *
   * Complexity O(1) · since 2.8.9
   *
   * The server runs nothing else until the test ends.
   *
   * @example Run the test with a longer timeout
   * ```ts
   * await client.with({ timeout: 60_000 }).pfselftest(); // "OK"
   * ```
   *
   * @returns Always `"OK"`.
   * @throws {ServerError} If the test failed.
   * @see {@link https://valkey.io/commands/pfselftest/}
   */
  pfselftest(): Promise<"OK"> {
    return this.send(["PFSELFTEST"], toOk);
  }
}
