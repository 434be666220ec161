/**
 * Commands on HyperLogLogs.
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
 * What {@linkcode HyperLogLogCommands.pfdebug} does: `"encoding"` tells whether it is sparse or dense, `"decode"` shows
 * the contents of a sparse one, `"getreg"` answers the registers, which makes it dense, and `"todense"` makes it dense.
 */
export type PfdebugSubcommand = AnyCase<"encoding" | "decode" | "getreg" | "todense">;

/**
 * Commands on HyperLogLogs: strings of 12 KiB at most that count different elements without keeping them, with a
 * standard error of 0.81 %.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class HyperLogLogCommands<T extends string | Uint8Array = string>
  extends Executor<T> {
  /**
   * Counts elements in.
   *
   * Complexity O(N) for N elements · since 2.8.9
   *
   * @example Visitors
   * ```ts
   * await client.pfadd("visitors", ["Ada", "Grace"]); // true
   * await client.pfadd("visitors", "Ada"); // false
   * ```
   *
   * @param key Key of the HyperLogLog.
   * @param elements One element or several; without any, only the HyperLogLog comes into being.
   * @returns Whether anything changed: the estimate, or that there is a HyperLogLog.
   * @throws {ServerError} If the key holds a value that is not a HyperLogLog (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/pfadd/}
   */
  pfadd(key: Key, elements?: OneOrMany<Value>): Promise<boolean> {
    const words: Words = ["PFADD", key];
    return this.send(appendAny(words, elements ?? []), toBoolean);
  }

  /**
   * Estimates how many different elements were counted in, over all keys given.
   *
   * Complexity O(1) for one key, O(N) for N keys · since 2.8.9 · read-only
   *
   * @example Visitors of two pages
   * ```ts
   * await client.pfadd("{visitors}:home", ["Ada", "Grace"]);
   * await client.pfadd("{visitors}:shop", ["Ada", "Joan"]);
   * await client.pfcount(["{visitors}:home", "{visitors}:shop"]); // 3
   * ```
   *
   * @param keys Keys of the HyperLogLogs; one that does not exist counts as empty.
   * @returns The estimate.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a HyperLogLog (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/pfcount/}
   */
  pfcount(keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["PFCOUNT"], keys, "keys"), toNumber);
  }

  /**
   * Shows how a HyperLogLog is stored, for those who work on the server.
   *
   * Complexity O(1) · since 2.8.9
   *
   * @example A small one
   * ```ts
   * await client.pfadd("visitors", "Ada");
   * await client.pfdebug("encoding", "visitors"); // "sparse"
   * await client.pfdebug("todense", "visitors"); // true
   * ```
   *
   * @param subcommand What to do.
   * @param key Key of the HyperLogLog.
   * @returns The encoding, the contents, the registers, or whether it was made dense.
   * @throws {ServerError} If the key does not exist, or it holds a value that is not a HyperLogLog (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/pfdebug/}
   */
  pfdebug(subcommand: AnyCase<"encoding" | "decode">, key: Key): Promise<string>;
  /** Returns the registers of a HyperLogLog. */
  pfdebug(subcommand: AnyCase<"getreg">, key: Key): Promise<number[]>;
  /** Makes a HyperLogLog dense. */
  pfdebug(subcommand: AnyCase<"todense">, key: Key): Promise<boolean>;
  /** Shows how a HyperLogLog is stored. */
  pfdebug(subcommand: PfdebugSubcommand, key: Key): Promise<string | number[] | boolean> {
    const words = ["PFDEBUG", subcommand, key];
    if (isWord(subcommand, "getreg")) return this.send<number[]>(words, toNumbers);
    return isWord(subcommand, "todense")
      ? this.send<boolean>(words, toBoolean)
      : this.send<string>(words, toText);
  }

  /**
   * Adds what other HyperLogLogs counted to one, which comes into being if need be.
   *
   * Complexity O(N) for N keys · since 2.8.9
   *
   * @example Visitors of all pages
   * ```ts
   * await client.pfadd("{visitors}:home", ["Ada", "Grace"]);
   * await client.pfadd("{visitors}:shop", ["Ada", "Joan"]);
   * await client.pfmerge("{visitors}:all", ["{visitors}:home", "{visitors}:shop"]); // "OK"
   * await client.pfcount("{visitors}:all"); // 3
   * ```
   *
   * @param destination Key of the HyperLogLog to add to.
   * @param keys One key or several, even none; one that does not exist counts as empty.
   * @returns `"OK"`.
   * @throws {ServerError} If a key holds a value that is not a HyperLogLog (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/pfmerge/}
   */
  pfmerge(destination: Key, keys: OneOrMany<Key>): Promise<"OK"> {
    const words: Words = ["PFMERGE", destination];
    return this.send(appendAny(words, keys), toOk);
  }

  /**
   * Tests the server's own HyperLogLogs, for those who work on the server, which answers nobody meanwhile.
   *
   * Complexity O(1) · since 2.8.9
   *
   * @example Trusting nobody
   * ```ts
   * await client.with({ timeout: 60_000 }).pfselftest(); // "OK"
   * ```
   *
   * @returns `"OK"`.
   * @throws {ServerError} If the test failed.
   * @see {@link https://valkey.io/commands/pfselftest/}
   */
  pfselftest(): Promise<"OK"> {
    return this.send(["PFSELFTEST"], toOk);
  }
}
