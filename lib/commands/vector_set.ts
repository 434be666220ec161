/**
 * Commands for vector sets.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import { appendFlag, appendOption, type AtMostOne, type Key, type Value } from "./_args.ts";
import { toBoolean, toBulkOrNull, toBulks, toNumber } from "./_decode.ts";
import { optionsOf, recordOf } from "./_options.ts";
import type { LexBound } from "./_scored_members.ts";
import {
  appendVector,
  type AttributedElement,
  type RawVector,
  type ScoredElement,
  toLayersOrNullOf,
  toRawVectorOrNull,
  toScoredElements,
  toSimilarOf,
  toVectorOrNull,
  toVectorSetInfoOrNull,
  type Vector,
  type VectorQuery,
  type VectorSetInfo,
  type VsimDetails,
} from "./_vectors.ts";

/** Attributes of an element: JSON text, or an object that is sent as JSON. */
export type VectorAttributes = string | Readonly<Record<string, unknown>>;

/** Options for {@linkcode VectorSetCommands.prototype.vadd | VectorSetCommands.vadd}. */
export type VaddOptions =
  & AtMostOne<{
    /** Do not quantize: store the components as 32-bit floats. */
    noquant: boolean;
    /** Quantize the components to 8 bits. This is the default. */
    q8: boolean;
    /** Quantize the components to 1 bit: their sign. */
    bin: boolean;
  }>
  & {
    /** Reduce the vector to this number of dimensions, by a random projection. */
    reduce?: number;
    /**
     * Search for neighbours in a background thread, to reduce the latency of other clients.
     *
     * @default {false}
     */
    cas?: boolean;
    /**
     * Number of candidates for neighbours (build exploration factor).
     *
     * @default {200}
     */
    ef?: number;
    /**
     * Attributes of the element, for the option `filter` of
     * {@linkcode VectorSetCommands.prototype.vsim | VectorSetCommands.vsim}.
     */
    setattr?: VectorAttributes;
    /**
     * Maximum number of neighbours of an element. Only used for the first element of a set.
     *
     * @default {16}
     */
    m?: number;
  };

/** Options for {@linkcode VectorSetCommands.prototype.vsim | VectorSetCommands.vsim}. */
export interface VsimOptions extends VsimDetails {
  /**
   * Maximum number of elements.
   *
   * @default {10}
   */
  count?: number;
  /**
   * Maximum distance, from 0 to 1: elements with a similarity below 1 − epsilon are not returned.
   *
   * @default {1}
   */
  epsilon?: number;
  /** Number of candidates (search exploration factor). Higher numbers are more accurate and slower. */
  ef?: number;
  /** Filter expression on the attributes: `".year >= 1980 and .genre in ['drama']"`. */
  filter?: string;
  /** Maximum number of candidates to check against the filter; 0 for no limit. */
  filterEf?: number;
  /**
   * Compare with all elements instead of searching the graph: exact, but slow.
   *
   * @default {false}
   */
  truth?: boolean;
  /**
   * Search in the main thread of the server.
   *
   * @default {false}
   */
  nothread?: boolean;
}

/**
 * Options for {@linkcode VectorSetCommands.prototype.vlinks | VectorSetCommands.vlinks} that return only the
 * neighbours.
 */
export interface VlinksOptions {
  /**
   * Return the similarities as well.
   *
   * @default {false}
   */
  withscores?: false;
}

/**
 * Options for {@linkcode VectorSetCommands.prototype.vlinks | VectorSetCommands.vlinks} that return the neighbours with
 * their similarities.
 */
export interface VlinksScoresOptions {
  /** Return the similarities as well. */
  withscores: true;
}

/** Options for {@linkcode VectorSetCommands.prototype.vlinks | VectorSetCommands.vlinks}, decided at run time. */
export interface VlinksAnyOptions {
  /**
   * Return the similarities as well.
   *
   * @default {false}
   */
  withscores?: boolean;
}

/**
 * Options for {@linkcode VectorSetCommands.prototype.vemb | VectorSetCommands.vemb} that return the vector as floats.
 */
export interface VembOptions {
  /**
   * Return the vector as it is stored.
   *
   * @default {false}
   */
  raw?: false;
}

/**
 * Options for {@linkcode VectorSetCommands.prototype.vemb | VectorSetCommands.vemb} that return the vector as it is
 * stored.
 */
