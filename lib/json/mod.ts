/**
 * Commands for JSON documents. They require the module RedisJSON, which Redis 8 includes, or valkey-json.
 *
 * @example Write a document, and read it or parts of it
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { json } from "@babushka/redis/json";
 *
 * await using client = await RedisClient.create("redis://localhost");
 * await json(client).set("user:7", "$", { name: "Ada", tags: ["math"] });
 * await json(client).get("user:7"); // { name: "Ada", tags: ["math"] }
 * await json(client).get("user:7", ".name"); // "Ada"
 * await json(client).get("user:7", "$.tags[*]"); // ["math"]
 * ```
 *
 * @module
 */

import type { Key, Many, OneOrMany } from "../commands/mod.ts";
import { type Decoder, Executor, type Words } from "../executor.ts";
import { faultOfOptions, type OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { refuseSurplusIn } from "../surplus_arguments.ts";
import { isMany, listOf } from "../words.ts";
import {
  type ByPath,
  byPath,
  fromJsonOrNull,
  isJsonPath,
  soleOf,
  toBooleanOrNull,
  toJson,
  toNumber,
  toNumberOrNull,
  toOk,
  toOkOrNull,
  toReply,
  toTextOrNull,
  toTextsOrNull,
} from "./_reply.ts";

export type { ByPath } from "./_reply.ts";

/**
 * Path in a document. A JSONPath starts with `$` and may match several values: `"$..price"`. A legacy path matches one
 * value: `".price"`. `"$"` and `"."` are the whole document.
 */
export type JsonPath = string;

/** Conditions of {@linkcode JsonCommands.prototype.set | JsonCommands.set}. */
export interface JsonSetOptions {
  /**
   * Set only if the path does not exist. Cannot be combined with `xx`.
   *
   * @default {false}
   */
  nx?: boolean;
  /**
   * Set only if the path exists. Cannot be combined with `nx`.
   *
   * @default {false}
   */
  xx?: boolean;
}

/** A value for {@linkcode JsonCommands.prototype.mset | JsonCommands.mset}. */
export interface JsonEntry {
  /** Key of the document. */
  key: Key;
  /** Path in the document. */
  path: JsonPath;
  /** The value. It must be serializable as JSON. */
  value: unknown;
}

/** Range of indexes for {@linkcode JsonCommands.prototype.arrindex | JsonCommands.arrindex}. */
export interface JsonRange {
  /**
   * First index. A negative index counts from the end.
   *
   * @default {0}
   */
  start?: number;
  /**
   * End of the range (exclusive). 0 means the end of the array.
   *
   * @default {0}
   */
  stop?: number;
}

const SET_OPTIONS: OptionShape<JsonSetOptions> = { nx: "flag", xx: "flag" };
const RANGE: OptionShape<JsonRange> = { start: "word", stop: "word" };
const ROOT = ".";

/**
 * Returns the JSON commands for a client, a view, a batch, a transaction or a session of `watch()`.
 *
 * The call is cheap, so the result need not be stored. Replies are text, even on a `bytes` view.
 *
 * @example Use JSON commands in a transaction
 * ```ts no-eval
 * await client.transaction((t) => [
 *   json(t).numincrby("user:7", "$.visits", 1),
 *   json(t).arrappend("user:7", "$.tags", "new"),
 * ]);
 * ```
 *
 * @param executor Client, view, batch, transaction or session that runs the commands.
 * @returns The commands.
 */
export function json<T extends string | Uint8Array>(executor: Executor<T>): JsonCommands {
  return new JsonCommands(executor);
}

/**
 * Commands for JSON documents, as returned by {@linkcode json}.
 *
 * Values are written with `JSON.stringify()` and read with `JSON.parse()`, so numbers beyond 2^53 lose precision.
 * Replies do not depend on the RESP version.
 *
 * An optional path defaults to the whole document. With a legacy path (`.name`), a method returns one result. With a
 * JSONPath (`$.name`), it returns an array with a result for each value that the path matches. The result is null for
 * values of another type.
 */
export class JsonCommands extends Executor {
  readonly #executor: Executor<string | Uint8Array>;

  /**
   * Creates the commands. Use {@linkcode json} instead.
   *
   * @param executor Runs the commands.
   * @ignore
   */
  constructor(executor: Executor<string> | Executor<Uint8Array> | Executor<string | Uint8Array>) {
    super();
    this.#executor = executor as Executor<string | Uint8Array>;
  }

  /**
   * Appends values to arrays.
   *
   * @example Append two tags
   * ```ts no-eval
   * await json(client).arrappend("user:7", "$.tags", ["new", "old"]); // [3]
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document.
   * @param values One value, or an array of values. To append an array as one value, wrap it: `[[1, 2]]`.
   * @returns The new length of each array; null for values of another type, or if the key does not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.arrappend/}
   */
  arrappend<const P extends JsonPath>(
    key: Key,
    path: P,
    values: OneOrMany<unknown>,
  ): Promise<ByPath<P, number>> {
    const words: Words = ["JSON.ARRAPPEND", key, path];
    for (const value of severalOf(values)) words.push(toJson(value));
    return this.send(words, byPath(path, toNumberOrNull) as Decoder<ByPath<P, number>>);
  }

  /**
   * Finds the first occurrence of a scalar value in arrays.
   *
   * @example Find a tag
   * ```ts no-eval
   * await json(client).arrindex("user:7", ".tags", "math"); // 0
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document.
   * @param value The value to find.
   * @param range Range of indexes to search. By default the whole array.
   * @returns Index of the value in each array, −1 if it is not found; null for values of another type, or if the key
   * does not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.arrindex/}
   */
  arrindex<const P extends JsonPath>(
    key: Key,
    path: P,
    value: unknown,
    range?: JsonRange,
  ): Promise<ByPath<P, number>> {
    const words: Words = ["JSON.ARRINDEX", key, path, toJson(value)];
    const { start, stop } = optionsOf(words, range, RANGE);
    if (start !== undefined || stop !== undefined) words.push(start ?? 0);
    if (stop !== undefined) words.push(stop);
    return this.send(words, byPath(path, toNumberOrNull) as Decoder<ByPath<P, number>>);
  }

  /**
   * Inserts values into arrays.
   *
   * @example Insert a tag at the beginning
   * ```ts no-eval
   * await json(client).arrinsert("user:7", "$.tags", 0, "first"); // [2]
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document.
   * @param index Index of the first inserted value. A negative index counts from the end.
   * @param values One value, or an array of values. To append an array as one value, wrap it: `[[1, 2]]`.
   * @returns The new length of each array; null for values of another type, or if the key does not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.arrinsert/}
   */
  arrinsert<const P extends JsonPath>(
    key: Key,
    path: P,
    index: number,
    values: OneOrMany<unknown>,
  ): Promise<ByPath<P, number>> {
    const words: Words = ["JSON.ARRINSERT", key, path, index];
    for (const value of severalOf(values)) words.push(toJson(value));
    return this.send(words, byPath(path, toNumberOrNull) as Decoder<ByPath<P, number>>);
  }

  /**
   * Returns the length of arrays.
   *
   * @example Count tags
   * ```ts no-eval
   * await json(client).arrlen("user:7", ".tags"); // 1
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document. By default the whole document.
   * @returns The length of each array; null for values of another type, or if the key does not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.arrlen/}
   */
  arrlen<const P extends JsonPath = ".">(key: Key, path?: P): Promise<ByPath<P, number>> {
    const place = path ?? ROOT as P;
    return this.send(
      ["JSON.ARRLEN", key, place],
      byPath(place, toNumberOrNull) as Decoder<ByPath<P, number>>,
    );
  }

  /**
   * Removes an element from arrays and returns it.
   *
   * @example Remove the last tag
   * ```ts no-eval
   * await json(client).arrpop("user:7", ".tags"); // "math"
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document. By default the whole document.
   * @param index Index of the element. A negative index counts from the end. By default the last element.
   * @returns The removed element of each array; null for empty arrays and values of another type, or if the key does
   * not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.arrpop/}
   */
  arrpop<const P extends JsonPath = ".">(
    key: Key,
    path?: P,
    index?: number,
  ): Promise<ByPath<P, unknown>> {
    const place = path ?? ROOT as P;
    const words: Words = ["JSON.ARRPOP", key, place];
    if (index !== undefined) words.push(index);
    return this.send(words, byPath<P, unknown>(place, fromJsonOrNull));
  }

  /**
   * Removes all elements outside a range from arrays.
   *
   * @example Keep the first ten tags
   * ```ts no-eval
   * await json(client).arrtrim("user:7", "$.tags", 0, 9); // [1]
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document.
   * @param start Index of the first element to keep.
   * @param stop Index of the last element to keep (inclusive).
   * @returns The new length of each array; null for values of another type, or if the key does not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.arrtrim/}
   */
  arrtrim<const P extends JsonPath>(
    key: Key,
    path: P,
    start: number,
    stop: number,
  ): Promise<ByPath<P, number>> {
    return this.send(
      ["JSON.ARRTRIM", key, path, start, stop],
      byPath(path, toNumberOrNull) as Decoder<ByPath<P, number>>,
    );
  }

  /**
   * Empties arrays and objects, and sets numbers to 0.
   *
   * @example Remove all tags
   * ```ts no-eval
   * await json(client).clear("user:7", "$.tags"); // 1
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document. By default the whole document.
   * @returns Number of changed values.
   * @see {@link https://redis.io/docs/latest/commands/json.clear/}
   */
  clear(key: Key, path?: JsonPath): Promise<number> {
    return this.send(["JSON.CLEAR", key, path ?? ROOT], toNumber);
  }

  /**
   * Returns the memory usage of values.
   *
   * @example Memory usage of a document
   * ```ts no-eval
   * await json(client).debugMemory("user:7"); // 264
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document. By default the whole document.
   * @returns Size of each value in bytes; null if the key does not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.debug-memory/}
   */
  debugMemory<const P extends JsonPath = ".">(key: Key, path?: P): Promise<ByPath<P, number>> {
    const place = path ?? ROOT as P;
    return this.send(
      ["JSON.DEBUG", "MEMORY", key, place],
      byPath(place, toNumberOrNull) as Decoder<ByPath<P, number>>,
    );
  }

  /**
   * Deletes values. Deleting the whole document deletes the key.
   *
   * @example Delete a field
   * ```ts no-eval
   * await json(client).del("user:7", "$.tags"); // 1
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document. By default the whole document.
   * @returns Number of deleted values.
   * @see {@link https://redis.io/docs/latest/commands/json.del/}
   */
  del(key: Key, path?: JsonPath): Promise<number> {
    return this.send(["JSON.DEL", key, path ?? ROOT], toNumber);
  }

  /**
   * Deletes values, like {@linkcode JsonCommands.prototype.del | JsonCommands.del}.
   *
   * @example Delete a field
   * ```ts no-eval
   * await json(client).forget("user:7", "$.tags"); // 1
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document. By default the whole document.
   * @returns Number of deleted values.
   * @see {@link https://redis.io/docs/latest/commands/json.forget/}
   */
  forget(key: Key, path?: JsonPath): Promise<number> {
    return this.send(["JSON.FORGET", key, path ?? ROOT], toNumber);
  }

  /**
   * Returns a document or values in it.
   *
   * @example Read a document, a value, an array of values, and values by path
   * ```ts no-eval
   * await json(client).get<{ name: string }>("user:7"); // { name: "Ada", tags: ["math"] }
   * await json(client).get("user:7", ".name"); // "Ada"
   * await json(client).get("user:7", "$.name"); // ["Ada"]
   * await json(client).get("user:7", ["$.name", "$.tags"]); // { "$.name": ["Ada"], "$.tags": [["math"]] }
   * ```
   *
   * @typeParam D Type of the document or of a value. It is not checked.
   * @param key Key of the document.
   * @param path One path, or an array of paths. By default the whole document.
   * @returns The value for a legacy path, an array of values for a JSONPath, a record by path for several paths. Null
   * if the key does not exist.
   * @throws {ServerError} If a legacy path does not exist, or the key does not hold a document.
   * @see {@link https://redis.io/docs/latest/commands/json.get/}
   */
  get<D = unknown>(key: Key, path?: "." | `.${string}`): Promise<D | null>;
  /** Returns all values that a JSONPath matches. */
  get<D = unknown>(key: Key, path: `$${string}`): Promise<D[] | null>;
  /** Returns the values of several paths, as a record by path. */
  get<D = unknown>(key: Key, paths: Many<JsonPath>): Promise<Record<string, D> | null>;
  /** Returns a value, or an array of values for a JSONPath. */
  get<D = unknown>(key: Key, path: JsonPath): Promise<D | D[] | null>;
  /** Returns a document or values in it. */
  get(key: Key, path?: OneOrMany<JsonPath>): Promise<unknown> {
    return this.send(["JSON.GET", key, ...listOf(path ?? ROOT)], fromJsonOrNull);
  }

  /**
   * Merges a value into the existing one (RFC 7396). Null deletes a field. Not available in valkey-json 1.0.
   *
   * @example Change a field and delete another
   * ```ts no-eval
   * await json(client).merge("user:7", "$", { name: "Ada L.", tags: null }); // "OK"
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document.
   * @param value The value. It must be serializable as JSON.
   * @returns Always `"OK"`.
   * @see {@link https://redis.io/docs/latest/commands/json.merge/}
   */
  merge(key: Key, path: JsonPath, value: unknown): Promise<"OK"> {
    return this.send(["JSON.MERGE", key, path, toJson(value)], toOk);
  }

  /**
   * Returns the values at a path of several documents. In a cluster, the documents may be on several nodes.
   *
   * @example Read the names of two users
   * ```ts no-eval
   * await json(client).mget(["user:7", "user:8"], ".name"); // ["Ada", null]
   * await json(client).mget(["user:7", "user:8"], "$.name"); // [["Ada"], null]
   * ```
   *
   * @typeParam D Type of a value. It is not checked.
   * @param keys Keys of the documents.
   * @param path Path in each document.
   * @returns The value of each key, or an array of values for a JSONPath. Null if the key or the path does not exist.
   * @throws {RangeError} If `keys` is empty.
   * @see {@link https://redis.io/docs/latest/commands/json.mget/}
   */
  mget<D = unknown>(keys: OneOrMany<Key>, path: "." | `.${string}`): Promise<(D | null)[]>;
  /** Returns all values that a JSONPath matches in several documents. */
  mget<D = unknown>(keys: OneOrMany<Key>, path: `$${string}`): Promise<(D[] | null)[]>;
  /** Returns the values at a path of several documents. */
  mget<D = unknown>(keys: OneOrMany<Key>, path: JsonPath): Promise<(D | D[] | null)[]>;
  /** Returns the values at a path of several documents. */
  // deno-lint-ignore no-explicit-any -- any of the types above
  mget(keys: OneOrMany<Key>, path: JsonPath): Promise<any> {
    const list = listOf(keys);
    if (list.length === 0) return this.send([noItems("JSON.MGET", "keys")], toReply);
    return this.send(["JSON.MGET", ...list, path], byPath("$", fromJsonOrNull));
  }

  /**
   * Sets values of several documents atomically. In a cluster, atomicity holds per slot.
   *
   * @example Write two documents
   * ```ts no-eval
   * await json(client).mset([
   *   { key: "{user}:7", path: "$", value: { name: "Ada" } },
   *   { key: "{user}:8", path: "$", value: { name: "Grace" } },
   * ]); // "OK"
   * ```
   *
   * @param entries Keys, paths and values.
   * @returns Always `"OK"`.
   * @throws {RangeError} If `entries` is empty.
   * @see {@link https://redis.io/docs/latest/commands/json.mset/}
   */
  mset(entries: OneOrMany<JsonEntry>): Promise<"OK"> {
    const words: Words = ["JSON.MSET"];
    for (const { key, path, value } of listOf(entries)) words.push(key, path, toJson(value));
    if (words.length === 1) words.push(noItems("JSON.MSET", "entries"));
    return this.send(words, toOk);
  }

  /**
   * Adds a number to numbers.
   *
   * @example Increment a counter
   * ```ts no-eval
   * await json(client).numincrby("user:7", "$.visits", 5); // [5]
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document.
   * @param number Number to add. It may be negative or a fraction.
   * @returns The new value of each number; null for values of another type, or if the key does not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.numincrby/}
   */
  numincrby<const P extends JsonPath>(
    key: Key,
    path: P,
    number: number,
  ): Promise<ByPath<P, number>> {
    return this.send(["JSON.NUMINCRBY", key, path, number], numbersOf(path));
  }

  /**
   * Multiplies numbers.
   *
   * @example Double a counter
   * ```ts no-eval
   * await json(client).nummultby("user:7", "$.visits", 2); // [10]
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document.
   * @param number Factor.
   * @returns The new value of each number; null for values of another type, or if the key does not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.nummultby/}
   */
  nummultby<const P extends JsonPath>(
    key: Key,
    path: P,
    number: number,
  ): Promise<ByPath<P, number>> {
    return this.send(["JSON.NUMMULTBY", key, path, number], numbersOf(path));
  }

  /**
   * Returns the field names of objects.
   *
   * @example List the fields of a document
   * ```ts no-eval
   * await json(client).objkeys("user:7"); // ["name", "tags"]
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document. By default the whole document.
   * @returns Field names of each object; null for values of another type, or if the key does not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.objkeys/}
   */
  objkeys<const P extends JsonPath = ".">(key: Key, path?: P): Promise<ByPath<P, string[]>> {
    const place = path ?? ROOT as P;
    return this.send(
      ["JSON.OBJKEYS", key, place],
      byPath(place, toTextsOrNull) as Decoder<ByPath<P, string[]>>,
    );
  }

  /**
   * Returns the number of fields of objects.
   *
   * @example Count the fields of a document
   * ```ts no-eval
   * await json(client).objlen("user:7"); // 2
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document. By default the whole document.
   * @returns Number of fields of each object; null for values of another type, or if the key does not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.objlen/}
   */
  objlen<const P extends JsonPath = ".">(key: Key, path?: P): Promise<ByPath<P, number>> {
    const place = path ?? ROOT as P;
    return this.send(
      ["JSON.OBJLEN", key, place],
      byPath(place, toNumberOrNull) as Decoder<ByPath<P, number>>,
    );
  }

  /**
   * Returns a document or a value in it as RESP types.
   *
   * @deprecated Use {@linkcode JsonCommands.prototype.get | JsonCommands.get}.
   *
   * @example Read an array
   * ```ts no-eval
   * await json(client).resp("user:7", ".tags"); // ["[", "math"]
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document. By default the whole document.
   * @returns The value. An object is an array that starts with `"{"`, an array is one that starts with `"["`.
   * @see {@link https://redis.io/docs/latest/commands/json.resp/}
   */
  resp(key: Key, path?: JsonPath): Promise<Reply> {
    return this.send(["JSON.RESP", key, path ?? ROOT], toReply);
  }

  /**
   * Sets a document or a value in it.
   *
   * @example Write a document, and add a field
   * ```ts no-eval
   * await json(client).set("user:7", "$", { name: "Ada" }); // "OK"
   * await json(client).set("user:7", "$.tags", ["math"], { nx: true }); // "OK"
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document. A new document requires `"$"`.
   * @param value The value. It must be serializable as JSON.
   * @param options Conditions. By default the value is set in any case.
   * @returns `"OK"`. Null if the condition is not met, or the parent of the path does not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.set/}
   */
  set(
    key: Key,
    path: JsonPath,
    value: unknown,
    options?: JsonSetOptions,
  ): Promise<"OK" | null> {
    const words: Words = ["JSON.SET", key, path, toJson(value)];
    const { nx, xx } = optionsOf(words, options, SET_OPTIONS);
    if (nx) words.push("NX");
    if (xx) words.push("XX");
    return this.send(words, toOkOrNull);
  }

  /**
   * Appends text to strings.
   *
   * @example Append to a name
   * ```ts no-eval
   * await json(client).strappend("user:7", "$.name", " L."); // [6]
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document.
   * @param text The text to append.
   * @returns The new length of each string; null for values of another type, or if the key does not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.strappend/}
   */
  strappend<const P extends JsonPath>(key: Key, path: P, text: string): Promise<ByPath<P, number>> {
    return this.send(
      ["JSON.STRAPPEND", key, path, toJson(text)],
      byPath(path, toNumberOrNull) as Decoder<ByPath<P, number>>,
    );
  }

  /**
   * Returns the length of strings.
   *
   * @example Length of a name
   * ```ts no-eval
   * await json(client).strlen("user:7", ".name"); // 3
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document. By default the whole document.
   * @returns The length of each string; null for values of another type, or if the key does not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.strlen/}
   */
  strlen<const P extends JsonPath = ".">(key: Key, path?: P): Promise<ByPath<P, number>> {
    const place = path ?? ROOT as P;
    return this.send(
      ["JSON.STRLEN", key, place],
      byPath(place, toNumberOrNull) as Decoder<ByPath<P, number>>,
    );
  }

  /**
   * Inverts booleans.
   *
   * @example Toggle a flag
   * ```ts no-eval
   * await json(client).toggle("user:7", "$.active"); // [true]
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document.
   * @returns The new value of each boolean; null for values of another type.
   * @see {@link https://redis.io/docs/latest/commands/json.toggle/}
   */
  toggle<const P extends JsonPath>(key: Key, path: P): Promise<ByPath<P, boolean>> {
    return this.send(
      ["JSON.TOGGLE", key, path],
      byPath(path, toBooleanOrNull) as Decoder<ByPath<P, boolean>>,
    );
  }

  /**
   * Returns the types of values.
   *
   * @example Type of a document
   * ```ts no-eval
   * await json(client).type("user:7"); // "object"
   * ```
   *
   * @param key Key of the document.
   * @param path Path in the document. By default the whole document.
   * @returns The type of each value: `"object"`, `"array"`, `"string"`, `"integer"`, `"number"`, `"boolean"`, `"null"`;
   * null if the key or the path does not exist.
   * @see {@link https://redis.io/docs/latest/commands/json.type/}
   */
  type<const P extends JsonPath = ".">(key: Key, path?: P): Promise<ByPath<P, string>> {
    const place = path ?? ROOT as P;
    const decode = byPath(place, toTextOrNull) as Decoder<ByPath<P, string>>;
    // RESP3 puts the reply into a list, also the list of a JSONPath.
    return this.send(["JSON.TYPE", key, place], (reply, bytes) => {
      const nested = Array.isArray(reply) && Array.isArray(reply[0]);
      return decode(nested || !isJsonPath(place) ? soleOf(reply) : reply, bytes);
    });
  }

  /** Runs a command; its reply comes as text. */
  protected override send<R>(words: Words, decode: Decoder<R>): Promise<R> {
    return this.#executor["send"](words, decode, false);
  }

  static {
    refuseSurplusIn(
      JsonCommands.prototype,
      Object.getOwnPropertyNames(JsonCommands.prototype).filter((name) =>
        name !== "constructor" && name !== "send"
      ),
    );
  }
}

/** Several values come in an array or another iterable; a string is one. */
function severalOf(values: OneOrMany<unknown>): readonly unknown[] {
  return isMany(values) ? listOf(values) : [values];
}

/** RESP2 has the numbers as JSON text, RESP3 as a list, also the one of a legacy path. */
function numbersOf<P extends JsonPath>(path: P): Decoder<ByPath<P, number>> {
  const decode = byPath(path, toNumberOrNull) as (reply: Reply) => ByPath<P, number>;
  const many = isJsonPath(path);
  return (reply) => {
    const list = typeof reply === "string" ? fromJsonOrNull(reply) as Reply : reply;
    return decode(many ? list : soleOf(list));
  };
}

const NONE = Object.freeze({});

function optionsOf<O extends object>(
  words: Words,
  options: O | undefined,
  shape: OptionShape<O>,
): O {
  if (options === undefined) return NONE as O;
  const fault = faultOfOptions(options, shape);
  if (fault === undefined) return options;
  words.push(new TypeError(`Cannot send ${words[0]}: ${fault}`));
  return NONE as O;
}

function noItems(command: string, what: string): RangeError {
  return new RangeError(`Cannot send ${command}: expected one or more ${what}, got none`);
}
