/**
 * Vectors: how they are sent, and what vector sets answer.
 *
 * @module
 */

import type { Decoder, Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { listOf } from "../words.ts";
import type { Many, Value } from "./_args.ts";
import {
  elements,
  toBulk,
  toBulkOrNull,
  toBulks,
  toListOf,
  toNumber,
  toPairs,
  toText,
  unexpected,
} from "./_decode.ts";
import { optional, toNamed, valueOf } from "./_named.ts";
import { refuse } from "./_options.ts";

/**
 * A vector: numbers, or bytes that are little-endian floats of 32 bits each. A `Float32Array` is sent as bytes, which is
 * shorter and faster than numbers.
 */
export type Vector = Float32Array | Uint8Array | Many<number>;

/**
 * What an element of a vector set has to be like: a vector, or another element.
 */
export type VectorQuery = Vector | {
  /** The other element. */
  ele: Value;
};

/** What is answered about an element besides itself. */
export interface VsimDetails {
  /** How similar it is: 1 for the same direction, 0 for the opposite one. @default {false} */
  withscores?: boolean;
  /** Its attributes (Redis 8.0.3). @default {false} */
  withattribs?: boolean;
}

/**
 * An element of a vector set, with its similarity.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface ScoredElement<T extends string | Uint8Array = string> {
  /** The element. */
  element: T;
  /** How similar it is: 1 for the same direction, 0 for the opposite one. */
  score: number;
}

/**
 * An element of a vector set, with its attributes.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface AttributedElement<T extends string | Uint8Array = string> {
  /** The element. */
  element: T;
  /** Its attributes, JSON text; null if it has none. */
  attributes: T | null;
}

/** What `vinfo()` tells about a vector set. */
export interface VectorSetInfo {
  /** How components are stored: `"int8"`, `"bin"` or `"f32"`. */
  quantType: string;
  /** Number of dimensions, after a reduction. */
  vectorDim: number;
  /** Number of elements. */
  size: number;
  /** Number of the highest layer of the graph. */
  maxLevel: number;
  /** Id of the vector set, which is unique in the server process. */
  vsetUid: number;
  /** The highest id of a node of the graph. */
  hnswMaxNodeUid: number;
  /** How many neighbours a node has at most in a layer (Redis 8.0.2, like the others below). */
  hnswM?: number;
  /** Number of dimensions before a reduction; 0 if there is none. */
  projectionInputDim?: number;
  /** Number of elements with attributes. */
  attributesCount?: number;
}

/** How a vector is stored. */
export interface RawVector {
  /** How components are stored: `"int8"`, `"bin"` or `"f32"`. */
  quantization: string;
  /** The components as they are stored. */
  data: Uint8Array;
  /** Length of the vector before it was normalized. */
  norm: number;
  /** Range of the components; only with `"int8"`. */
  range?: number;
}

/**
 * Appends a vector: as bytes if it is binary, else as numbers.
 *
 * @param words Where to append.
 * @param vector The vector.
 * @returns `words`.
 */
export function appendVector(words: Words, vector: Vector): Words {
  if (vector instanceof Float32Array) {
    words.push("FP32", new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
  } else if (vector instanceof Uint8Array) {
    words.push("FP32", vector);
  } else if (typeof vector === "object" && vector !== null && Symbol.iterator in vector) {
    const components = listOf<number>(vector);
    words.push("VALUES", components.length);
    for (const component of components) words.push(component);
  } else {
    refuse(words, "expected a vector as a Float32Array, an array of numbers, or bytes");
  }
  return words;
}

/** A vector, or null for a missing value. */
export function toVectorOrNull(reply: Reply): Float32Array | null {
  return reply === null ? null : Float32Array.from(elements(reply), toNumber);
}

/** A vector as it is stored, or null for a missing value. */
export function toRawVectorOrNull(reply: Reply): RawVector | null {
  if (reply === null) return null;
  const [quantization, data, norm, range] = elements(reply);
  if (!(data instanceof Uint8Array)) return unexpected(reply, "a stored vector");
  return {
    quantization: toText(quantization),
    data,
    norm: toNumber(norm),
    ...(range === undefined ? {} : { range: toNumber(range) }),
  };
}

/** A report on a vector set, or null for a missing value. */
export function toVectorSetInfoOrNull(reply: Reply): VectorSetInfo | null {
  if (reply === null) return null;
  const named = toNamed(reply);
  return {
    quantType: toText(valueOf(named, "quant-type")),
    vectorDim: toNumber(valueOf(named, "vector-dim")),
    size: toNumber(valueOf(named, "size")),
    maxLevel: toNumber(valueOf(named, "max-level")),
    vsetUid: toNumber(valueOf(named, "vset-uid")),
    hnswMaxNodeUid: toNumber(valueOf(named, "hnsw-max-node-uid")),
    ...optional(named, "hnsw-m", "hnswM", toNumber),
    ...optional(named, "projection-input-dim", "projectionInputDim", toNumber),
    ...optional(named, "attributes-count", "attributesCount", toNumber),
  };
}

/** Elements with their similarities. */
export function toScoredElements<T extends string | Uint8Array>(reply: Reply): ScoredElement<T>[] {
  return Array.from(toPairs(reply), ([element, score]) => ({
    element: toBulk<T>(element),
    score: toNumber(score),
  }));
}

/** Layers of neighbours, or null for a missing value. */
export function toLayersOrNullOf<R>(layer: Decoder<R>): Decoder<R[] | null> {
  const layers = toListOf(layer);
  return (reply, bytes) => reply === null ? null : layers(reply, bytes);
}

/**
 * Chooses the decoder of VSIM: what it answers about an element has no names.
 *
 * @param details What was asked for.
 */
export function toSimilarOf<T extends string | Uint8Array>(
  { withscores, withattribs }: VsimDetails,
): Decoder<unknown> {
  if (withscores && withattribs) return toScoredAndAttributed<T>;
  if (withscores) return toScoredElements<T>;
  return withattribs ? toAttributed<T> : toBulks<T>;
}

function toAttributed<T extends string | Uint8Array>(reply: Reply): AttributedElement<T>[] {
  return Array.from(toPairs(reply), ([element, attributes]) => ({
    element: toBulk<T>(element),
    attributes: toBulkOrNull<T>(attributes),
  }));
}

function toScoredAndAttributed<T extends string | Uint8Array>(
  reply: Reply,
): (ScoredElement<T> & AttributedElement<T>)[] {
  // RESP3: a map of pairs; RESP2: three items for each element, one behind the other.
  const items = reply instanceof Map
    ? Array.from(toPairs(reply), ([element, pair]) => [element, ...elements(pair)]).flat()
    : elements(reply);
  if (items.length % 3 !== 0) return unexpected(reply, "elements, scores and attributes");
  return Array.from({ length: items.length / 3 }, (_, i) => ({
    element: toBulk<T>(items[i * 3]),
    score: toNumber(items[i * 3 + 1]),
    attributes: toBulkOrNull<T>(items[i * 3 + 2]),
  }));
}