export interface VembRawOptions {
  /** Return the vector as it is stored. */
  raw: true;
}

/** Options for {@linkcode VectorSetCommands.prototype.vemb | VectorSetCommands.vemb}, decided at run time. */
export interface VembAnyOptions {
  /**
   * Return the vector as it is stored.
   *
   * @default {false}
   */
  raw?: boolean;
}

const VADD_OPTIONS: OptionShape<VaddOptions> = {
  noquant: "flag",
  q8: "flag",
  bin: "flag",
  reduce: "word",
  cas: "flag",
  ef: "word",
  setattr: "any",
  m: "word",
};

const VEMB_OPTIONS: OptionShape<VembAnyOptions> = { raw: "flag" };

const VLINKS_OPTIONS: OptionShape<VlinksAnyOptions> = { withscores: "flag" };

const VSIM_ELEMENT: OptionShape<{ ele: Value }> = { ele: "word" };

const VSIM_OPTIONS: OptionShape<VsimOptions> = {
  withscores: "flag",
  withattribs: "flag",
  count: "word",
  epsilon: "word",
  ef: "word",
  filter: "word",
  filterEf: "word",
  truth: "flag",
  nothread: "flag",
};

/**
 * Commands for vector sets (Redis 8.0): sets of elements with a vector each, for similarity search.
 *
 * Similarity is the cosine similarity, scaled to the range from 0 to 1. Vectors are quantized unless `noquant` is set,
 * so they are stored with reduced precision.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class VectorSetCommands<T extends string | Uint8Array = string>
  extends Executor<T> {
  /**
   * Adds an element to a vector set, or updates its vector.
   *
   * Complexity O(log(N)) for N elements · since Redis 8.0
   *
   * @example Add two words
   * ```ts
   * await client.vadd("words", new Float32Array([1, 0, 0.5]), "king"); // true
   * await client.vadd("words", [0.9, 0.1, 0.4], "queen", { setattr: { year: 1952 } }); // true
   * ```
   *
   * @param key Key of the vector set.
   * @param vector Vector of the element. All vectors of a set must have the same number of dimensions.
   * @param element The element.
   * @param options Quantization, graph parameters, and attributes of the element.
   * @returns Whether the element is new.
   * @throws {ServerError} If the vector has another number of dimensions, or the key holds a value that is not a vector
   * set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vadd/}
   */
  vadd(key: Key, vector: Vector, element: Value, options?: VaddOptions): Promise<boolean> {
    const words: Words = ["VADD", key];
    const given = optionsOf(words, options, VADD_OPTIONS);
    appendOption(words, "REDUCE", given.reduce);
    appendVector(words, vector).push(element);
    appendFlag(words, "CAS", given.cas);
    appendFlag(words, "NOQUANT", given.noquant);
    appendFlag(words, "Q8", given.q8);
    appendFlag(words, "BIN", given.bin);
    appendOption(words, "EF", given.ef);
    if (given.setattr !== undefined) words.push("SETATTR", inJson(given.setattr));
    appendOption(words, "M", given.m);
    return this.send(words, toBoolean);
  }

  /**
   * Returns the number of elements of a vector set.
   *
   * Complexity O(1) · since Redis 8.0 · read-only
   *
   * @example Count the elements
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * await client.vcard("words"); // 1
   * ```
   *
   * @param key Key of the vector set.
   * @returns Number of elements; 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vcard/}
   */
  vcard(key: Key): Promise<number> {
    return this.send(["VCARD", key], toNumber);
  }

  /**
   * Returns the number of dimensions of the vectors in a vector set.
   *
   * Complexity O(1) · since Redis 8.0 · read-only
   *
   * @example Vectors with two dimensions
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * await client.vdim("words"); // 2
   * ```
   *
   * @param key Key of the vector set.
   * @returns Number of dimensions of the stored vectors (after a reduction).
   * @throws {ServerError} If the key does not exist, or holds a value that is not a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vdim/}
   */
  vdim(key: Key): Promise<number> {
    return this.send(["VDIM", key], toNumber);
  }

  /**
   * Returns the vector of an element, with the precision of its quantization.
   *
   * Complexity O(1) · since Redis 8.0 · read-only
   *
   * @example Read a vector
   * ```ts
   * await client.vadd("words", [1, 0], "king", { noquant: true });
   * await client.vemb("words", "king"); // Float32Array [1, 0]
   * ```
   *
   * @param key Key of the vector set.
   * @param element The element.
   * @param options Whether to return the vector as it is stored.
   * @returns The vector; null if the key or the element does not exist.
   * @throws {ServerError} If the key holds a value that is not a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vemb/}
   */
  vemb(key: Key, element: Value, options?: VembOptions): Promise<Float32Array | null>;
  /** Returns the vector of an element as it is stored. */
  vemb(key: Key, element: Value, options: VembRawOptions): Promise<RawVector | null>;
  /** Returns the vector of an element. It is returned as it is stored if `raw` is true. */
  vemb(
    key: Key,
    element: Value,
    options: VembAnyOptions,
  ): Promise<Float32Array | RawVector | null>;
  /** Returns the vector of an element. */
  vemb(
    key: Key,
    element: Value,
    options?: VembAnyOptions,
  ): Promise<Float32Array | RawVector | null> {
    const words: Words = ["VEMB", key, element];
    const { raw } = optionsOf(words, options, VEMB_OPTIONS);
    appendFlag(words, "RAW", raw);
    return raw
      ? this.send<RawVector | null>(words, toRawVectorOrNull, true)
      : this.send<Float32Array | null>(words, toVectorOrNull);
  }

  /**
   * Returns the attributes of an element.
   *
   * Complexity O(1) · since Redis 8.0 · read-only
   *
   * @example Read attributes
   * ```ts
   * await client.vadd("words", [1, 0], "king", { setattr: { year: 1952 } });
   * JSON.parse((await client.vgetattr("words", "king"))!); // { year: 1952 }
   * ```
   *
   * @param key Key of the vector set.
   * @param element The element.
   * @returns The attributes as JSON text; null if the key or the element does not exist, or has no attributes.
   * @throws {ServerError} If the key holds a value that is not a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vgetattr/}
   */
  vgetattr(key: Key, element: Value): Promise<T | null> {
    return this.send<T | null>(["VGETATTR", key, element], toBulkOrNull);
  }

  /**
   * Returns the properties of a vector set: size, quantization and graph.
   *
   * Complexity O(1) · since Redis 8.0 · read-only
   *
   * @example Size and quantization of a vector set
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * const info = await client.vinfo("words");
   * [info?.size, info?.quantType]; // [1, "int8"]
   * ```
   *
   * @param key Key of the vector set.
   * @returns The properties; null if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vinfo/}
   */
  vinfo(key: Key): Promise<VectorSetInfo | null> {
    return this.send(["VINFO", key], toVectorSetInfoOrNull);
  }

  /**
   * Returns whether an element is in a vector set.
   *
   * Complexity O(1) · since Redis 8.0 · read-only
   *
   * @example Check for two elements
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * await client.vismember("words", "king"); // true
   * await client.vismember("words", "pawn"); // false
   * ```
   *
   * @param key Key of the vector set.
   * @param element The element.
   * @returns Whether the element is in the set. False if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vismember/}
   */
  vismember(key: Key, element: Value): Promise<boolean> {
    return this.send(["VISMEMBER", key, element], toBoolean);
  }

  /**
   * Returns the neighbours of an element in each layer of the graph.
   *
   * Complexity O(1) · since Redis 8.0 · read-only
   *
   * @example Neighbours of an element
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * await client.vadd("words", [1, 1], "queen");
   * (await client.vlinks("words", "king"))?.at(-1); // ["queen"]
   * ```
   *
   * @param key Key of the vector set.
   * @param element The element.
   * @param options Whether to return similarities.
   * @returns Neighbours by layer, the lowest layer last; null if the key or the element does not exist.
   * @throws {ServerError} If the key holds a value that is not a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vlinks/}
   */
  vlinks(key: Key, element: Value, options?: VlinksOptions): Promise<T[][] | null>;
  /** Returns the neighbours of an element in each layer of the graph, with their similarities. */
  vlinks(
    key: Key,
    element: Value,
    options: VlinksScoresOptions,
  ): Promise<ScoredElement<T>[][] | null>;
  /** Returns the neighbours of an element in each layer. Includes their similarities if `withscores` is true. */
  vlinks(
    key: Key,
    element: Value,
    options: VlinksAnyOptions,
  ): Promise<T[][] | ScoredElement<T>[][] | null>;
  /** Returns the neighbours of an element in each layer of the graph. */
  vlinks(
    key: Key,
    element: Value,
    options?: VlinksAnyOptions,
  ): Promise<T[][] | ScoredElement<T>[][] | null> {
    const words: Words = ["VLINKS", key, element];
    const { withscores } = optionsOf(words, options, VLINKS_OPTIONS);
    appendFlag(words, "WITHSCORES", withscores);
    return withscores
      ? this.send<ScoredElement<T>[][] | null>(words, toLayersOrNullOf(toScoredElements<T>))
      : this.send<T[][] | null>(words, toLayersOrNullOf(toBulks<T>));
  }

  /**
   * Returns random elements of a vector set.
   *
   * Complexity O(N) for N returned elements · since Redis 8.0 · read-only
   *
   * @example Return one element, then two
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * await client.vrandmember("words"); // "king"
   * await client.vrandmember("words", -2); // ["king", "king"]
   * ```
   *
   * @param key Key of the vector set.
   * @param count Number of elements. With a positive number all are different. With a negative number an element may be
   * returned several times.
   * @returns Without a count, one element; null if the key does not exist. With a count, an array, which is empty if
   * the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vrandmember/}
   */
  vrandmember(key: Key): Promise<T | null>;
  /** Returns several random elements of a vector set. */
  vrandmember(key: Key, count: number): Promise<T[]>;
  /** Returns random elements of a vector set. */
  vrandmember(key: Key, count?: number): Promise<T | null | T[]> {
    return count === undefined
      ? this.send<T | null>(["VRANDMEMBER", key], toBulkOrNull)
      : this.send<T[]>(["VRANDMEMBER", key, count], toBulks);
  }

  /**
   * Returns the elements in a lexicographical range, compared byte by byte.
   *
   * To iterate over all elements, start the next page behind the last element of the previous one. Elements that exist
   * during the whole iteration are returned once.
   *
   * Complexity O(log(N) + M) for M returned elements of N · since Redis 8.4 · read-only
   *
   * @example Read two pages
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * const [first] = await client.vrange("words", "-", "+", 1);
   * await client.vrange("words", `(${first}`, "+", 1);
   * ```
   *
   * @param key Key of the vector set.
   * @param start Lower bound: `"-"` (none), `"[name"` (inclusive) or `"(name"` (exclusive).
   * @param end Upper bound: `"+"` (none), `"[name"` (inclusive) or `"(name"` (exclusive).
   * @param count Maximum number of elements. By default, or if it is negative, all.
   * @returns The elements in lexicographical order. Empty if the key does not exist.
   * @throws {ServerError} If a bound is invalid, or the key holds a value that is not a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vrange/}
   */
  vrange(key: Key, start: LexBound, end: LexBound, count?: number): Promise<T[]> {
    const words: Words = ["VRANGE", key, start, end];
    if (count !== undefined) words.push(count);
    return this.send<T[]>(words, toBulks);
  }

  /**
   * Removes an element from a vector set.
   *
   * Removing the last element deletes the key.
   *
   * Complexity O(log(N)) for N elements · since Redis 8.0
   *
   * @example Remove an element
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * await client.vrem("words", "king"); // true
   * ```
   *
   * @param key Key of the vector set.
   * @param element The element.
   * @returns Whether the element was in the set.
   * @throws {ServerError} If the key holds a value that is not a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vrem/}
   */
  vrem(key: Key, element: Value): Promise<boolean> {
    return this.send(["VREM", key, element], toBoolean);
  }

  /**
   * Sets or removes the attributes of an element.
   *
   * Complexity O(1) · since Redis 8.0
   *
   * @example Set and remove attributes
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * await client.vsetattr("words", "king", { year: 1952 }); // true
   * await client.vsetattr("words", "king", ""); // true
   * ```
   *
   * @param key Key of the vector set.
   * @param element The element.
   * @param attributes The attributes. `""` removes them.
   * @returns Whether the element exists.
   * @throws {ServerError} If the key holds a value that is not a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vsetattr/}
   */
  vsetattr(key: Key, element: Value, attributes: VectorAttributes): Promise<boolean> {
    return this.send(["VSETATTR", key, element, inJson(attributes)], toBoolean);
  }

  /**
   * Returns the elements of a vector set that are most similar to a vector or to an element.
   *
   * Complexity O(log(N)) for N elements · since Redis 8.0 · read-only
   *
   * @example Search by vector, and by element with a filter
   * ```ts
   * await client.vadd("words", [1, 0], "king", { setattr: { year: 1952 } });
   * await client.vadd("words", [1, 1], "queen", { setattr: { year: 2022 } });
   * await client.vsim("words", [1, 0.2]); // ["king", "queen"]
   * await client.vsim("words", { ele: "king" }, { filter: ".year > 2000" }); // ["queen"]
   * ```
   *
   * @example Return similarities
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * const [{ element, score }] = await client.vsim("words", [2, 0], { withscores: true, count: 1 });
   * [element, score]; // ["king", 1]
   * ```
   *
   * @param key Key of the vector set.
   * @param query A vector, or `{ ele }` to use the vector of an element.
   * @param options Limits, filter, search parameters, and what to return.
   * @returns The elements, most similar first. Empty if the key does not exist.
   * @throws {ServerError} If the element does not exist, the vector has another number of dimensions, the filter is
   * invalid, or the key holds a value that is not a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vsim/}
   */
  vsim(
    key: Key,
    query: VectorQuery,
    options?: VsimOptions & {
      /**
       * Return the similarities as well.
       *
       * @default {false}
       */
      withscores?: false;
      /**
       * Return the attributes as well (Redis 8.0.3).
       *
       * @default {false}
       */
      withattribs?: false;
    },
  ): Promise<T[]>;
  /** Returns similar elements with their similarities and attributes. */
  vsim(
    key: Key,
    query: VectorQuery,
    options: VsimOptions & {
      /** Return the similarities as well. */
      withscores: true;
      /** Return the attributes as well (Redis 8.0.3). */
      withattribs: true;
    },
  ): Promise<(ScoredElement<T> & AttributedElement<T>)[]>;
  /** Returns similar elements with their similarities. */
  vsim(
    key: Key,
    query: VectorQuery,
    options: VsimOptions & {
      /** Return the similarities as well. */
      withscores: true;
      /**
       * Return the attributes as well (Redis 8.0.3).
       *
       * @default {false}
       */
      withattribs?: false;
    },
  ): Promise<ScoredElement<T>[]>;
  /** Returns similar elements with their attributes. */
  vsim(
    key: Key,
    query: VectorQuery,
    options: VsimOptions & {
      /**
       * Return the similarities as well.
       *
       * @default {false}
       */
      withscores?: false;
      /** Return the attributes as well (Redis 8.0.3). */
      withattribs: true;
    },
  ): Promise<AttributedElement<T>[]>;
  /** Returns similar elements. Similarities and attributes are included if the options request them. */
  vsim(
    key: Key,
    query: VectorQuery,
    options: VsimOptions,
  ): Promise<T[] | ScoredElement<T>[] | AttributedElement<T>[]>;
  /** Returns similar elements. */
  vsim(
    key: Key,
    query: VectorQuery,
    options?: VsimOptions,
  ): Promise<unknown> {
    const words: Words = ["VSIM", key];
    if (!isElement(query)) appendVector(words, query);
    else words.push("ELE", recordOf(words, query, VSIM_ELEMENT, "an element").ele);
    const given = optionsOf(words, options, VSIM_OPTIONS);
    appendFlag(words, "WITHSCORES", given.withscores);
    appendFlag(words, "WITHATTRIBS", given.withattribs);
    appendOption(words, "COUNT", given.count);
    appendOption(words, "EPSILON", given.epsilon);
    appendOption(words, "EF", given.ef);
    appendOption(words, "FILTER", given.filter);
    appendOption(words, "FILTER-EF", given.filterEf);
    appendFlag(words, "TRUTH", given.truth);
    appendFlag(words, "NOTHREAD", given.nothread);
    return this.send(words, toSimilarOf<T>(given));
  }
}

function isElement(query: VectorQuery): query is { ele: Value } {
  return typeof query === "object" && query !== null && "ele" in query;
}

/**
 * Returns JSON text of attributes. If they cannot be serialized (a function, a cycle), returns the error to reject
 * with.
 */
function inJson(attributes: VectorAttributes): string | Error {
  if (typeof attributes === "string") return attributes;
  try {
    return JSON.stringify(attributes) ??
      new TypeError("Cannot send attributes that cannot be serialized as JSON");
  } catch (cause) {
    return new TypeError("Cannot send attributes that cannot be serialized as JSON", { cause });
  }
}
