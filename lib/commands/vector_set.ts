/**
 * Commands on vector sets.
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

/** Attributes of an element of a vector set: JSON text, or an object, which is sent as JSON. */
export type VectorAttributes = string | Readonly<Record<string, unknown>>;

/** Options for {@linkcode VectorSetCommands.vadd}. */
export type VaddOptions =
  & AtMostOne<{
    /** Store the components as they are, as floats of 32 bits. */
    noquant: boolean;
    /** Store the components in 8 bits each, which is the default. */
    q8: boolean;
    /** Store the sign of each component only. */
    bin: boolean;
  }>
  & {
    /** Reduce the vector to so many dimensions, by a random projection. */
    reduce?: number;
    /** Look for neighbours in a thread, so that other clients wait less. @default {false} */
    cas?: boolean;
    /** How many candidates to look at for the neighbours. @default {200} */
    ef?: number;
    /** Attributes of the element, for filters. */
    setattr?: VectorAttributes;
    /** How many neighbours an element has at most; for the first element of the set. @default {16} */
    m?: number;
  };

/** Options for {@linkcode VectorSetCommands.vsim} that say which elements to find. */
export interface VsimOptions extends VsimDetails {
  /** How many elements to answer at most. @default {10} */
  count?: number;
  /** How different an element may be, from 0 to 1. @default {1} */
  epsilon?: number;
  /** How many candidates to look at: more find better ones, and take longer. */
  ef?: number;
  /** Condition on the attributes: `".year >= 1980 and .genre in ['drama']"`. */
  filter?: string;
  /** How many candidates to look at for ones that match the filter; 0 for no limit. */
  filterEf?: number;
  /** Compare with all elements, instead of those that the graph leads to. @default {false} */
  truth?: boolean;
  /** Search in the server's main thread. @default {false} */
  nothread?: boolean;
}

/** Ask for neighbours without their similarities. */
export interface VlinksOptions {
  /** Answer the similarities too. @default {false} */
  withscores?: false;
}

/** Ask for neighbours with their similarities. */
export interface VlinksScoresOptions {
  /** Answer the similarities too. */
  withscores: true;
}

/** Ask for neighbours with or without their similarities. */
export interface VlinksAnyOptions {
  /** Answer the similarities too. @default {false} */
  withscores?: boolean;
}

/** Ask for a vector as floats. */
export interface VembOptions {
  /** Answer the vector as it is stored. @default {false} */
  raw?: false;
}

/** Ask for a vector as it is stored. */
export interface VembRawOptions {
  /** Answer the vector as it is stored. */
  raw: true;
}

