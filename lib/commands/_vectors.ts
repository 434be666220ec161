/**
 * Arguments and replies of vector set commands.
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
 * A vector: numbers, or bytes that contain little-endian 32-bit floats. A `Float32Array` is sent as bytes, which is
 * faster than numbers.
 */
export type Vector = Float32Array | Uint8Array | Many<number>;

/**
 * Query of {@linkcode VectorSetCommands.prototype.vsim | VectorSetCommands.vsim}: a vector, or an element of the set.
 */
export type VectorQuery = Vector | {
  /** Element whose vector is used. */
  ele: Value;
};

/**
 * Options of {@linkcode VectorSetCommands.prototype.vsim | VectorSetCommands.vsim} that select what to return with each
 * element.
 */
export interface VsimDetails {
  /**
   * Return the similarity: 1 for the same direction, 0 for the opposite one.
   *
   * @default {false}
   */
  withscores?: boolean;
  /**
   * Return the attributes (Redis 8.0.3).
   *
   * @default {false}
   */
  withattribs?: boolean;
}

/**
 * Element of a vector set with its similarity.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface ScoredElement<T extends string | Uint8Array = string> {
  /** The element. */
  element: T;
  /** Similarity: 1 for the same direction, 0 for the opposite one. */
  score: number;
}

/**
 * Element of a vector set with its attributes.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface AttributedElement<T extends string | Uint8Array = string> {
  /** The element. */
  element: T;
  /** Attributes as JSON text; null if there are none. */
  attributes: T | null;
}

/**
 * Properties of a vector set, as returned by {@linkcode VectorSetCommands.prototype.vinfo | VectorSetCommands.vinfo}.
 */
export interface VectorSetInfo {
  /** Quantization of the components: `"int8"`, `"bin"` or `"f32"`. */
  quantType: string;
  /** Number of dimensions of the stored vectors (after a reduction). */
  vectorDim: number;
  /** Number of elements. */
  size: number;
  /** Highest layer of the graph. */
  maxLevel: number;
  /** Id of the vector set, unique in the server process. */
  vsetUid: number;
  /** Highest id of a node in the graph. */
  hnswMaxNodeUid: number;
  /** Maximum number of neighbours of a node per layer (Redis 8.0.2). */
  hnswM?: number;
  /** Number of dimensions before the reduction; 0 without a reduction (Redis 8.0.2). */
  projectionInputDim?: number;
  /** Number of elements with attributes (Redis 8.0.2). */
  attributesCount?: number;
}

/** A vector as it is stored. */
export interface RawVector {
  /** Quantization of the components: `"int8"`, `"bin"` or `"f32"`. */
  quantization: string;
  /** The quantized components. */
  data: Uint8Array;
  /** L2 norm of the vector before normalization. */
  norm: number;
  /** Quantization range; only for `"int8"`. */
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

/** Neighbours by layer, or null for a missing value. */
export function toLayersOrNullOf<R>(layer: Decoder<R>): Decoder<R[] | null> {
  const layers = toListOf(layer);
  return (reply, bytes) => reply === null ? null : layers(reply, bytes);
}

/**
 * Selects the decoder of VSIM, whose reply depends on the options.
 *
 * @param details Options of the call.
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
