/**
 * The hash commands, `HDEL` to `HVALS`.
 *
 * @module
 */

import { Executor, type Origin, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { taken } from "../words.ts";
import {
  append,
  appendCounted,
  appendEntries,
  appendFlag,
  type AtMostOne,
  type Entries,
  type Integer,
  type Key,
  type OneOrMany,
  type Value,
} from "./_args.ts";
import {
  type Fields,
  toBoolean,
  toBulk,
  toBulkOrNull,
  toBulks,
  toBulksOrNulls,
  toDecimal,
  toFields,
  toIntegerLike,
  toNumber,
  toNumbers,
  toOk,
  toPairs,
} from "./_decode.ts";
import {
  appendExpireCondition,
  appendExpiry,
  type ExpireCondition,
  GET_EXPIRY,
  type GetExpiry,
  inMilliseconds,
  inSeconds,
  SET_EXPIRY,
  type SetExpiry,
} from "./_expiry.ts";
import { optionsOf } from "./_options.ts";
import {
  appendScanOptions,
  type Cursor,
  iteratePages,
  SCAN_OPTIONS,
  type ScanOptions,
  type ScanPage,
  takenOptions,
  toBulksPage,
  toScanPage,
} from "./_scan.ts";

/**
 * When {@linkcode HashCommands.prototype.hsetex | HashCommands.hsetex} writes the fields: all of them, or none. At most
 * one of the options for the key, and at most one for the fields.
 *
 * - `nx` or `xx`: only if the key does not exist, or only if it exists (Valkey 9.1).
 * - `fnx` or `fxx`: only if none of the fields exists, or only if all of them exist.
 */
export type HsetexCondition =
  & AtMostOne<{
    /** Only if the key does not exist (Valkey 9.1). */
    nx: boolean;
    /** Only if the key exists (Valkey 9.1). */
    xx: boolean;
  }>
  & AtMostOne<{
    /** Only if none of the fields exists. */
    fnx: boolean;
    /** Only if all of the fields exist. */
    fxx: boolean;
  }>;

/**
 * Options for {@linkcode HashCommands.prototype.hsetex | HashCommands.hsetex}: {@linkcode SetExpiry} and
 * {@linkcode HsetexCondition}.
 */
export type HsetexOptions = SetExpiry & HsetexCondition;

/** Options for {@linkcode HashCommands.prototype.hscan | HashCommands.hscan} without the values. */
export interface HscanFieldsOptions extends ScanOptions {
  /** Return fields without their values (Redis 7.4, Valkey 8.0). */
  novalues: true;
}

/** Options for {@linkcode HashCommands.prototype.hscan | HashCommands.hscan} with the values. */
export interface HscanValuesOptions extends ScanOptions {
  /**
   * Return fields without their values (Redis 7.4, Valkey 8.0).
   *
   * @default {false}
   */
  novalues?: false;
}

/**
 * Options for {@linkcode HashCommands.prototype.hscan | HashCommands.hscan} with or without the values, decided at run
 * time.
 */
export interface HscanOptions extends ScanOptions {
  /**
   * Return fields without their values (Redis 7.4, Valkey 8.0).
   *
   * @default {false}
   */
  novalues?: boolean;
}

/** Option to return fields without their values. */
export interface WithoutValues {
  /**
   * Return the values as well.
   *
   * @default {false}
   */
  withvalues?: false;
}

/** Option to return fields with their values. */
export interface WithValues {
  /** Return the values as well. */
  withvalues: true;
}

/** Options for {@linkcode HashCommands.prototype.hrandfield | HashCommands.hrandfield}, decided at run time. */
export interface HrandfieldOptions {
  /**
   * Return the values as well.
   *
   * @default {false}
   */
  withvalues?: boolean;
}

const HRANDFIELD_OPTIONS: OptionShape<HrandfieldOptions> = { withvalues: "flag" };

const HSCAN_OPTIONS: OptionShape<HscanOptions> = { ...SCAN_OPTIONS, novalues: "flag" };

const HSETEX_OPTIONS: OptionShape<HsetexOptions> = {
  ...SET_EXPIRY,
  nx: "flag",
  xx: "flag",
  fnx: "flag",
  fxx: "flag",
};

/**
 * The hash commands. A hash holds fields with values under one key, like the properties of an object.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class HashCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Deletes fields of a hash.
   *
   * When the last field is deleted, the key is deleted.
   *
   * Complexity O(N) for N fields · since 2.0.0
   *
   * @example Delete a field and a missing one
   * ```ts
   * await client.hset("user:1", { name: "Ada", phone: "12" });
   * await client.hdel("user:1", ["phone", "fax"]); // 1
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns The number of fields deleted; fields that did not exist do not count.
   * @throws {RangeError} If `fields` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hdel/}
   */
  hdel(key: Key, fields: OneOrMany<Key>): Promise<number> {
    return this.send(append(["HDEL", key], fields, "fields"), toNumber);
  }

  /**
   * Checks whether a hash has a field.
   *
   * Complexity O(1) · since 2.0.0 · read-only
   *
   * @example Check for a phone number
   * ```ts
   * await client.hset("user:1", { name: "Ada" });
   * await client.hexists("user:1", "phone"); // false
   * ```
   *
   * @param key Key of the hash.
   * @param field Name of the field.
   * @returns True if the field exists; false if it does not, or the key does not.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hexists/}
   */
  hexists(key: Key, field: Key): Promise<boolean> {
    return this.send(["HEXISTS", key, field], toBoolean);
  }

  /**
   * Sets the time to live of fields in seconds.
   *
   * With 0 or a negative number the fields are deleted at once.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0
   *
   * @example A code that is valid for five minutes
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hexpire("user:1", 300, ["code", "fax"]); // [1, -2]
   * ```
   *
   * @param key Key of the hash.
   * @param seconds Time to live in seconds, a whole number.
   * @param fields One field, or several in an array or other iterable.
   * @param condition When to set it, checked for each field: `nx`, `xx`, `gt` or `lt`.
   * @returns One number per field: 1 if its expiry was set, 2 if it was deleted at once, 0 if the condition did not
   * hold, −2 if it does not exist.
   * @throws {RangeError} If `fields` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hexpire/}
   */
  hexpire(
    key: Key,
    seconds: number,
    fields: OneOrMany<Key>,
    condition?: ExpireCondition,
  ): Promise<number[]> {
    const words: Words = ["HEXPIRE", key, seconds];
    appendExpireCondition(words, condition);
    return this.send(appendFieldNames(words, fields), toNumbers);
  }

  /**
   * Sets the time at which fields expire, in seconds.
   *
   * With a time in the past the fields are deleted at once.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0
   *
   * @example A code that is valid until the end of the century
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hexpireat("user:1", Date.UTC(2101, 0, 1) / 1000, "code"); // [1]
   * ```
   *
   * @param key Key of the hash.
   * @param time Unix time in seconds, or a `Date`, which is rounded up to a whole second.
   * @param fields One field, or several in an array or other iterable.
   * @param condition When to set it, checked for each field: `nx`, `xx`, `gt` or `lt`.
   * @returns One number per field: 1 if its expiry was set, 2 if it was deleted at once, 0 if the condition did not
   * hold, −2 if it does not exist.
   * @throws {RangeError} If `fields` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hexpireat/}
   */
  hexpireat(
    key: Key,
    time: number | Date,
    fields: OneOrMany<Key>,
    condition?: ExpireCondition,
  ): Promise<number[]> {
    const words: Words = ["HEXPIREAT", key, inSeconds(time)];
    appendExpireCondition(words, condition);
    return this.send(appendFieldNames(words, fields), toNumbers);
  }

  /**
   * Returns the times at which fields expire, in seconds.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0 · read-only
   *
   * @example A field with an expiry, and one without
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hexpireat("user:1", 4133980800, "code");
   * await client.hexpiretime("user:1", ["code", "name"]); // [4133980800, -1]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns One number per field: the Unix time in seconds, −1 if it has no expiry, −2 if it does not exist.
   * @throws {RangeError} If `fields` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hexpiretime/}
   */
  hexpiretime(key: Key, fields: OneOrMany<Key>): Promise<number[]> {
    return this.send(appendFieldNames(["HEXPIRETIME", key], fields), toNumbers);
  }

  /**
   * Returns the value of a field.
   *
   * Complexity O(1) · since 2.0.0 · read-only
   *
   * @example Read a field
   * ```ts
   * await client.hset("user:1", { name: "Ada" });
   * await client.hget("user:1", "name"); // "Ada"
   * ```
   *
   * @param key Key of the hash.
   * @param field Name of the field.
   * @returns The value, or null if the key or the field does not exist.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hget/}
   */
  hget(key: Key, field: Key): Promise<T | null> {
    return this.send<T | null>(["HGET", key, field], toBulkOrNull);
  }

  /**
   * Returns all fields of a hash with their values.
   *
   * Complexity O(N) for N fields · since 2.0.0 · read-only
   *
   * @example A hash as an object
   * ```ts
   * await client.hset("user:1", { name: "Ada", born: 1815 });
   * await client.hgetall("user:1"); // { name: "Ada", born: "1815" }
   * ```
   *
   * @param key Key of the hash.
   * @returns The values by field: an object without a prototype, or a {@linkcode ByteMap} on a `bytes` view. It is
   * empty if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hgetall/}
   */
  hgetall(key: Key): Promise<Fields<T>> {
    return this.send<Fields<T>>(["HGETALL", key], toFields);
  }

  /**
   * Returns the values of fields and deletes the fields.
   *
   * When the last field is deleted, the key is deleted.
   *
   * Complexity O(N) for N fields · since Redis 8.0, Valkey 9.1
   *
   * @example Accept a one-time code only once
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hgetdel("user:1", ["code", "fax"]); // ["1234", null]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns The values in the order of `fields`, with null for each field that did not exist.
   * @throws {RangeError} If `fields` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hgetdel/}
   */
  hgetdel(key: Key, fields: OneOrMany<Key>): Promise<(T | null)[]> {
    return this.send<(T | null)[]>(appendFieldNames(["HGETDEL", key], fields), toBulksOrNulls);
  }

  /**
   * Returns the values of fields and changes their expiry.
   *
   * Complexity O(N) for N fields · since Redis 8.0, Valkey 9.0
   *
   * @example Extend a token each time it is read
   * ```ts
   * await client.hset("user:1", { name: "Ada", token: "abc" });
   * await client.hgetex("user:1", "token", { ex: 3600 }); // ["abc"]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @param expiry The new time to live or expiry time, or `persist` to remove the expiry.
   * @returns The values in the order of `fields`, with null for each field that does not exist.
   * @throws {RangeError} If `fields` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hgetex/}
   */
  hgetex(key: Key, fields: OneOrMany<Key>, expiry?: GetExpiry): Promise<(T | null)[]> {
    const words: Words = ["HGETEX", key];
    appendExpiry(words, optionsOf(words, expiry, GET_EXPIRY));
    return this.send<(T | null)[]>(appendFieldNames(words, fields), toBulksOrNulls);
  }

  /**
   * Adds an integer to a counter in a field, which starts at 0 if the field does not exist.
   *
   * Complexity O(1) · since 2.0.0
   *
   * @example Count visits, as a number and as a bigint
   * ```ts
   * await client.hincrby("user:1", "visits", 1); // 1
   * await client.hincrby("user:1", "visits", 10n); // 11n
   * ```
   *
   * @param key Key of the hash.
   * @param field Name of the field.
   * @param increment The integer to add, possibly negative. Its type, number, bigint or decimal text, is the type of
   * the result.
   * @returns The new value. If it is beyond ±(2^53 − 1), it is a bigint for a number, too: see
   * {@linkcode StringCommands}.
   * @throws {ServerError} If the value is not an integer, or the result does not fit into 64 bits.
   * @see {@link https://valkey.io/commands/hincrby/}
   */
  hincrby(key: Key, field: Key, increment: number): Promise<number | bigint>;
  /** Adds a bigint to a counter in a field, and returns the new value as a bigint. */
  hincrby(key: Key, field: Key, increment: bigint): Promise<bigint>;
  /** Adds a number or a bigint to a counter in a field. */
  hincrby(key: Key, field: Key, increment: number | bigint): Promise<number | bigint>;
  /** Adds an integer in decimal text to a counter in a field, and returns the new value as decimal text. */
  hincrby(key: Key, field: Key, increment: string): Promise<string>;
  /**
   * Adds an integer to a counter in a field, and returns the new value in the type of the argument, or as a bigint if
   * it is
   * beyond ±(2^53 − 1).
   */
  hincrby(key: Key, field: Key, increment: Integer): Promise<Integer>;
  /** Adds an integer to a counter in a field. */
  hincrby(key: Key, field: Key, increment: Integer): Promise<Integer> {
    return this.send<Integer>(["HINCRBY", key, field, increment], toIntegerLike(increment));
  }

  /**
   * Adds a decimal number to the one in a field, which starts at 0 if the field does not exist.
   *
   * The server keeps more digits than a `number` does: up to 17 after the decimal point, and integers beyond 2^53. Pass
   * the increment as text to get the new value as text, with all its digits.
   *
   * Complexity O(1) · since 2.6.0
   *
   * @example Subtract an amount, and keep all digits
   * ```ts
   * await client.hset("account:1", { balance: "10.5" });
   * await client.hincrbyfloat("account:1", "balance", -0.25); // 10.25
   * await client.hincrbyfloat("account:1", "wei", "9007199254740993"); // "9007199254740993"
   * ```
   *
   * @param key Key of the hash.
   * @param field Name of the field.
   * @param increment The decimal number to add, possibly negative, as a number or as text.
   * @returns The new value, as a number rounded to the nearest double; if the increment is text, as exact text.
   * @throws {ServerError} If the value is not a decimal number, or the sum is not finite.
   * @see {@link https://valkey.io/commands/hincrbyfloat/}
   */
  hincrbyfloat(key: Key, field: Key, increment: number): Promise<number>;
  /** Adds a decimal number in text, and returns the new value as exact text. */
  hincrbyfloat(key: Key, field: Key, increment: string): Promise<string>;
  /** Adds a decimal number to the one in a field. */
  hincrbyfloat(key: Key, field: Key, increment: number | string): Promise<number | string>;
  /** Adds a decimal number to the one in a field. */
  hincrbyfloat(key: Key, field: Key, increment: number | string): Promise<number | string> {
    return this.send<number | string>(
      ["HINCRBYFLOAT", key, field, increment],
      typeof increment === "string" ? toDecimal : toNumber,
    );
  }

  /**
   * Returns the names of all fields of a hash.
   *
   * Complexity O(N) for N fields · since 2.0.0 · read-only
   *
   * @example Names of the fields of a user
   * ```ts
   * await client.hset("user:1", { name: "Ada", born: 1815 });
   * await client.hkeys("user:1"); // ["name", "born"]
   * ```
   *
   * @param key Key of the hash.
   * @returns The names; an empty array if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hkeys/}
   */
  hkeys(key: Key): Promise<T[]> {
    return this.send<T[]>(["HKEYS", key], toBulks);
  }

  /**
   * Counts the fields of a hash.
   *
   * Complexity O(1) · since 2.0.0 · read-only
   *
   * @example Number of fields
   * ```ts
   * await client.hset("user:1", { name: "Ada", born: 1815 });
   * await client.hlen("user:1"); // 2
   * ```
   *
   * @param key Key of the hash.
   * @returns The number of fields, 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hlen/}
   */
  hlen(key: Key): Promise<number> {
    return this.send(["HLEN", key], toNumber);
  }

  /**
   * Returns the values of several fields.
   *
   * Complexity O(N) for N fields · since 2.0.0 · read-only
   *
   * @example A field and a missing one
   * ```ts
   * await client.hset("user:1", { name: "Ada" });
   * await client.hmget("user:1", ["name", "phone"]); // ["Ada", null]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns The values in the order of `fields`, with null for each field that does not exist.
   * @throws {RangeError} If `fields` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hmget/}
   */
  hmget(key: Key, fields: OneOrMany<Key>): Promise<(T | null)[]> {
    return this.send<(T | null)[]>(append(["HMGET", key], fields, "fields"), toBulksOrNulls);
  }

  /**
   * Sets the values of fields, and creates the hash if the key does not exist.
   *
   * Complexity O(N) for N fields · since 2.0.0
   *
   * @deprecated Use {@linkcode HashCommands.prototype.hset | HashCommands.hset}.
   *
   * @example Set two fields
   * ```ts
   * await client.hmset("user:1", { name: "Ada", born: 1815 }); // "OK"
   * ```
   *
   * @param key Key of the hash.
   * @param entries The fields with their values, such as `{ name: "Ada" }` or `[["name", "Ada"]]`.
   * @returns Always `"OK"`.
   * @throws {RangeError} If `entries` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hmset/}
   */
  hmset(key: Key, entries: Entries): Promise<"OK"> {
    return this.send(appendEntries(["HMSET", key], entries, "fields"), toOk);
  }

  /**
   * Removes the expiry of fields.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0
   *
   * @example A field with an expiry, one without, and a missing one
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hexpire("user:1", 300, "code");
   * await client.hpersist("user:1", ["code", "name", "fax"]); // [1, -1, -2]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns One number per field: 1 if its expiry was removed, −1 if it had none, −2 if it does not exist.
   * @throws {RangeError} If `fields` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hpersist/}
   */
  hpersist(key: Key, fields: OneOrMany<Key>): Promise<number[]> {
    return this.send(appendFieldNames(["HPERSIST", key], fields), toNumbers);
  }

  /**
   * Sets the time to live of fields in milliseconds.
   *
   * With 0 or a negative number the fields are deleted at once.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0
   *
   * @example A code that is valid for a minute and a half
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hpexpire("user:1", 90_000, "code"); // [1]
   * ```
   *
   * @param key Key of the hash.
   * @param milliseconds Time to live in milliseconds, a whole number.
   * @param fields One field, or several in an array or other iterable.
   * @param condition When to set it, checked for each field: `nx`, `xx`, `gt` or `lt`.
   * @returns One number per field: 1 if its expiry was set, 2 if it was deleted at once, 0 if the condition did not
   * hold, −2 if it does not exist.
   * @throws {RangeError} If `fields` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hpexpire/}
   */
  hpexpire(
    key: Key,
    milliseconds: number,
    fields: OneOrMany<Key>,
    condition?: ExpireCondition,
  ): Promise<number[]> {
    const words: Words = ["HPEXPIRE", key, milliseconds];
    appendExpireCondition(words, condition);
    return this.send(appendFieldNames(words, fields), toNumbers);
  }

  /**
   * Sets the time at which fields expire, in milliseconds.
   *
   * With a time in the past the fields are deleted at once.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0
   *
   * @example A code that is valid until the end of the century
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hpexpireat("user:1", Date.UTC(2101, 0, 1), "code"); // [1]
   * ```
   *
   * @param key Key of the hash.
   * @param time Unix time in milliseconds, or a `Date`.
   * @param fields One field, or several in an array or other iterable.
   * @param condition When to set it, checked for each field: `nx`, `xx`, `gt` or `lt`.
   * @returns One number per field: 1 if its expiry was set, 2 if it was deleted at once, 0 if the condition did not
   * hold, −2 if it does not exist.
   * @throws {RangeError} If `fields` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hpexpireat/}
   */
  hpexpireat(
    key: Key,
    time: number | Date,
    fields: OneOrMany<Key>,
    condition?: ExpireCondition,
  ): Promise<number[]> {
    const words: Words = ["HPEXPIREAT", key, inMilliseconds(time)];
    appendExpireCondition(words, condition);
    return this.send(appendFieldNames(words, fields), toNumbers);
  }

  /**
   * Returns the times at which fields expire, in milliseconds.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0 · read-only
   *
   * @example A field with an expiry, and one without
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hpexpireat("user:1", 4133980800500, "code");
   * await client.hpexpiretime("user:1", ["code", "name"]); // [4133980800500, -1]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns One number per field: the Unix time in milliseconds, −1 if it has no expiry, −2 if it does not exist.
   * @throws {RangeError} If `fields` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hpexpiretime/}
   */
  hpexpiretime(key: Key, fields: OneOrMany<Key>): Promise<number[]> {
    return this.send(appendFieldNames(["HPEXPIRETIME", key], fields), toNumbers);
  }

  /**
   * Returns the remaining times to live of fields in milliseconds.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0 · read-only
   *
   * @example A field without an expiry, and a missing one
   * ```ts
   * await client.hset("user:1", { name: "Ada" });
   * await client.hpttl("user:1", ["name", "fax"]); // [-1, -2]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns One number per field: the time in milliseconds, −1 if it has no expiry, −2 if it does not exist.
   * @throws {RangeError} If `fields` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hpttl/}
   */
  hpttl(key: Key, fields: OneOrMany<Key>): Promise<number[]> {
    return this.send(appendFieldNames(["HPTTL", key], fields), toNumbers);
  }

  /**
   * Returns random fields of a hash.
   *
   * A positive `count` returns that many different fields, or all if there are fewer. A negative `count` returns
   * exactly that many, and a field may come several times.
   *
   * Complexity O(N) for N fields returned · since 6.2.0 · read-only
   *
   * @example From a hash with one field
   * ```ts
   * await client.hset("user:1", { name: "Ada" });
   * await client.hrandfield("user:1"); // "name"
   * await client.hrandfield("user:1", -2); // ["name", "name"]
   * await client.hrandfield("user:1", 2, { withvalues: true }); // [["name", "Ada"]]
   * ```
   *
   * @param key Key of the hash.
   * @param count Number of fields; negative to allow repeats. Without it, one field is returned without an array.
   * @param options `withvalues`: return the values as well.
   * @returns The name of the field, or null if the key does not exist. With `count` an array of names, with
   * `withvalues` of pairs of name and value.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hrandfield/}
   */
  hrandfield(key: Key): Promise<T | null>;
  /** Returns several random fields of a hash. */
  hrandfield(key: Key, count: number, options?: WithoutValues): Promise<T[]>;
  /** Returns several random fields of a hash, with their values. */
  hrandfield(
    key: Key,
    count: number,
    options: WithValues,
  ): Promise<[field: T, value: T][]>;
  /** Returns several random fields of a hash, with their values if `withvalues` is true. */
  hrandfield(
    key: Key,
    count: number,
    options: HrandfieldOptions,
  ): Promise<T[] | [field: T, value: T][]>;
  /** Returns random fields of a hash. */
  hrandfield(
    key: Key,
    count?: number,
    options?: HrandfieldOptions,
  ): Promise<T | null | T[] | [field: T, value: T][]> {
    const words: Words = ["HRANDFIELD", key];
    const { withvalues } = optionsOf(words, options, HRANDFIELD_OPTIONS);
    if (count === undefined && !withvalues) return this.send<T | null>(words, toBulkOrNull);
    words.push(count as number);
    appendFlag(words, "WITHVALUES", withvalues);
    return withvalues
      ? this.send<[T, T][]>(words, toFieldsAndValues)
      : this.send<T[]>(words, toBulks);
  }

  /**
   * Returns one page of the fields of a hash, with their values.
   *
   * {@linkcode HashCommands.prototype.hscanIterator | HashCommands.hscanIterator} reads all pages. A field that exists
   * from the first page to the last is returned at least once, possibly several times. A small hash is returned as one
   * page, whatever `count` is.
   *
   * Complexity O(1) for a page, O(N) for N fields in all · since 2.8.0 · read-only
   *
   * @example The only page of a small hash
   * ```ts
   * await client.hset("user:1", { name: "Ada" });
   * await client.hscan("user:1", "0"); // { cursor: "0", items: [["name", "Ada"]] }
   * ```
   *
   * @param key Key of the hash.
   * @param cursor `"0"` for the first page, then the `cursor` of the page before.
   * @param options `match`: only fields that match this pattern; `count`: fields per page; `novalues`: without the
   * values.
   * @returns The cursor of the next page, and the fields as pairs of name and value; with `novalues` the names alone.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hscan/}
   */
  hscan(
    key: Key,
    cursor: Cursor,
    options?: HscanValuesOptions,
  ): Promise<ScanPage<[field: T, value: T]>>;
  /** Returns one page of the fields of a hash, without their values. */
  hscan(key: Key, cursor: Cursor, options: HscanFieldsOptions): Promise<ScanPage<T>>;
  /** Returns one page of the fields of a hash, without their values if `novalues` is true. */
  hscan(
    key: Key,
    cursor: Cursor,
    options: HscanOptions,
  ): Promise<ScanPage<[field: T, value: T]> | ScanPage<T>>;
  /** Returns one page of the fields of a hash. */
  hscan(
    key: Key,
    cursor: Cursor,
    options?: HscanOptions,
  ): Promise<ScanPage<[field: T, value: T]> | ScanPage<T>> {
    const words: Words = ["HSCAN", key, cursor];
    const given = optionsOf(words, options, HSCAN_OPTIONS);
    appendScanOptions(words, given);
    appendFlag(words, "NOVALUES", given.novalues);
    return given.novalues
      ? this.send<ScanPage<T>>(words, toBulksPage)
      : this.send<ScanPage<[T, T]>>(words, toFieldsAndValuesPage);
  }

  /**
   * Iterates over the fields of a hash, page by page.
   *
   * A field that exists during the whole iteration is yielded at least once, possibly several times. Each page is one
   * request, and the iteration rejects if a request fails: `client.with({ timeout: 10_000 })` waits longer for a server
   * that is being restarted. After a restart or failover of the server the iteration starts over, because a cursor is
   * only valid in the process that made it. The loop can end early: the server keeps no state.
   *
   * Complexity O(N) for N fields in all · since 2.8.0 · read-only
   *
   * @example Add up the values of the fields that match a pattern
   * ```ts
   * await client.hset("stock", { "apple:red": 2, "apple:green": 3, pear: 4 });
   * let apples = 0;
   * for await (const [, count] of client.hscanIterator("stock", { match: "apple:*" })) {
   *   apples += Number(count);
   * }
   * apples; // 5
   * ```
   *
   * @param key Key of the hash.
   * @param options `match`: only fields that match this pattern; `count`: fields per page; `novalues`: without the
   * values.
   * @returns An iterator of pairs of name and value; with `novalues` of names alone.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hscan/}
   */
  hscanIterator(
    key: Key,
    options?: HscanValuesOptions,
  ): AsyncGenerator<[field: T, value: T], void, undefined>;
  /** Iterates over the fields of a hash, without their values. */
  hscanIterator(key: Key, options: HscanFieldsOptions): AsyncGenerator<T, void, undefined>;
  /** Iterates over the fields of a hash, without their values if `novalues` is true. */
  hscanIterator(
    key: Key,
    options: HscanOptions,
  ): AsyncGenerator<[field: T, value: T] | T, void, undefined>;
  /** Iterates over the fields of a hash. */
  hscanIterator(
    key: Key,
    options?: HscanOptions,
  ): AsyncGenerator<[field: T, value: T] | T, void, undefined> {
    const [ownKey, own] = [taken(key), takenOptions(options)];
    // The value of `novalues` decides what the pages contain, whichever overload was called.
    return iteratePages<[T, T] | T>((cursor) =>
      this.hscan(ownKey, cursor, own as HscanFieldsOptions)
    );
  }

  /**
   * Sets the values of fields, and creates the hash if the key does not exist.
   *
   * Removes the expiry of these fields.
   *
   * Complexity O(N) for N fields · since 2.0.0
   *
   * @example Store a user, then change one field
   * ```ts
   * await client.hset("user:1", { name: "Ada", born: 1815 }); // 2
   * await client.hset("user:1", { name: "Ada Lovelace" }); // 0
   * await client.hgetall("user:1"); // { name: "Ada Lovelace", born: "1815" }
   * ```
   *
   * @param key Key of the hash.
   * @param entries The fields with their values, such as `{ name: "Ada" }` or `[["name", "Ada"]]`.
   * @returns The number of fields added; fields that existed do not count.
   * @throws {RangeError} If `entries` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hset/}
   */
  hset(key: Key, entries: Entries): Promise<number> {
    return this.send(appendEntries(["HSET", key], entries, "fields"), toNumber);
  }

  /**
   * Sets the values and the expiry of fields, all or none of them.
   *
   * Removes the expiry of these fields if the options set none and `keepttl` is not set.
   *
   * Complexity O(N) for N fields · since Redis 8.0, Valkey 9.0
   *
   * @example A code that is valid for five minutes and not replaced before
   * ```ts
   * await client.hsetex("user:1", { code: "1234" }, { ex: 300, fnx: true }); // true
   * await client.hsetex("user:1", { code: "9999" }, { ex: 300, fnx: true }); // false
   * ```
   *
   * @param key Key of the hash.
   * @param entries The fields with their values, such as `{ name: "Ada" }` or `[["name", "Ada"]]`.
   * @param options `nx`, `xx`, `fnx` or `fxx`: the condition; `ex`, `px`, `exat`, `pxat` or `keepttl`: the expiry.
   * @returns True if the values were set, false if the condition did not hold.
   * @throws {RangeError} If `entries` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hsetex/}
   */
  hsetex(key: Key, entries: Entries, options?: HsetexOptions): Promise<boolean> {
    const words: Words = ["HSETEX", key];
    const given = optionsOf(words, options, HSETEX_OPTIONS);
    appendFlag(words, "NX", given.nx);
    appendFlag(words, "XX", given.xx);
    appendFlag(words, "FNX", given.fnx);
    appendFlag(words, "FXX", given.fxx);
    appendExpiry(words, given);
    const count = words.push("FIELDS", 0);
    appendEntries(words, entries, "fields");
    words[count - 1] = (words.length - count) / 2;
    return this.send(words, toBoolean);
  }

  /**
   * Sets the value of a field if the field does not exist.
   *
   * Complexity O(1) · since 2.0.0
   *
   * @example Only the first value is kept
   * ```ts
   * await client.hsetnx("game:1", "winner", "Ada"); // true
   * await client.hsetnx("game:1", "winner", "Grace"); // false
   * ```
   *
   * @param key Key of the hash.
   * @param field Name of the field.
   * @param value The value: text, bytes, or a number.
   * @returns True if the value was set, false if the field exists.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hsetnx/}
   */
  hsetnx(key: Key, field: Key, value: Value): Promise<boolean> {
    return this.send(["HSETNX", key, field, value], toBoolean);
  }

  /**
   * Returns the length of the value of a field in bytes.
   *
   * Complexity O(1) · since 3.2.0 · read-only
   *
   * @example Bytes are not characters
   * ```ts
   * await client.hset("user:1", { city: "Zürich" });
   * await client.hstrlen("user:1", "city"); // 7
   * ```
   *
   * @param key Key of the hash.
   * @param field Name of the field.
   * @returns The length in bytes, 0 if the key or the field does not exist.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hstrlen/}
   */
  hstrlen(key: Key, field: Key): Promise<number> {
    return this.send(["HSTRLEN", key, field], toNumber);
  }

  /**
   * Returns the remaining times to live of fields in seconds.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0 · read-only
   *
   * @example A field with an expiry, one without, and a missing one
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hexpire("user:1", 300, "code");
   * await client.httl("user:1", ["code", "name", "fax"]); // [300, -1, -2]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns One number per field: the time in seconds, rounded; −1 if it has no expiry, −2 if it does not exist.
   * @throws {RangeError} If `fields` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/httl/}
   */
  httl(key: Key, fields: OneOrMany<Key>): Promise<number[]> {
    return this.send(appendFieldNames(["HTTL", key], fields), toNumbers);
  }

  /**
   * Returns all values of a hash.
   *
   * Complexity O(N) for N fields · since 2.0.0 · read-only
   *
   * @example Values of the fields of a user
   * ```ts
   * await client.hset("user:1", { name: "Ada", born: 1815 });
   * await client.hvals("user:1"); // ["Ada", "1815"]
   * ```
   *
   * @param key Key of the hash.
   * @returns The values; an empty array if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hvals/}
   */
  hvals(key: Key): Promise<T[]> {
    return this.send<T[]>(["HVALS", key], toBulks);
  }
}

/** `FIELDS numfields field [field …]`. */
function appendFieldNames(words: Words, fields: OneOrMany<Key>): Words {
  words.push("FIELDS");
  return appendCounted(words, fields, "fields");
}

function toFieldsAndValues<T extends string | Uint8Array>(reply: Reply): [field: T, value: T][] {
  return Array.from(toPairs(reply), ([field, value]) => [toBulk<T>(field), toBulk<T>(value)]);
}

function toFieldsAndValuesPage<T extends string | Uint8Array>(
  reply: Reply,
  _bytes?: boolean,
  origin?: Origin,
): ScanPage<[field: T, value: T]> {
  return toScanPage(reply, toFieldsAndValues<T>, origin);
}
