/**
 * Commands on hashes.
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

/** On what condition HSETEX writes. At most one for the key, and at most one for the fields. */
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

/** Options for {@linkcode HashCommands.hsetex}. */
export type HsetexOptions = SetExpiry & HsetexCondition;

/** Options for {@linkcode HashCommands.hscan} that leave the values out. */
export interface HscanFieldsOptions extends ScanOptions {
  /** Answer the names of the fields only (Redis 7.4, Valkey 8.0). */
  novalues: true;
}

/** Options for {@linkcode HashCommands.hscan} with the values. */
export interface HscanValuesOptions extends ScanOptions {
  /** Answer the fields only (Redis 7.4, Valkey 8.0). @default {false} */
  novalues?: false;
}

/** Options for {@linkcode HashCommands.hscan}. */
export interface HscanOptions extends ScanOptions {
  /** Answer the names of the fields only (Redis 7.4, Valkey 8.0). @default {false} */
  novalues?: boolean;
}

/** Ask for fields without their values. */
export interface WithoutValues {
  /** Answer the values too. @default {false} */
  withvalues?: false;
}

/** Ask for fields with their values. */
export interface WithValues {
  /** Answer the values too. */
  withvalues: true;
}

/** Options for {@linkcode HashCommands.hrandfield}. */
export interface HrandfieldOptions {
  /** Answer the values too. @default {false} */
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
 * Commands on hashes: fields with values under one key.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class HashCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Deletes fields of a hash.
   *
   * A hash without fields ceases to exist.
   *
   * Complexity O(N) for N fields · since 2.0.0
   *
   * @example Forgetting a phone number
   * ```ts
   * await client.hset("user:1", { name: "Ada", phone: "12" });
   * await client.hdel("user:1", ["phone", "fax"]); // 1
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns How many of them existed.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hdel/}
   */
  hdel(key: Key, fields: OneOrMany<Key>): Promise<number> {
    return this.send(append(["HDEL", key], fields, "fields"), toNumber);
  }

  /**
   * Tells whether a hash has a field.
   *
   * Complexity O(1) · since 2.0.0 · read-only
   *
   * @example Is there a phone number?
   * ```ts
   * await client.hset("user:1", { name: "Ada" });
   * await client.hexists("user:1", "phone"); // false
   * ```
   *
   * @param key Key of the hash.
   * @param field Name of the field.
   * @returns Whether it exists; false also if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hexists/}
   */
  hexists(key: Key, field: Key): Promise<boolean> {
    return this.send(["HEXISTS", key, field], toBoolean);
  }

  /**
   * Sets after how many seconds fields of a hash expire.
   *
   * A time that is not positive deletes the fields at once.
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
   * @param seconds Their time to live in seconds.
   * @param fields One field, or several in an array or other iterable.
   * @param condition On what condition to change it, for each field by itself.
   * @returns For each field: 1 if its expiry was set, 2 if it was deleted at once, 0 if the condition did not hold, −2
   * if it does not exist.
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
   * Sets at which Unix time in seconds fields of a hash expire.
   *
   * A time in the past deletes the fields at once.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0
   *
   * @example Until the end of the century
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hexpireat("user:1", Date.UTC(2101, 0, 1) / 1000, "code"); // [1]
   * ```
   *
   * @param key Key of the hash.
   * @param time The Unix time in seconds; a `Date` is rounded up to a whole second.
   * @param fields One field, or several in an array or other iterable.
   * @param condition On what condition to change it, for each field by itself.
   * @returns For each field: 1 if its expiry was set, 2 if it was deleted at once, 0 if the condition did not hold, −2
   * if it does not exist.
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
   * Tells at which Unix time in seconds fields of a hash expire.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0 · read-only
   *
   * @example Reading an expiry back
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hexpireat("user:1", 4133980800, "code");
   * await client.hexpiretime("user:1", ["code", "name"]); // [4133980800, -1]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns For each field: the Unix time in seconds, −1 if it never expires, −2 if it does not exist.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hexpiretime/}
   */
  hexpiretime(key: Key, fields: OneOrMany<Key>): Promise<number[]> {
    return this.send(appendFieldNames(["HEXPIRETIME", key], fields), toNumbers);
  }

