/**
 * Commands on strings.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import { append, type AtMostOne, type Key, type OneOrMany, type Value } from "./_args.ts";
import { toBulkOrNull, toBulksOrNulls, toOkOrNull } from "./_decode.ts";

/** When a key shall expire, for commands that write it. At most one of the options. */
export type SetExpiry = AtMostOne<{
  /** After so many seconds. */
  ex: number;
  /** After so many milliseconds. */
  px: number;
  /** At this Unix time in seconds. */
  exat: number;
  /** At this Unix time in milliseconds. */
  pxat: number;
  /** When it would have expired anyway; without any of these options it never does. */
  keepttl: true;
}>;

/** On what condition SET writes. At most one of the options. */
export type SetCondition = AtMostOne<{
  /** Only if the key does not exist. */
  nx: true;
  /** Only if the key exists. */
  xx: true;
  /** Only if the key holds this value (Valkey 8.1, Redis 8.4). */
  ifeq: Value;
}>;

/** Options for {@linkcode StringCommands.set}. */
export type SetOptions = SetExpiry & SetCondition & {
  /** Answer the value that the key had, null if it had none, instead of `"OK"`. @default {false} */
  get?: boolean;
};

/**
 * Commands on strings: values of up to 512 MiB, text or bytes, also used as counters.
 *
 * @typeParam T What a bulk string is on this surface.
 */
export abstract class StringCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Gets the value of a key.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example Reading a value back
   * ```ts
   * await client.set("greeting", "hello");
   * await client.get("greeting"); // "hello"
   * ```
   *
   * @param key The key.
   * @returns The value, or null if there is no such key.
   * @throws {ServerError} If the key holds something else than a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/get/}
   */
  get(key: Key): Promise<T | null> {
    return this.send<T | null>(["GET", key], toBulkOrNull);
  }

  /**
   * Gets the values of several keys at once.
   *
   * A key that holds something else than a string counts as missing. In a cluster the keys may lie in different slots;
   * the values are then read one slot after another, not at one instant.
   *
   * Complexity O(N) for N keys · since 1.0.0 · read-only
   *
   * @example Reading two values, one of them missing
   * ```ts
   * await client.set("{user:1}:name", "Ada");
   * await client.mget(["{user:1}:name", "{user:1}:phone"]); // ["Ada", null]
   * ```
   *
   * @param keys One key or several.
   * @returns The values in the order of the keys, null for each missing one.
   * @see {@link https://valkey.io/commands/mget/}
   */
  mget(keys: OneOrMany<Key>): Promise<(T | null)[]> {
    return this.send<(T | null)[]>(append(["MGET"], keys, "keys"), toBulksOrNulls);
  }

  /**
   * Sets the value of a key, whatever it held before.
   *
   * Without `keepttl` a time to live that the key had is gone.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Taking a lock for ten seconds
   * ```ts
   * await client.set("lock", "me", { nx: true, ex: 10 }); // "OK", or null if somebody else has it
   * ```
   *
   * @param key The key.
   * @param value The value.
   * @param options Condition, expiry, and what to answer.
   * @returns `"OK"`; null if the condition did not hold; with `get` the old value, null if there was none.
   * @throws {ServerError} If `get` is set and the key holds something else than a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/set/}
   */
  set(key: Key, value: Value, options: SetOptions & { get: true }): Promise<T | null>;
  /** Sets the value of a key, whatever it held before. */
  set(
    key: Key,
    value: Value,
    options?: SetOptions & { get?: false },
  ): Promise<"OK" | null>;
  /** Sets the value of a key, whatever it held before. */
  set(key: Key, value: Value, options?: SetOptions): Promise<T | "OK" | null> {
    const words: Words = ["SET", key, value];
    if (options === undefined) return this.send<"OK" | null>(words, toOkOrNull);
    if (options.nx) words.push("NX");
    if (options.xx) words.push("XX");
    if (options.ifeq !== undefined) words.push("IFEQ", options.ifeq);
    if (options.get) words.push("GET");
    if (options.ex !== undefined) words.push("EX", options.ex);
    if (options.px !== undefined) words.push("PX", options.px);
    if (options.exat !== undefined) words.push("EXAT", options.exat);
    if (options.pxat !== undefined) words.push("PXAT", options.pxat);
    if (options.keepttl) words.push("KEEPTTL");
    return options.get
      ? this.send<T | null>(words, toBulkOrNull)
      : this.send<"OK" | null>(words, toOkOrNull);
  }
}