/** Ask for a vector, as floats or as it is stored. */
export interface VembAnyOptions {
  /** Answer the vector as it is stored. @default {false} */
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
 * Commands on vector sets (Redis 8.0): elements with a vector each, to find those that are similar to a vector.
 *
 * Similarity is that of directions (cosine), from 0 to 1. Unless `noquant` is set, vectors are stored with less
 * precision than they are sent.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class VectorSetCommands<T extends string | Uint8Array = string>
  extends Executor<T> {
  /**
   * Adds an element to a vector set, or gives it another vector.
   *
   * Complexity O(log(N)) for N elements · since Redis 8.0
   *
   * @example Two words
   * ```ts
   * await client.vadd("words", new Float32Array([1, 0, 0.5]), "king"); // true
   * await client.vadd("words", [0.9, 0.1, 0.4], "queen", { setattr: { year: 1952 } }); // true
   * ```
   *
   * @param key Key of the vector set.
   * @param vector Its vector; all vectors of a set have the same number of dimensions.
   * @param element The element.
   * @param options How to store the vector, and attributes of the element.
   * @returns Whether the element is new.
   * @throws {ServerError} If the vector has another number of dimensions, or the key holds something else than a vector
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
   * Counts the elements of a vector set.
   *
   * Complexity O(1) · since Redis 8.0 · read-only
   *
   * @example Counting
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * await client.vcard("words"); // 1
   * ```
   *
   * @param key Key of the vector set.
   * @returns The number of elements, 0 if there is no such key.
   * @throws {ServerError} If the key holds something else than a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vcard/}
   */
  vcard(key: Key): Promise<number> {
    return this.send(["VCARD", key], toNumber);
  }

  /**
   * Tells how many dimensions the vectors of a vector set have.
   *
   * Complexity O(1) · since Redis 8.0 · read-only
   *
   * @example Two dimensions
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * await client.vdim("words"); // 2
   * ```
   *
   * @param key Key of the vector set.
   * @returns The number of dimensions, after a reduction.
   * @throws {ServerError} If there is no such key, or it holds something else than a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vdim/}
   */
  vdim(key: Key): Promise<number> {
    return this.send(["VDIM", key], toNumber);
  }

  /**
   * Gets the vector of an element, about as it was sent.
   *
   * Complexity O(1) · since Redis 8.0 · read-only
   *
   * @example Reading a vector back
   * ```ts
   * await client.vadd("words", [1, 0], "king", { noquant: true });
   * await client.vemb("words", "king"); // Float32Array [1, 0]
   * ```
   *
   * @param key Key of the vector set.
   * @param element The element.
   * @param options Whether to answer it as it is stored.
   * @returns The vector, or null if there is no such key or element.
   * @throws {ServerError} If the key holds something else than a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vemb/}
   */
  vemb(key: Key, element: Value, options?: VembOptions): Promise<Float32Array | null>;
  /** Gets the vector of an element as it is stored. */
  vemb(key: Key, element: Value, options: VembRawOptions): Promise<RawVector | null>;
  /** Gets the vector of an element, as it is stored if the flag says so. */
  vemb(
    key: Key,
    element: Value,
    options: VembAnyOptions,
  ): Promise<Float32Array | RawVector | null>;
  /** Gets the vector of an element. */
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
   * Gets the attributes of an element.
   *
   * Complexity O(1) · since Redis 8.0 · read-only
   *
   * @example Attributes are JSON text
   * ```ts
   * await client.vadd("words", [1, 0], "king", { setattr: { year: 1952 } });
   * JSON.parse((await client.vgetattr("words", "king"))!); // { year: 1952 }
   * ```
   *
   * @param key Key of the vector set.
   * @param element The element.
   * @returns The text that was set; null if there is no such key or element, or it has no attributes.
   * @throws {ServerError} If the key holds something else than a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vgetattr/}
   */
  vgetattr(key: Key, element: Value): Promise<T | null> {
    return this.send<T | null>(["VGETATTR", key, element], toBulkOrNull);
  }

  /**
   * Tells about a vector set: how it stores vectors, and how large its graph is.
   *
   * Complexity O(1) · since Redis 8.0 · read-only
   *
   * @example Size and precision
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * const info = await client.vinfo("words");
   * [info?.size, info?.quantType]; // [1, "int8"]
   * ```
   *
   * @param key Key of the vector set.
   * @returns The report, or null if there is no such key.
   * @throws {ServerError} If the key holds something else than a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vinfo/}
   */
  vinfo(key: Key): Promise<VectorSetInfo | null> {
    return this.send(["VINFO", key], toVectorSetInfoOrNull);
  }

  /**
   * Tells whether an element is in a vector set.
   *
   * Complexity O(1) · since Redis 8.0 · read-only
   *
   * @example Is it there?
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * await client.vismember("words", "king"); // true
   * await client.vismember("words", "pawn"); // false
   * ```
   *
   * @param key Key of the vector set.
   * @param element The element.
   * @returns Whether it is there; false also if there is no such key.
   * @throws {ServerError} If the key holds something else than a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vismember/}
   */
  vismember(key: Key, element: Value): Promise<boolean> {
    return this.send(["VISMEMBER", key, element], toBoolean);
  }