  /**
   * Gets the value of a field.
   *
   * Complexity O(1) · since 2.0.0 · read-only
   *
   * @example Reading a field back
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
   * Gets all fields of a hash with their values.
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
   * @returns The fields: an object without a prototype, or a `Map` on a `bytes` view. Empty if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hgetall/}
   */
  hgetall(key: Key): Promise<Fields<T>> {
    return this.send<Fields<T>>(["HGETALL", key], toFields);
  }

  /**
   * Gets the values of fields and deletes the fields.
   *
   * A hash without fields ceases to exist.
   *
   * Complexity O(N) for N fields · since Redis 8.0, Valkey 9.1
   *
   * @example Using a one-time code up
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hgetdel("user:1", ["code", "fax"]); // ["1234", null]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns The values in the order of the fields, null for each missing one.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hgetdel/}
   */
  hgetdel(key: Key, fields: OneOrMany<Key>): Promise<(T | null)[]> {
    return this.send<(T | null)[]>(appendFieldNames(["HGETDEL", key], fields), toBulksOrNulls);
  }

  /**
   * Gets the values of fields and changes when the fields expire.
   *
   * Complexity O(N) for N fields · since Redis 8.0, Valkey 9.0
   *
   * @example Keeping a token alive
   * ```ts
   * await client.hset("user:1", { name: "Ada", token: "abc" });
   * await client.hgetex("user:1", "token", { ex: 3600 }); // ["abc"]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @param expiry When they shall expire from now on.
   * @returns The values in the order of the fields, null for each missing one.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hgetex/}
   */
  hgetex(key: Key, fields: OneOrMany<Key>, expiry?: GetExpiry): Promise<(T | null)[]> {
    const words: Words = ["HGETEX", key];
    appendExpiry(words, optionsOf(words, expiry, GET_EXPIRY));
    return this.send<(T | null)[]>(appendFieldNames(words, fields), toBulksOrNulls);
  }

  /**
   * Adds to a counter in a field, which begins at 0 if it does not exist.
   *
   * Complexity O(1) · since 2.0.0
   *
   * @example Counting visits
   * ```ts
   * await client.hincrby("user:1", "visits", 1); // 1
   * await client.hincrby("user:1", "visits", 10n); // 11n
   * ```
   *
   * @param key Key of the hash.
   * @param field Name of the field.
   * @param increment What to add, an integer; a negative one subtracts.
   * @returns The new value, of the type of the increment; a bigint beyond ±(2^53 − 1), see {@linkcode StringCommands}.
   * @throws {ServerError} If the value is no integer, or would leave 64 bits.
   * @see {@link https://valkey.io/commands/hincrby/}
   */
  hincrby(key: Key, field: Key, increment: number): Promise<number | bigint>;
  /** Adds a bigint to a counter in a field, and answers a bigint. */
  hincrby(key: Key, field: Key, increment: bigint): Promise<bigint>;
  /** Adds a number or a bigint to a counter in a field. */
  hincrby(key: Key, field: Key, increment: number | bigint): Promise<number | bigint>;
  /** Adds decimal digits to a counter in a field, and answers decimal digits. */
  hincrby(key: Key, field: Key, increment: string): Promise<string>;
  /** Adds to a counter in a field, and answers what is of the type of the argument, or a bigint beyond ±(2^53 − 1). */
  hincrby(key: Key, field: Key, increment: Integer): Promise<Integer>;
  /** Adds to a counter in a field. */
  hincrby(key: Key, field: Key, increment: Integer): Promise<Integer> {
    return this.send<Integer>(["HINCRBY", key, field, increment], toIntegerLike(increment));
  }

