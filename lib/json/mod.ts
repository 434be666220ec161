/**
 * Commands on JSON documents, of the modules RedisJSON (built into Redis 8 as its makers ship it) and valkey-json.
 *
 * @example A document, a value in it, and all values that a path leads to
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
 * A place in a document: a JSONPath, which begins with `$` and can lead to several values (`"$..price"`), or a legacy path,
 * which leads to one (`".price"`; `"."` is the whole document).
 */
export type JsonPath = string;

/** On what condition {@linkcode JsonCommands.set} writes. */
export interface JsonSetOptions {
  /** Only if there is nothing at the path. Not with `xx`. @default {false} */
  nx?: boolean;
  /** Only if there is something at the path. Not with `nx`. @default {false} */
  xx?: boolean;
}

/** A value to write with {@linkcode JsonCommands.mset}. */
export interface JsonEntry {
  /** Key of the document. */
  key: Key;
  /** Where in the document. */
  path: JsonPath;
  /** The value: anything that has a JSON form. */
  value: unknown;
}

/** Where {@linkcode JsonCommands.arrindex} looks. */
export interface JsonRange {
  /** The first position; a negative one counts from the end. @default {0} */
  start?: number;
  /** The position behind the last one, 0 for the end. @default {0} */
  stop?: number;
}

const SET_OPTIONS: OptionShape<JsonSetOptions> = { nx: "flag", xx: "flag" };
const RANGE: OptionShape<JsonRange> = { start: "word", stop: "word" };
const ROOT = ".";

/**
 * Makes the JSON commands of a client, a view, a batch, a transaction or a session of `watch()`.
 *
 * Making them costs nothing worth keeping them for. Replies are text also on a `bytes` view.
 *
 * @example In a transaction
 * ```ts no-eval
 * await client.transaction((t) => [
 *   json(t).numincrby("user:7", "$.visits", 1),
 *   json(t).arrappend("user:7", "$.tags", "new"),
 * ]);
 * ```
 *
 * @param executor What runs the commands.
 * @returns The commands.
 */
export function json<T extends string | Uint8Array>(executor: Executor<T>): JsonCommands {
  return new JsonCommands(executor);
}

/**
 * Commands on JSON documents. Made by {@linkcode json}.
 *
 * Values go out as `JSON.stringify()` writes them, and come back as `JSON.parse()` reads them: numbers beyond 2^53 lose
 * digits. Replies are the same on RESP2 and RESP3.
 *
 * Where a path can be left out, the whole document is meant, and one value is answered. With a JSONPath (`$…`) a list
 * is answered, with an item for each value that the path leads to: null where it is of another kind.
 */
export class JsonCommands extends Executor {
  readonly #executor: Executor<string | Uint8Array>;

  /**
   * Makes the commands. {@linkcode json} does.
   *
   * @param executor What runs them.
   * @ignore
   */
  constructor(executor: Executor<string> | Executor<Uint8Array> | Executor<string | Uint8Array>) {
    super();
    this.#executor = executor as Executor<string | Uint8Array>;
  }