  /**
   * Lists the neighbours of an element in each layer of the graph.
   *
   * Complexity O(1) · since Redis 8.0 · read-only
   *
   * @example The neighbours of one of two elements
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * await client.vadd("words", [1, 1], "queen");
   * (await client.vlinks("words", "king"))?.at(-1); // ["queen"]
   * ```
   *
   * @param key Key of the vector set.
   * @param element The element.
   * @param options Whether to answer how similar they are.
   * @returns The neighbours by layer, those of the lowest one last; null if there is no such key or element.
   * @throws {ServerError} If the key holds something else than a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vlinks/}
   */
  vlinks(key: Key, element: Value, options?: VlinksOptions): Promise<T[][] | null>;
  /** Lists the neighbours of an element in each layer of the graph, with their similarities. */
  vlinks(
    key: Key,
    element: Value,
    options: VlinksScoresOptions,
  ): Promise<ScoredElement<T>[][] | null>;
  /** Lists the neighbours of an element in each layer, with their similarities if the flag says so. */
  vlinks(
    key: Key,
    element: Value,
    options: VlinksAnyOptions,
  ): Promise<T[][] | ScoredElement<T>[][] | null>;
  /** Lists the neighbours of an element in each layer of the graph. */
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
   * Picks elements of a vector set at random.
   *
   * Complexity O(N) for N elements picked · since Redis 8.0 · read-only
   *
   * @example One, and several
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * await client.vrandmember("words"); // "king"
   * await client.vrandmember("words", -2); // ["king", "king"]
   * ```
   *
   * @param key Key of the vector set.
   * @param count How many; without it, one. A negative number may pick an element several times.
   * @returns Without a count, an element, null if there is no such key. With a count, a list.
   * @throws {ServerError} If the key holds something else than a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vrandmember/}
   */
  vrandmember(key: Key): Promise<T | null>;
  /** Picks several elements of a vector set at random. */
  vrandmember(key: Key, count: number): Promise<T[]>;
  /** Picks elements of a vector set at random. */
  vrandmember(key: Key, count?: number): Promise<T | null | T[]> {
    return count === undefined
      ? this.send<T | null>(["VRANDMEMBER", key], toBulkOrNull)
      : this.send<T[]>(["VRANDMEMBER", key, count], toBulks);
  }

  /**
   * Answers the elements in a range of names, byte by byte.
   *
   * An iteration goes on behind the last name of a page: elements that are there all the time are answered once.
   *
   * Complexity O(log(N) + M) for M elements answered of N · since Redis 8.4 · read-only
   *
   * @example The first page, and the next one
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * const [first] = await client.vrange("words", "-", "+", 1);
   * await client.vrange("words", `(${first}`, "+", 1);
   * ```
   *
   * @param key Key of the vector set.
   * @param start The first name: `"-"`, `"[name"`, or `"(name"` for what follows it.
   * @param end The last name: `"+"`, `"[name"`, or `"(name"` for what precedes it.
   * @param count How many elements at most; all if it is negative or not given.
   * @returns The elements in their order; none if there is no such key.
   * @throws {ServerError} If a bound is malformed, or the key holds something else than a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vrange/}
   */
  vrange(key: Key, start: LexBound, end: LexBound, count?: number): Promise<T[]> {
    const words: Words = ["VRANGE", key, start, end];
    if (count !== undefined) words.push(count);
    return this.send<T[]>(words, toBulks);
  }