  /**
   * Adds to the decimal number in a field, 0 if it does not exist.
   *
   * The server keeps more digits than a number has: up to 17 behind the point, and integers beyond 2^53. Give the
   * increment as text to get the new value as text, with all of its digits.
   *
   * Complexity O(1) · since 2.6.0
   *
   * @example Summing up amounts, and keeping all digits
   * ```ts
   * await client.hset("account:1", { balance: "10.5" });
   * await client.hincrbyfloat("account:1", "balance", -0.25); // 10.25
   * await client.hincrbyfloat("account:1", "wei", "9007199254740993"); // "9007199254740993"
   * ```
   *
   * @param key Key of the hash.
   * @param field Name of the field.
   * @param increment What to add, as a number or as a decimal number in text; a negative one subtracts.
   * @returns The new value: a number, rounded to the nearest one, or the exact text if the increment is text.
   * @throws {ServerError} If the value is no decimal number, or the sum is not finite.
   * @see {@link https://valkey.io/commands/hincrbyfloat/}
   */
  hincrbyfloat(key: Key, field: Key, increment: number): Promise<number>;
  /** Adds a decimal number in text, and answers the exact text of the new value. */
  hincrbyfloat(key: Key, field: Key, increment: string): Promise<string>;
  /** Adds to the decimal number in a field. */
  hincrbyfloat(key: Key, field: Key, increment: number | string): Promise<number | string>;
  /** Adds to the decimal number in a field. */
  hincrbyfloat(key: Key, field: Key, increment: number | string): Promise<number | string> {
    return this.send<number | string>(
      ["HINCRBYFLOAT", key, field, increment],
      typeof increment === "string" ? toDecimal : toNumber,
    );
  }

  /**
   * Lists the fields of a hash.
   *
   * Complexity O(N) for N fields · since 2.0.0 · read-only
   *
   * @example The names without the values
   * ```ts
   * await client.hset("user:1", { name: "Ada", born: 1815 });
   * await client.hkeys("user:1"); // ["name", "born"]
   * ```
   *
   * @param key Key of the hash.
   * @returns The fields; none if the key does not exist.
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
   * @example Two fields
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
   * Gets the values of several fields.
   *
   * Complexity O(N) for N fields · since 2.0.0 · read-only
   *
   * @example Two values, one of them missing
   * ```ts
   * await client.hset("user:1", { name: "Ada" });
   * await client.hmget("user:1", ["name", "phone"]); // ["Ada", null]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns The values in the order of the fields, null for each missing one.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hmget/}
   */
  hmget(key: Key, fields: OneOrMany<Key>): Promise<(T | null)[]> {
    return this.send<(T | null)[]>(append(["HMGET", key], fields, "fields"), toBulksOrNulls);
  }

  /**
   * Sets the values of fields.
   *
   * Complexity O(N) for N fields · since 2.0.0
   *
   * @deprecated Use {@linkcode HashCommands.hset}.
   *
   * @example Writing two fields
   * ```ts
   * await client.hmset("user:1", { name: "Ada", born: 1815 }); // "OK"
   * ```
   *
   * @param key Key of the hash.
   * @param entries The fields and their values.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hmset/}
   */
  hmset(key: Key, entries: Entries): Promise<"OK"> {
    return this.send(appendEntries(["HMSET", key], entries, "fields"), toOk);
  }

  /**
   * Makes fields of a hash never expire.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0
   *
   * @example Keeping what was temporary
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hexpire("user:1", 300, "code");
   * await client.hpersist("user:1", ["code", "name", "fax"]); // [1, -1, -2]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns For each field: 1 if it had an expiry, −1 if it had none, −2 if it does not exist.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hpersist/}
   */
  hpersist(key: Key, fields: OneOrMany<Key>): Promise<number[]> {
    return this.send(appendFieldNames(["HPERSIST", key], fields), toNumbers);
  }

  /**
   * Sets after how many milliseconds fields of a hash expire.
   *
   * A time that is not positive deletes the fields at once.
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
   * @param milliseconds Their time to live in milliseconds.
   * @param fields One field, or several in an array or other iterable.
   * @param condition On what condition to change it, for each field by itself.
   * @returns For each field: 1 if its expiry was set, 2 if it was deleted at once, 0 if the condition did not hold, −2
   * if it does not exist.
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
   * Sets at which Unix time in milliseconds fields of a hash expire.
   *
   * A time in the past deletes the fields at once.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0
   *
   * @example Until the end of the century
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hpexpireat("user:1", Date.UTC(2101, 0, 1), "code"); // [1]
   * ```
   *
   * @param key Key of the hash.
   * @param time The Unix time in milliseconds, or a `Date`.
   * @param fields One field, or several in an array or other iterable.
   * @param condition On what condition to change it, for each field by itself.
   * @returns For each field: 1 if its expiry was set, 2 if it was deleted at once, 0 if the condition did not hold, −2
   * if it does not exist.
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
   * Tells at which Unix time in milliseconds fields of a hash expire.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0 · read-only
   *
   * @example Reading an expiry back
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hpexpireat("user:1", 4133980800500, "code");
   * await client.hpexpiretime("user:1", ["code", "name"]); // [4133980800500, -1]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns For each field: the Unix time in milliseconds, −1 if it never expires, −2 if it does not exist.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hpexpiretime/}
   */
  hpexpiretime(key: Key, fields: OneOrMany<Key>): Promise<number[]> {
    return this.send(appendFieldNames(["HPEXPIRETIME", key], fields), toNumbers);
  }

