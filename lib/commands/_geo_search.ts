/**
 * Arguments and results of geospatial searches: the area, the order, and the details of each member.
 *
 * @module
 */

import type { Decoder, Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { listOf } from "../words.ts";
import {
  type AnyCase,
  appendFlag,
  type AtMostOne,
  type ExactlyOne,
  type Many,
  type Value,
} from "./_args.ts";
import { elements, toBulk, toBulks, toListOf, toNumber, unexpected } from "./_decode.ts";
import { optionsOf, recordOf, refuse } from "./_options.ts";

/** A unit of length: meters, kilometers, feet or miles. */
export type GeoUnit = AnyCase<"m" | "km" | "ft" | "mi">;

/** A position on the Earth, in degrees. */
export interface GeoPosition {
  /** Longitude from −180 to 180, negative in the west. */
  longitude: number;
  /**
   * Latitude from −85.05112878 to 85.05112878, negative in the south. Positions closer to the poles cannot be stored.
   */
  latitude: number;
}

/**
 * The center of an area. Exactly one of the options.
 *
 * - `frommember`: a member of the sorted set.
 * - `fromlonlat`: a longitude and a latitude.
 */
export type GeoCenter = ExactlyOne<{
  /** A member of the sorted set is the center. */
  frommember: Value;
  /** This position is the center. */
  fromlonlat: GeoPosition;
}>;

/**
 * The shape and size of an area around its center. Exactly one of the options.
 *
 * - `byradius`: a circle with a `radius` and its `unit`.
 * - `bybox`: a box with a `width`, a `height` and their `unit`.
 */
export type GeoShape = ExactlyOne<{
  /** A circle. */
  byradius: {
    /** Radius of the circle. */
    radius: number;
    /** Unit of the radius, and of distances in the result. */
    unit: GeoUnit;
  };
  /** A box, whose sides run north to south and east to west. */
  bybox: {
    /** Length from west to east. */
    width: number;
    /** Length from north to south. */
    height: number;
    /** Unit of width and height, and of distances in the result. */
    unit: GeoUnit;
  };
}>;

/** A polygon to search (Valkey 9.0): `bypolygon` has its corners in order, at least three. */
export type GeoPolygon = {
  /** The corners in order, at least three. Distances in the result are in meters from the centroid. */
  bypolygon: Many<GeoPosition>;
  /** Cannot be combined with `bypolygon`. */
  frommember?: undefined;
  /** Cannot be combined with `bypolygon`. */
  fromlonlat?: undefined;
  /** Cannot be combined with `bypolygon`. */
  byradius?: undefined;
  /** Cannot be combined with `bypolygon`. */
  bybox?: undefined;
};

/**
 * An area to search: a circle or a box ({@linkcode GeoShape}) around a member or a position ({@linkcode GeoCenter}), or
 * a
 * polygon ({@linkcode GeoPolygon}).
 */
export type GeoArea =
  | (GeoCenter & GeoShape & {
    /** Cannot be combined with `byradius` or `bybox`. */
    bypolygon?: undefined;
  })
  | GeoPolygon;

/**
 * The order of the members, and how many to return.
 *
 * - `asc` or `desc`: sort by distance, nearest or farthest first. By default not sorted, or with `count` nearest first.
 * - `count`: return at most this many, the nearest ones unless `desc` is set.
 * - `any`: together with `count`, stop at the first members found, which may not be the nearest.
 */
export type GeoOrder =
  & AtMostOne<{
    /** Sort by distance, nearest first. */
    asc: boolean;
    /** Sort by distance, farthest first. */
    desc: boolean;
  }>
  & (
    | {
      /** Largest number of members: the nearest ones, or with `desc` the farthest. All in the area by default. */
      count?: number;
      /** Only together with `count`. */
      any?: false;
    }
    | {
      /** Largest number of members: the nearest ones, or with `desc` the farthest. */
      count: number;
      /**
       * Stop at the first `count` members found, which may not be the nearest. Faster.
       *
       * @default {false}
       */
      any?: boolean;
    }
  );

/** Details to return with each member. */
export interface GeoDetails {
  /**
   * Return the distance from the center.
   *
   * @default {false}
   */
  withdist?: boolean;
  /**
   * Return the geohash as an integer, for debugging.
   *
   * @default {false}
   */
  withhash?: boolean;
  /**
   * Return the position.
   *
   * @default {false}
   */
  withcoord?: boolean;
}

/** Option to return members without details. */
export interface NoGeoDetails {
  /**
   * Return the distance from the center.
   *
   * @default {false}
   */
  withdist?: false;
  /**
   * Return the geohash as an integer, for debugging.
   *
   * @default {false}
   */
  withhash?: false;
  /**
   * Return the position.
   *
   * @default {false}
   */
  withcoord?: false;
}

/** Options to return members with at least one detail. */
export type SomeGeoDetails =
  | {
    /** Return the distance from the center. */
    withdist: true;
  }
  | {
    /** Return the geohash as an integer, for debugging. */
    withhash: true;
  }
  | {
    /** Return the position. */
    withcoord: true;
  };

/**
 * Type of a detail: present if its option is true, optional if the option is a boolean known only at run time.
 *
 * @typeParam F Type of the option.
 * @typeParam R Type of the object with the detail.
 */
export type GeoDetail<F, R> = [F] extends [true] ? R : [F] extends [false | undefined] ? unknown
: Partial<R>;

/**
 * Type of one option, or undefined if it is not given.
 *
 * @typeParam O Type of the options.
 * @typeParam K Name of the option.
 */
export type GeoOption<O, K extends keyof GeoDetails> = K extends keyof O ? O[K] : undefined;

/** The distance of a member that was found. */
export interface GeoDistance {
  /** Distance from the center, in the unit of the area. */
  distance: number;
}

/** The geohash of a member that was found. */
export interface GeoHash {
  /** The geohash as an integer of 52 bits. */
  hash: number;
}

/** The position of a member that was found. */
export interface GeoPlace {
  /** The position, as exact as its geohash. */
  position: GeoPosition;
}

/**
 * A member that was found, with the details that the options ask for.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam O Type of the options of the search.
 */
export type GeoMatch<T extends string | Uint8Array = string, O = GeoDetails> =
  & {
    /** The member. */
    member: T;
  }
  & GeoDetail<GeoOption<O, "withdist">, GeoDistance>
  & GeoDetail<GeoOption<O, "withhash">, GeoHash>
  & GeoDetail<GeoOption<O, "withcoord">, GeoPlace>;

/**
 * Result of a search: members alone, or objects with details, depending on the options.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam O Type of the options of the search.
 */
export type GeoMatches<T extends string | Uint8Array, O> = O extends SomeGeoDetails
  ? GeoMatch<T, O>[]
  : [GeoOption<O, keyof GeoDetails>] extends [false | undefined] ? T[]
  : T[] | GeoMatch<T, O>[];

const GEO_POSITION: OptionShape<GeoPosition> = { longitude: "word", latitude: "word" };

const GEO_AREA: OptionShape<GeoArea> = {
  frommember: "word",
  fromlonlat: GEO_POSITION,
  byradius: { radius: "word", unit: "word" },
  bybox: { width: "word", height: "word", unit: "word" },
  bypolygon: "list",
};

/** Shape of the options for the order of the results. */
export const GEO_ORDER: OptionShape<GeoOrder> = {
  asc: "flag",
  desc: "flag",
  count: "word",
  any: "flag",
};

/** Shape of the options of a search. */
export const GEO_SEARCH_OPTIONS: OptionShape<GeoOrder & GeoDetails> = {
  ...GEO_ORDER,
  withdist: "flag",
  withhash: "flag",
  withcoord: "flag",
};

/**
 * Appends an area.
 *
 * @param words The words of the command so far.
 * @param area The circle or box to search, with its unit.
 * @returns `words`.
 */
export function appendGeoArea(words: Words, area: GeoArea): Words {
  if (area === undefined) refuse(words, "expected an area");
  const { frommember, fromlonlat, byradius, bybox, bypolygon } = optionsOf(words, area, GEO_AREA);
  if (frommember !== undefined) words.push("FROMMEMBER", frommember);
  if (fromlonlat !== undefined) words.push("FROMLONLAT", fromlonlat.longitude, fromlonlat.latitude);
  if (byradius !== undefined) words.push("BYRADIUS", byradius.radius, byradius.unit);
  if (bybox !== undefined) words.push("BYBOX", bybox.width, bybox.height, bybox.unit);
  if (bypolygon !== undefined) {
    const vertices = listOf(bypolygon);
    words.push("BYPOLYGON", vertices.length);
    for (const vertex of vertices) appendPosition(words, vertex);
  }
  return words;
}

/**
 * Appends the longitude and the latitude of a position.
 *
 * @param words The words of the command so far.
 * @param position The position.
 * @returns `words`.
 */
export function appendPosition(words: Words, position: GeoPosition): Words {
  const { longitude, latitude } = recordOf(words, position, GEO_POSITION, "a position");
  words.push(longitude, latitude);
  return words;
}

/**
 * Appends the options for order and count.
 *
 * @param words The words of the command so far.
 * @param order The options.
 * @returns `words`.
 */
export function appendGeoOrder(words: Words, order: GeoOrder): Words {
  appendFlag(words, "ASC", order.asc);
  appendFlag(words, "DESC", order.desc);
  if (order.count !== undefined) words.push("COUNT", order.count);
  appendFlag(words, "ANY", order.any);
  return words;
}

/**
 * Appends the options for details.
 *
 * @param words The words of the command so far.
 * @param details The options.
 * @returns `words`.
 */
export function appendGeoDetails(words: Words, details: GeoDetails): Words {
  appendFlag(words, "WITHDIST", details.withdist);
  appendFlag(words, "WITHHASH", details.withhash);
  appendFlag(words, "WITHCOORD", details.withcoord);
  return words;
}

/**
 * Makes a decoder of the members that were found.
 *
 * The server sends details in a fixed order and without names, and without details only members. So the decoder depends
 * on the options of the request.
 *
 * @param details The options for details.
 * @returns A decoder of an array.
 */
export function toFoundMembersOf<T extends string | Uint8Array>(
  details: GeoDetails,
): Decoder<T[] | GeoMatch<T>[]> {
  const { withdist = false, withhash = false, withcoord = false } = details;
  const length = 1 + Number(withdist) + Number(withhash) + Number(withcoord);
  if (length === 1) return toBulks<T>;
  return toListOf((reply) => {
    const parts = elements(reply);
    if (parts.length !== length) return unexpected(reply, "a member with its details");
    let next = 0;
    const match: GeoMatch<T> = { member: toBulk<T>(parts[next++]) };
    if (withdist) match.distance = toNumber(parts[next++]);
    if (withhash) match.hash = toNumber(parts[next++]);
    if (withcoord) match.position = toGeoPosition(parts[next++]);
    return match;
  });
}

/** Decodes a longitude and a latitude. */
export function toGeoPosition(reply: Reply): GeoPosition {
  const parts = elements(reply);
  if (parts.length !== 2) return unexpected(reply, "a longitude and a latitude");
  return { longitude: toNumber(parts[0]), latitude: toNumber(parts[1]) };
}