  /**
   * Appends values to arrays.
   *
   * @example Two more tags
   * ```ts no-eval
   * await json(client).arrappend("user:7", "$.tags", ["new", "old"]); // [3]
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document.
   * @param values The value, or several in an array; an array as a value goes into an array.
   * @returns The new length of each array; null where it is of another kind, or if there is no such key.
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
   * Finds a scalar value in arrays.
   *
   * @example Where is it?
   * ```ts no-eval
   * await json(client).arrindex("user:7", ".tags", "math"); // 0
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document.
   * @param value The value.
   * @param range Where to look.
   * @returns Its position in each array, −1 if it is not there; null where it is of another kind, or if there is no such key.
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
   * @example In front of all
   * ```ts no-eval
   * await json(client).arrinsert("user:7", "$.tags", 0, "first"); // [2]
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document.
   * @param index In front of which position; a negative one counts from the end.
   * @param values The value, or several in an array; an array as a value goes into an array.
   * @returns The new length of each array; null where it is of another kind, or if there is no such key.
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
   * Tells how long arrays are.
   *
   * @example How many tags
   * ```ts no-eval
   * await json(client).arrlen("user:7", ".tags"); // 1
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document; the whole document if it is left out.
   * @returns The length of each array; null where it is of another kind, or if there is no such key.
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
   * Removes an element from arrays, and answers it.
   *
   * @example The last tag
   * ```ts no-eval
   * await json(client).arrpop("user:7", ".tags"); // "math"
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document; the whole document if it is left out.
   * @param index Position of the element; the last one if it is left out.
   * @returns The element of each array; null where the array is empty or no array, or if there is no such key.
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
   * Removes all elements of arrays but those in a range.
   *
   * @example The first ten
   * ```ts no-eval
   * await json(client).arrtrim("user:7", "$.tags", 0, 9); // [1]
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document.
   * @param start The first position to keep.
   * @param stop The last position to keep.
   * @returns The new length of each array; null where it is of another kind, or if there is no such key.
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
   * @example No tags
   * ```ts no-eval
   * await json(client).clear("user:7", "$.tags"); // 1
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document; the whole document if it is left out.
   * @returns How many values were changed.
   * @see {@link https://redis.io/docs/latest/commands/json.clear/}
   */
  clear(key: Key, path?: JsonPath): Promise<number> {
    return this.send(["JSON.CLEAR", key, path ?? ROOT], toNumber);
  }

  /**
   * Tells how much memory values take.
   *
   * @example A document
   * ```ts no-eval
   * await json(client).debugMemory("user:7"); // 264
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document; the whole document if it is left out.
   * @returns The bytes that each value takes; null if there is no such key.
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
   * Deletes values; the whole document deletes the key.
   *
   * @example One field
   * ```ts no-eval
   * await json(client).del("user:7", "$.tags"); // 1
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document; the whole document if it is left out.
   * @returns How many values were deleted.
   * @see {@link https://redis.io/docs/latest/commands/json.del/}
   */
  del(key: Key, path?: JsonPath): Promise<number> {
    return this.send(["JSON.DEL", key, path ?? ROOT], toNumber);
  }

  /**
   * Deletes values, as {@linkcode JsonCommands.del} does.
   *
   * @example One field
   * ```ts no-eval
   * await json(client).forget("user:7", "$.tags"); // 1
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document; the whole document if it is left out.
   * @returns How many values were deleted.
   * @see {@link https://redis.io/docs/latest/commands/json.forget/}
   */
  forget(key: Key, path?: JsonPath): Promise<number> {
    return this.send(["JSON.FORGET", key, path ?? ROOT], toNumber);
  }

  /**
   * Gets a document, or values in it.
   *
   * @example A document, a value, a list of values, and values by path
   * ```ts no-eval
   * await json(client).get<{ name: string }>("user:7"); // { name: "Ada", tags: ["math"] }
   * await json(client).get("user:7", ".name"); // "Ada"
   * await json(client).get("user:7", "$.name"); // ["Ada"]
   * await json(client).get("user:7", ["$.name", "$.tags"]); // { "$.name": ["Ada"], "$.tags": [["math"]] }
   * ```
   *
   * @typeParam D What the document, or a value in it, is taken for. Nothing checks it.
   * @param key Key of the document.
   * @param path One path, or several in an array.
   * @returns The value; with a JSONPath the list of values; with several paths a record by path. Null if there is no
   * such key.
   * @throws {ServerError} If a legacy path leads nowhere, or the key holds something else than a document.
   * @see {@link https://redis.io/docs/latest/commands/json.get/}
   */
  get<D = unknown>(key: Key, path?: "." | `.${string}`): Promise<D | null>;
  /** Gets all values that a JSONPath leads to. */
  get<D = unknown>(key: Key, path: `$${string}`): Promise<D[] | null>;
  /** Gets the values of several paths, as a record by path. */
  get<D = unknown>(key: Key, paths: Many<JsonPath>): Promise<Record<string, D> | null>;
  /** Gets a value, or a list of values for a JSONPath. */
  get<D = unknown>(key: Key, path: JsonPath): Promise<D | D[] | null>;
  /** Gets a document, or values in it. */
  get(key: Key, path?: OneOrMany<JsonPath>): Promise<unknown> {
    return this.send(["JSON.GET", key, ...listOf(path ?? ROOT)], fromJsonOrNull);
  }