  /**
   * Tells how many milliseconds fields of a hash still have to live.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0 · read-only
   *
   * @example A field that never expires, and one that does not exist
   * ```ts
   * await client.hset("user:1", { name: "Ada" });
   * await client.hpttl("user:1", ["name", "fax"]); // [-1, -2]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns For each field: the time in milliseconds, −1 if it never expires, −2 if it does not exist.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hpttl/}
   */
  hpttl(key: Key, fields: OneOrMany<Key>): Promise<number[]> {
    return this.send(appendFieldNames(["HPTTL", key], fields), toNumbers);
  }

  /**
   * Picks fields of a hash at random.
   *
   * A positive count asks for that many different fields, or all if there are fewer; a negative one for exactly that
   * many, the same one perhaps several times.
   *
   * Complexity O(N) for N fields answered · since 6.2.0 · read-only
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
   * @param count How many fields; without it one, not in an array.
   * @param options Whether to answer the values too.
   * @returns A field, or null if the key does not exist; with a count an array of fields, or of fields with their
   * values.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hrandfield/}
   */
  hrandfield(key: Key): Promise<T | null>;
  /** Picks several fields of a hash at random. */
  hrandfield(key: Key, count: number, options?: WithoutValues): Promise<T[]>;
  /** Picks several fields of a hash at random, with their values. */
  hrandfield(
    key: Key,
    count: number,
    options: WithValues,
  ): Promise<[field: T, value: T][]>;
  /** Picks several fields of a hash at random, with their values if the flag says so. */
  hrandfield(
    key: Key,
    count: number,
    options: HrandfieldOptions,
  ): Promise<T[] | [field: T, value: T][]>;
  /** Picks fields of a hash at random. */
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
   * Reads one page of the fields of a hash.
   *
   * A field that is there from the first page to the last is in one of them at least, perhaps in several. Small hashes
   * come as one page, whatever `count` says. {@linkcode HashCommands.hscanIterator} reads all pages.
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
   * @param options Which fields, how many for a page, and whether with their values.
   * @returns The page: fields with their values; with `novalues` fields alone.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hscan/}
   */
  hscan(
    key: Key,
    cursor: Cursor,
    options?: HscanValuesOptions,
  ): Promise<ScanPage<[field: T, value: T]>>;
  /** Reads one page of the fields of a hash, without their values. */
  hscan(key: Key, cursor: Cursor, options: HscanFieldsOptions): Promise<ScanPage<T>>;
  /** Reads one page of a hash, with or without the values. */
  hscan(
    key: Key,
    cursor: Cursor,
    options: HscanOptions,
  ): Promise<ScanPage<[field: T, value: T]> | ScanPage<T>>;
  /** Reads one page of the fields of a hash. */
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
   * A field that exists during the whole iteration is yielded at least once, perhaps several times. When another server
   * process answers (after a restart, a failover), the iteration starts over, since a cursor is valid only in the
   * process that made it. Each page is a request of its own: if one fails, the iteration rejects. On a view with a
   * longer timeout it waits for a server that is away for a while. The loop can be left at any time.
   *
   * Complexity O(N) for N fields in all · since 2.8.0 · read-only
   *
   * @example Adding up what matches
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
   * @param options Which fields, how many for a page, and whether with their values.
   * @returns The fields with their values; with `novalues` the fields alone.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hscan/}
   */
  hscanIterator(
    key: Key,
    options?: HscanValuesOptions,
  ): AsyncGenerator<[field: T, value: T], void, undefined>;
  /** Iterates over the fields of a hash, without their values. */
  hscanIterator(key: Key, options: HscanFieldsOptions): AsyncGenerator<T, void, undefined>;
  /** Iterates over a hash, with or without the values. */
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
    // The options decide what the pages contain, whichever overload was called.
    return iteratePages<[T, T] | T>((cursor) =>
      this.hscan(ownKey, cursor, own as HscanFieldsOptions)
    );
  }

  /**
   * Sets the values of fields, whatever they held before.
   *
   * An expiry that a field had is gone.
   *
   * Complexity O(N) for N fields · since 2.0.0
   *
   * @example Writing an object
   * ```ts
   * await client.hset("user:1", { name: "Ada", born: 1815 }); // 2
   * await client.hset("user:1", { name: "Ada Lovelace" }); // 0
   * ```
   *
   * @param key Key of the hash.
   * @param entries The fields and their values.
   * @returns How many of the fields are new.
   * @throws {RangeError} If `entries` is empty.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hset/}
   */
  hset(key: Key, entries: Entries): Promise<number> {
    return this.send(appendEntries(["HSET", key], entries, "fields"), toNumber);
  }

  /**
   * Sets the values of fields and when the fields expire, on a condition that holds for all or none.
   *
   * Without `keepttl` an expiry that a field had is gone.
   *
   * Complexity O(N) for N fields · since Redis 8.0, Valkey 9.0
   *
   * @example A code that is valid for five minutes
   * ```ts
   * await client.hsetex("user:1", { code: "1234" }, { ex: 300, fnx: true }); // true
   * await client.hsetex("user:1", { code: "9999" }, { ex: 300, fnx: true }); // false
   * ```
   *
   * @param key Key of the hash.
   * @param entries The fields and their values.
   * @param options Condition and expiry.
   * @returns Whether the values were set; false if the condition did not hold.
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
   * Sets the value of a field, if the field does not exist.
   *
   * Complexity O(1) · since 2.0.0
   *
   * @example Only the first one wins
   * ```ts
   * await client.hsetnx("game:1", "winner", "Ada"); // true
   * await client.hsetnx("game:1", "winner", "Grace"); // false
   * ```
   *
   * @param key Key of the hash.
   * @param field Name of the field.
   * @param value The value.
   * @returns Whether the value was set.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hsetnx/}
   */
  hsetnx(key: Key, field: Key, value: Value): Promise<boolean> {
    return this.send(["HSETNX", key, field, value], toBoolean);
  }

  /**
   * Measures the value of a field.
   *
   * Complexity O(1) · since 3.2.0 · read-only
   *
   * @example Bytes, not characters
   * ```ts
   * await client.hset("user:1", { city: "Zürich" });
   * await client.hstrlen("user:1", "city"); // 7
   * ```
   *
   * @param key Key of the hash.
   * @param field Name of the field.
   * @returns Length of the value in bytes, 0 if the key or the field does not exist.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/hstrlen/}
   */
  hstrlen(key: Key, field: Key): Promise<number> {
    return this.send(["HSTRLEN", key, field], toNumber);
  }

  /**
   * Tells how many seconds fields of a hash still have to live.
   *
   * Complexity O(N) for N fields · since Redis 7.4, Valkey 9.0 · read-only
   *
   * @example The three kinds of answers
   * ```ts
   * await client.hset("user:1", { name: "Ada", code: "1234" });
   * await client.hexpire("user:1", 300, "code");
   * await client.httl("user:1", ["code", "name", "fax"]); // [300, -1, -2]
   * ```
   *
   * @param key Key of the hash.
   * @param fields One field, or several in an array or other iterable.
   * @returns For each field: the time in seconds, rounded; −1 if it never expires, −2 if it does not exist.
   * @throws {ServerError} If the key holds a value that is not a hash (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/httl/}
   */
  httl(key: Key, fields: OneOrMany<Key>): Promise<number[]> {
    return this.send(appendFieldNames(["HTTL", key], fields), toNumbers);
  }

  /**
   * Lists the values of a hash.
   *
   * Complexity O(N) for N fields · since 2.0.0 · read-only
   *
   * @example The values without the names
   * ```ts
   * await client.hset("user:1", { name: "Ada", born: 1815 });
   * await client.hvals("user:1"); // ["Ada", "1815"]
   * ```
   *
   * @param key Key of the hash.
   * @returns The values; none if the key does not exist.
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