  /**
   * Removes an element from a vector set, and the key with the last one.
   *
   * Complexity O(log(N)) for N elements · since Redis 8.0
   *
   * @example Removing an element
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * await client.vrem("words", "king"); // true
   * ```
   *
   * @param key Key of the vector set.
   * @param element The element.
   * @returns Whether it was there.
   * @throws {ServerError} If the key holds something else than a vector set (`WRONGTYPE`).
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
   * @example Setting and removing
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * await client.vsetattr("words", "king", { year: 1952 }); // true
   * await client.vsetattr("words", "king", ""); // true
   * ```
   *
   * @param key Key of the vector set.
   * @param element The element.
   * @param attributes The attributes, `""` for none.
   * @returns Whether there is such an element.
   * @throws {ServerError} If the key holds something else than a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vsetattr/}
   */
  vsetattr(key: Key, element: Value, attributes: VectorAttributes): Promise<boolean> {
    return this.send(["VSETATTR", key, element, inJson(attributes)], toBoolean);
  }

  /**
   * Finds the elements of a vector set that are most similar to a vector, or to an element.
   *
   * Complexity O(log(N)) for N elements · since Redis 8.0 · read-only
   *
   * @example Similar to a vector, with a condition
   * ```ts
   * await client.vadd("words", [1, 0], "king", { setattr: { year: 1952 } });
   * await client.vadd("words", [1, 1], "queen", { setattr: { year: 2022 } });
   * await client.vsim("words", [1, 0.2]); // ["king", "queen"]
   * await client.vsim("words", { ele: "king" }, { filter: ".year > 2000" }); // ["queen"]
   * ```
   *
   * @example How similar
   * ```ts
   * await client.vadd("words", [1, 0], "king");
   * const [{ element, score }] = await client.vsim("words", [2, 0], { withscores: true, count: 1 });
   * [element, score]; // ["king", 1]
   * ```
   *
   * @param key Key of the vector set.
   * @param query The vector, or `{ ele }` for that of an element.
   * @param options Which elements, how to search, and what to answer about them.
   * @returns The elements, the most similar one first; none if there is no such key.
   * @throws {ServerError} If there is no such element, the vector has another number of dimensions, the filter is
   * malformed, or the key holds something else than a vector set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/vsim/}
   */
  vsim(
    key: Key,
    query: VectorQuery,
    options?: VsimOptions & {
      /** Answer the similarities too. @default {false} */
      withscores?: false;
      /** Answer the attributes too (Redis 8.0.3). @default {false} */
      withattribs?: false;
    },
  ): Promise<T[]>;
  /** Finds similar elements, with their similarities and attributes. */
  vsim(
    key: Key,
    query: VectorQuery,
    options: VsimOptions & {
      /** Answer the similarities too. */
      withscores: true;
      /** Answer the attributes too (Redis 8.0.3). */
      withattribs: true;
    },
  ): Promise<(ScoredElement<T> & AttributedElement<T>)[]>;
  /** Finds similar elements, with their similarities. */
  vsim(
    key: Key,
    query: VectorQuery,
    options: VsimOptions & {
      /** Answer the similarities too. */
      withscores: true;
      /** Answer the attributes too (Redis 8.0.3). @default {false} */
      withattribs?: false;
    },
  ): Promise<ScoredElement<T>[]>;
  /** Finds similar elements, with their attributes. */
  vsim(
    key: Key,
    query: VectorQuery,
    options: VsimOptions & {
      /** Answer the similarities too. @default {false} */
      withscores?: false;
      /** Answer the attributes too (Redis 8.0.3). */
      withattribs: true;
    },
  ): Promise<AttributedElement<T>[]>;
  /** Finds similar elements, with what the flags say. */
  vsim(
    key: Key,
    query: VectorQuery,
    options: VsimOptions,
  ): Promise<T[] | ScoredElement<T>[] | AttributedElement<T>[]>;
  /** Finds similar elements. */
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

/** JSON text as it is, anything else as JSON. What has none (a function, a cycle) makes the command reject. */
function inJson(attributes: VectorAttributes): string | Error {
  if (typeof attributes === "string") return attributes;
  try {
    return JSON.stringify(attributes) ??
      new TypeError("Cannot send attributes that have no JSON form");
  } catch (cause) {
    return new TypeError("Cannot send attributes that have no JSON form", { cause });
  }
}
