/**
 * Searches for positions: the area, what is answered about what is found, and in which order.
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

/** Units of length: meters, kilometers, feet, miles. */
export type GeoUnit = AnyCase<"m" | "km" | "ft" | "mi">;

/** A position on the globe, in degrees. */
export interface GeoPosition {
  /** From −180 to 180, negative in the west. */
  longitude: number;
  /** From −85.05112878 to 85.05112878, negative in the south. The rest, around the poles, cannot be stored. */
  latitude: number;
}

/** Where the middle of an area is. Exactly one of the options. */
export type GeoCenter = ExactlyOne<{
  /** Where this member is. */
  frommember: Value;
  /** At this position. */
  fromlonlat: GeoPosition;
}>;

/** How far an area reaches from its middle. Exactly one of the options. */
export type GeoShape = ExactlyOne<{
  /** A circle. */
  byradius: {
    /** Its radius. */
    radius: number;
    /** Unit of the radius, and of distances in the reply. */
    unit: GeoUnit;
  };
  /** A rectangle, its sides along the meridians and parallels. */
  bybox: {
    /** From west to east. */
    width: number;
    /** From south to north. */
    height: number;
    /** Unit of the sides, and of distances in the reply. */
    unit: GeoUnit;
  };
}>;

/** An area with corners, around no given middle (Valkey 9.0). */
export type GeoPolygon = {
  /** The corners in their order, three at least. Distances in the reply are meters from their centroid. */
  bypolygon: Many<GeoPosition>;
  /** Not with a polygon. */
  frommember?: undefined;
  /** Not with a polygon. */
  fromlonlat?: undefined;
  /** Not with a polygon. */
  byradius?: undefined;
  /** Not with a polygon. */
  bybox?: undefined;
};

/** An area to search: a circle or a rectangle around a member or a position, or a polygon. */
export type GeoArea =
  | (GeoCenter & GeoShape & {
    /** Not with a circle or a rectangle. */
    bypolygon?: undefined;
  })
  | GeoPolygon;

/** In which order members come, and how many of them. */
export type GeoOrder =
  & AtMostOne<{
    /** The nearest one first. */
    asc: boolean;
    /** The farthest one first. */
    desc: boolean;
  }>
  & (
    | {
      /** How many members at most: the nearest ones, unless `desc` is set. @default All */
      count?: number;
      /** Only with `count`. */
      any?: false;
    }
    | {
      /** How many members at most. */
      count: number;
      /** Stop as soon as enough members are found, near or not. @default {false} */
      any?: boolean;
    }
  );

/** What is answered about a member besides itself. */
export interface GeoDetails {
  /** Its distance from the middle of the area. @default {false} */
  withdist?: boolean;
  /** Its geohash as an integer, for debugging. @default {false} */
  withhash?: boolean;
  /** Its position. @default {false} */
  withcoord?: boolean;
}

/** Nothing is answered about a member but itself. */
export interface NoGeoDetails {
  /** Its distance from the middle of the area. @default {false} */
  withdist?: false;
  /** Its geohash as an integer, for debugging. @default {false} */
  withhash?: false;
  /** Its position. @default {false} */
  withcoord?: false;
}

/** Something is answered about a member besides itself. */
export type SomeGeoDetails =
  | {
    /** The distance is answered. */
    withdist: true;
  }
  | {
    /** The geohash is answered. */
    withhash: true;
  }
  | {
    /** The position is answered. */
    withcoord: true;
  };

/**
 * What belongs to an option: there if it is true, and perhaps there if it may be true.
 *
 * @typeParam F Type of the option.
 * @typeParam R What it brings.
 */
export type GeoDetail<F, R> = [F] extends [true] ? R : [F] extends [false | undefined] ? unknown
: Partial<R>;

/**
 * Type of an option; undefined if it is not given.
 *
 * @typeParam O Type of the options.
 * @typeParam K Name of the option.
 */
export type GeoOption<O, K extends keyof GeoDetails> = K extends keyof O ? O[K] : undefined;

/** Distance of a member that was found. */
export interface GeoDistance {
  /** Distance from the middle of the area, in the unit of the area. */
  distance: number;
}

/** Geohash of a member that was found. */
export interface GeoHash {
  /** The geohash as an integer of 52 bits. */
  hash: number;
}

/** Position of a member that was found. */
export interface GeoPlace {
  /** The position, as exact as a geohash is. */
  position: GeoPosition;
}

/**
 * A member that was found, with what was asked for.
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
 * What a search answers: members alone, or with the details that were asked for; either if that depends.
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
 * Appends a position: its longitude, then its latitude.
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
 * Appends an order.
 *
 * @param words The words of the command so far.
 * @param order The order.
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
 * Appends what to answer about members.
 *
 * @param words The words of the command so far.
 * @param details What to answer.
 * @returns `words`.
 */
export function appendGeoDetails(words: Words, details: GeoDetails): Words {
  appendFlag(words, "WITHDIST", details.withdist);
  appendFlag(words, "WITHHASH", details.withhash);
  appendFlag(words, "WITHCOORD", details.withcoord);
  return words;
}

/**
 * Members, with what was asked for.
 *
 * The server sends details in a fixed order and without names, and members bare if there are none: only who knows the
 * request can read the reply.
 *
 * @param details What was asked for.
 * @returns A decoder that takes an array.
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

/** A longitude and a latitude. */
export function toGeoPosition(reply: Reply): GeoPosition {
  const parts = elements(reply);
  if (parts.length !== 2) return unexpected(reply, "a longitude and a latitude");
  return { longitude: toNumber(parts[0]), latitude: toNumber(parts[1]) };
}
