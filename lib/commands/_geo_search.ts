/**
 * Searches for positions: the area, what is answered about what is found, and in which order.
 *
 * @module
 */

import type { Decoder, Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { appendFlag, type AtMostOne, type ExactlyOne, type Value } from "./_args.ts";
import { elements, toBulk, toBulks, toListOf, toNumber, unexpected } from "./_decode.ts";
import { optionsOf, recordOf, refuse } from "./_options.ts";

/** Units of length: meters, kilometers, feet, miles. */
export type GeoUnit = "m" | "km" | "ft" | "mi";

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
  bypolygon: readonly GeoPosition[];
  frommember?: undefined;
  fromlonlat?: undefined;
  byradius?: undefined;
  bybox?: undefined;
};

/** An area to search: a circle or a rectangle around a member or a position, or a polygon. */
export type GeoArea = (GeoCenter & GeoShape & { bypolygon?: undefined }) | GeoPolygon;

/** In which order members come, and how many of them. */
export type GeoOrder =
  & AtMostOne<{
    /** The nearest one first. */
    asc: true;
    /** The farthest one first. */
    desc: true;
  }>
  & (
    | {
      /** How many members at most: the nearest ones, unless `desc` is set. @default All */
      count?: number;
      any?: undefined;
    }
    | {
      /** How many members at most. */
      count: number;
      /** Stop as soon as enough members are found, near or not. @default {false} */
      any?: boolean;
    }
  );

/** What is answered about a member besides itself: one of the options at least. */
export type GeoDetails =
  | (OptionalGeoDetails & { withdist: true })
  | (OptionalGeoDetails & { withhash: true })
  | (OptionalGeoDetails & { withcoord: true });

/** What can be answered about a member besides itself. */
export interface OptionalGeoDetails {
  /** Its distance from the middle of the area. @default {false} */
  withdist?: boolean;
  /** Its geohash as an integer, for debugging. @default {false} */
  withhash?: boolean;
  /** Its position. @default {false} */
  withcoord?: boolean;
}

/** Nothing is answered about a member but itself. */
export type NoGeoDetails = { [K in keyof OptionalGeoDetails]?: false };

/**
 * A member that was found, with what was asked for.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface GeoMatch<T extends string | Uint8Array = string> {
  /** The member. */
  member: T;
  /** Distance from the middle of the area, in the unit of the area; there if `withdist` was set. */
  distance?: number;
  /** The geohash as an integer of 52 bits; there if `withhash` was set. */
  hash?: number;
  /** The position, as exact as a geohash is; there if `withcoord` was set. */
  position?: GeoPosition;
}

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
export const GEO_SEARCH_OPTIONS: OptionShape<GeoOrder & OptionalGeoDetails> = {
  ...GEO_ORDER,
  withdist: "flag",
  withhash: "flag",
  withcoord: "flag",
};

/**
 * Appends an area.
 *
 * @param words Where to append.
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
    words.push("BYPOLYGON", bypolygon.length);
    for (const vertex of bypolygon) appendPosition(words, vertex);
  }
  return words;
}

/**
 * Appends a position: its longitude, then its latitude.
 *
 * @param words Where to append.
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
 * @param words Where to append.
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
 * @param words Where to append.
 * @param details What to answer.
 * @returns `words`.
 */
export function appendGeoDetails(words: Words, details: OptionalGeoDetails): Words {
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
  details: OptionalGeoDetails,
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