  /**
   * Merges a value into what is there (RFC 7396): null deletes a field. Not in valkey-json 1.0.
   *
   * @example One field changed, one deleted
   * ```ts no-eval
   * await json(client).merge("user:7", "$", { name: "Ada L.", tags: null }); // "OK"
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document.
   * @param value The value: anything that has a JSON form.
   * @returns `"OK"`, always.
   * @see {@link https://redis.io/docs/latest/commands/json.merge/}
   */
  merge(key: Key, path: JsonPath, value: unknown): Promise<"OK"> {
    return this.send(["JSON.MERGE", key, path, toJson(value)], toOk);
  }

  /**
   * Gets the same place of several documents. In a cluster they may be on several nodes.
   *
   * @example Names
   * ```ts no-eval
   * await json(client).mget(["user:7", "user:8"], ".name"); // ["Ada", null]
   * await json(client).mget(["user:7", "user:8"], "$.name"); // [["Ada"], null]
   * ```
   *
   * @typeParam D What a value is taken for. Nothing checks it.
   * @param keys Keys of the documents.
   * @param path Where in each document.
   * @returns For each key the value, with a JSONPath the list of values; null if there is no such key or value.
   * @throws {RangeError} If there are no keys.
   * @see {@link https://redis.io/docs/latest/commands/json.mget/}
   */
  mget<D = unknown>(keys: OneOrMany<Key>, path: "." | `.${string}`): Promise<(D | null)[]>;
  /** Gets all values that a JSONPath leads to in several documents. */
  mget<D = unknown>(keys: OneOrMany<Key>, path: `$${string}`): Promise<(D[] | null)[]>;
  /** Gets the same place of several documents. */
  mget<D = unknown>(keys: OneOrMany<Key>, path: JsonPath): Promise<(D | D[] | null)[]>;
  /** Gets the same place of several documents. */
  // deno-lint-ignore no-explicit-any -- of any of the types above
  mget(keys: OneOrMany<Key>, path: JsonPath): Promise<any> {
    const list = listOf(keys);
    if (list.length === 0) return this.send([noItems("JSON.MGET", "keys")], toReply);
    return this.send(["JSON.MGET", ...list, path], byPath("$", fromJsonOrNull));
  }

  /**
   * Writes values of several documents, all at once or none. In a cluster those of each slot are.
   *
   * @example Two documents
   * ```ts no-eval
   * await json(client).mset([
   *   { key: "{user}:7", path: "$", value: { name: "Ada" } },
   *   { key: "{user}:8", path: "$", value: { name: "Grace" } },
   * ]); // "OK"
   * ```
   *
   * @param entries The keys, paths and values.
   * @returns `"OK"`, always.
   * @throws {RangeError} If there are none.
   * @see {@link https://redis.io/docs/latest/commands/json.mset/}
   */
  mset(entries: OneOrMany<JsonEntry>): Promise<"OK"> {
    const words: Words = ["JSON.MSET"];
    for (const { key, path, value } of listOf(entries)) words.push(key, path, toJson(value));
    if (words.length === 1) words.push(noItems("JSON.MSET", "entries"));
    return this.send(words, toOk);
  }

  /**
   * Adds to numbers.
   *
   * @example A counter
   * ```ts no-eval
   * await json(client).numincrby("user:7", "$.visits", 5); // [5]
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document.
   * @param number The number.
   * @returns Each new number; null where it is of another kind, or if there is no such key.
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
   * @example A counter
   * ```ts no-eval
   * await json(client).nummultby("user:7", "$.visits", 5); // [10]
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document.
   * @param number The number.
   * @returns Each new number; null where it is of another kind, or if there is no such key.
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
   * Lists the names in objects.
   *
   * @example Fields
   * ```ts no-eval
   * await json(client).objkeys("user:7"); // ["name", "tags"]
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document; the whole document if it is left out.
   * @returns The names in each object; null where it is of another kind, or if there is no such key.
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
   * Counts the names in objects.
   *
   * @example Fields
   * ```ts no-eval
   * await json(client).objlen("user:7"); // 2
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document; the whole document if it is left out.
   * @returns How many names each object has; null where it is of another kind, or if there is no such key.
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
   * Gets a document, or a value in it, in the types of RESP.
   *
   * @deprecated Use {@linkcode JsonCommands.get}.
   *
   * @example A list
   * ```ts no-eval
   * await json(client).resp("user:7", ".tags"); // ["[", "math"]
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document; the whole document if it is left out.
   * @returns Lists that begin with `"{"` or `"["`, and their items.
   * @see {@link https://redis.io/docs/latest/commands/json.resp/}
   */
  resp(key: Key, path?: JsonPath): Promise<Reply> {
    return this.send(["JSON.RESP", key, path ?? ROOT], toReply);
  }

  /**
   * Writes a document, or a value in one.
   *
   * @example A document, and a field
   * ```ts no-eval
   * await json(client).set("user:7", "$", { name: "Ada" }); // "OK"
   * await json(client).set("user:7", "$.tags", ["math"], { nx: true }); // "OK"
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document; `"$"` for a new one.
   * @param value The value: anything that has a JSON form.
   * @param options On what condition.
   * @returns `"OK"`; null if the condition does not hold, or the path leads nowhere.
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
   * Appends to strings.
   *
   * @example A longer name
   * ```ts no-eval
   * await json(client).strappend("user:7", "$.name", " L."); // [6]
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document.
   * @param text What to append.
   * @returns The new length of each string; null where it is of another kind, or if there is no such key.
   * @see {@link https://redis.io/docs/latest/commands/json.strappend/}
   */
  strappend<const P extends JsonPath>(key: Key, path: P, text: string): Promise<ByPath<P, number>> {
    return this.send(
      ["JSON.STRAPPEND", key, path, toJson(text)],
      byPath(path, toNumberOrNull) as Decoder<ByPath<P, number>>,
    );
  }

  /**
   * Tells how long strings are.
   *
   * @example A name
   * ```ts no-eval
   * await json(client).strlen("user:7", ".name"); // 3
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document; the whole document if it is left out.
   * @returns The length of each string; null where it is of another kind, or if there is no such key.
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
   * Turns true into false, and false into true.
   *
   * @example A switch
   * ```ts no-eval
   * await json(client).toggle("user:7", "$.active"); // [true]
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document.
   * @returns Each new value; null where it is of another kind.
   * @see {@link https://redis.io/docs/latest/commands/json.toggle/}
   */
  toggle<const P extends JsonPath>(key: Key, path: P): Promise<ByPath<P, boolean>> {
    return this.send(
      ["JSON.TOGGLE", key, path],
      byPath(path, toBooleanOrNull) as Decoder<ByPath<P, boolean>>,
    );
  }

  /**
   * Tells the types of values.
   *
   * @example A document
   * ```ts no-eval
   * await json(client).type("user:7"); // "object"
   * ```
   *
   * @param key Key of the document.
   * @param path Where in the document; the whole document if it is left out.
   * @returns The type of each value: `"object"`, `"array"`, `"string"`, `"integer"`, `"number"`, `"boolean"`, `"null"`; null if there is no such key or value.
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
