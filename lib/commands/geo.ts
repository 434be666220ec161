/**
 * The geospatial commands, `GEOADD` to `GEOSEARCHSTORE`.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import {
  append,
  appendEach,
  appendFlag,
  appendOption,
  type AtMostOne,
  type ExactlyOne,
  type Key,
  type NoOthers,
  type OneOrMany,
  type Value,
} from "./_args.ts";
import { toListOf, toNumber, toNumberOrNull, toTextOrNull } from "./_decode.ts";
import {
  appendGeoArea,
  appendGeoDetails,
  appendGeoOrder,
  appendPosition,
  GEO_ORDER,
  GEO_SEARCH_OPTIONS,
  type GeoArea,
  type GeoDetails,
  type GeoMatch,
  type GeoMatches,
  type GeoOrder,
  type GeoPosition,
  type GeoUnit,
  type NoGeoDetails,
  toFoundMembersOf,
  toGeoPosition,
} from "./_geo_search.ts";
import { optionsOf } from "./_options.ts";

/**
 * Members with their positions: an object with a position for each member, a `Map`, or an array or other iterable of
 * pairs.
 */
export type GeoMembers =
  | Readonly<Record<string, GeoPosition>>
  | Iterable<readonly [member: Value, position: GeoPosition]>;

/**
 * Options for {@linkcode GeoCommands.prototype.geoadd | GeoCommands.geoadd}.
 *
 * - `nx` or `xx`: only add new members, or only change the positions of existing ones.
 * - `ch`: count changed positions as well.
 */
export type GeoaddOptions =
  & AtMostOne<{
    /** Only add new members; never change the position of an existing one. */
    nx: boolean;
    /** Only change the positions of existing members; never add one. */
    xx: boolean;
  }>
  & {
    /**
     * Count added members and changed positions, instead of added members alone.
     *
     * @default {false}
     */
    ch?: boolean;
  };

/**
 * Options for {@linkcode GeoCommands.prototype.geosearchstore | GeoCommands.geosearchstore}: {@linkcode GeoOrder}, and
 * `storedist` to store distances instead of positions.
 */
export type GeosearchstoreOptions = GeoOrder & {
  /**
   * Store the distances from the center as scores, instead of the positions.
   *
   * @default {false}
   */
  storedist?: boolean;
};

/**
 * Options for the deprecated searches that store their result. {@linkcode GeoOrder}, and exactly one of `store` (a key
 * to store positions in) and `storedist` (a key to store distances in).
 */
export type GeoradiusStoreOptions =
  & GeoOrder
  & NoGeoDetails
  & ExactlyOne<{
    /** Key to store the members in, with their positions. */
    store: Key;
    /** Key to store the members in, with their distances from the center as scores. */
    storedist: Key;
  }>;

/**
 * Options for {@linkcode GeoCommands.prototype.geosearch | GeoCommands.geosearch}: {@linkcode GeoOrder} and
 * {@linkcode GeoDetails}.
 */
export type GeosearchOptions = GeoOrder & GeoDetails;

/** Options for the deprecated searches that return their result. */
export type GeoradiusOptions = GeosearchOptions & {
  /** Only for a search that stores its result, see {@linkcode GeoradiusStoreOptions}. */
  store?: undefined;
  /** Only for a search that stores its result, see {@linkcode GeoradiusStoreOptions}. */
  storedist?: undefined;
};

/** All options of GEORADIUS. */
type AnyGeoradiusOptions = GeoradiusOptions | GeoradiusStoreOptions;

const GEOADD_OPTIONS: OptionShape<GeoaddOptions> = { nx: "flag", xx: "flag", ch: "flag" };

const GEORADIUS_OPTIONS: OptionShape<AnyGeoradiusOptions> = {
  ...GEO_SEARCH_OPTIONS,
  store: "word",
  storedist: "word",
};

const GEOSEARCHSTORE_OPTIONS: OptionShape<GeosearchstoreOptions> = {
  ...GEO_ORDER,
  storedist: "flag",
};

/**
 * The geospatial commands. They store members with a longitude and a latitude in a sorted set, whose scores are
 * geohashes.
 *
 * The sorted set commands work on these keys, too. For example,
 * {@linkcode SortedSetCommands.prototype.zrem | SortedSetCommands.zrem} removes a member.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class GeoCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Adds members with their positions, and changes the positions of existing members.
   *
   * A position is stored as a geohash of 52 bits, which is exact to less than a meter.
   *
   * Complexity O(M·log(N)) for M members given and N in the sorted set · since 3.2.0
   *
   * @example Add two cities
   * ```ts
   * await client.geoadd("cities", {
   *   Palermo: { longitude: 13.361389, latitude: 38.115556 },
   *   Catania: { longitude: 15.087269, latitude: 37.502669 },
   * }); // 2
   * ```
   *
   * @param key Key of the sorted set.
   * @param members The members with their positions in degrees.
   * @param options `nx` or `xx`: only new or only existing members; `ch`: count changed positions as well.
   * @returns The number of members added; with `ch` the number of members added or moved.
   * @throws {RangeError} If `members` is empty.
   * @throws {ServerError} If a position is out of range, or the key holds a value that is not a sorted set
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/geoadd/}
   */
  geoadd(key: Key, members: GeoMembers, options?: GeoaddOptions): Promise<number> {
    const words: Words = ["GEOADD", key];
    const { nx, xx, ch } = optionsOf(words, options, GEOADD_OPTIONS);
    appendFlag(words, "NX", nx);
    appendFlag(words, "XX", xx);
    appendFlag(words, "CH", ch);
    appendEach<Value, GeoPosition>(
      words,
      members,
      "members",
      (member, position) => appendPosition(words, position).push(member),
    );
    return this.send(words, toNumber);
  }

  /**
   * Returns the distance between two members.
   *
   * The server treats the Earth as a sphere, so distances may be off by up to 0.5 %.
   *
   * Complexity O(1) · since 3.2.0 · read-only
   *
   * @example From Palermo to Catania
   * ```ts
   * await client.geoadd("cities", [
   *   ["Palermo", { longitude: 13.361389, latitude: 38.115556 }],
   *   ["Catania", { longitude: 15.087269, latitude: 37.502669 }],
   * ]);
   * await client.geodist("cities", "Palermo", "Catania", "km"); // 166.2742
   * ```
   *
   * @param key Key of the sorted set.
   * @param member1 The member to measure from.
   * @param member2 The member to measure to.
   * @param unit Unit of the distance: `"m"` (the default), `"km"`, `"ft"` or `"mi"`.
   * @returns The distance, or null if one of the members or the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/geodist/}
   */
  geodist(
    key: Key,
    member1: Value,
    member2: Value,
    unit?: GeoUnit,
  ): Promise<number | null> {
    const words: Words = ["GEODIST", key, member1, member2];
    if (unit !== undefined) words.push(unit);
    return this.send(words, toNumberOrNull);
  }

  /**
   * Returns the positions of members as standard geohash strings.
   *
   * Complexity O(N) for N members · since 3.2.0 · read-only
   *
   * @example A member and a missing one
   * ```ts
   * await client.geoadd("cities", { Palermo: { longitude: 13.361389, latitude: 38.115556 } });
   * await client.geohash("cities", ["Palermo", "Atlantis"]); // ["sqc8b49rny0", null]
   * ```
   *
   * @param key Key of the sorted set.
   * @param members One member, or several in an array or other iterable.
   * @returns The geohashes, 11 characters each, in the order of `members`, with null for each one that does not exist.
   * @throws {RangeError} If `members` is empty.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/geohash/}
   */
  geohash(key: Key, members: OneOrMany<Value>): Promise<(string | null)[]> {
    return this.send(append(["GEOHASH", key], members, "members"), toTextsOrNulls);
  }

  /**
   * Returns the positions of members.
   *
   * Complexity O(N) for N members · since 3.2.0 · read-only
   *
   * @example A member and a missing one
   * ```ts
   * await client.geoadd("cities", { Greenwich: { longitude: 0, latitude: 51.48 } });
   * const [greenwich, atlantis] = await client.geopos("cities", ["Greenwich", "Atlantis"]);
   * greenwich?.latitude.toFixed(2); // "51.48"
   * atlantis; // null
   * ```
   *
   * @param key Key of the sorted set.
   * @param members One member, or several in an array or other iterable.
   * @returns The positions in degrees, in the order of `members`, with null for each one that does not exist. They
   * differ slightly from those given, since geohashes are stored.
   * @throws {RangeError} If `members` is empty.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/geopos/}
   */
  geopos(key: Key, members: OneOrMany<Value>): Promise<(GeoPosition | null)[]> {
    return this.send(append(["GEOPOS", key], members, "members"), toGeoPositionsOrNulls);
  }

  /**
   * Returns or stores the members in a circle around a position.
   *
   * It counts as a write even if it stores nothing: it goes to the primary, and its user needs write permission.
   *
   * Complexity O(N + log(M)) for N members in and near the circle, M in all · since 3.2.0
   *
   * @deprecated Use {@linkcode GeoCommands.prototype.geosearch | GeoCommands.geosearch} or
   * {@linkcode GeoCommands.prototype.geosearchstore | GeoCommands.geosearchstore} with `byradius`.
   *
   * @example Within 100 km
   * ```ts
   * await client.geoadd("cities", { Palermo: { longitude: 13.361389, latitude: 38.115556 } });
   * await client.georadius("cities", { longitude: 13, latitude: 38 }, 100, "km"); // ["Palermo"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param center The center of the circle, in degrees.
   * @param radius Radius of the circle.
   * @param unit Unit of the radius, and of distances in the result.
   * @param options `asc` or `desc`: the order; `count`: how many members; `withdist`, `withcoord`, `withhash`: details
   * to return; `store` or `storedist`: where to store the result.
   * @returns The members, as objects if details were asked for; with `store` or `storedist` the number of members
   * stored.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/georadius/}
   */
  georadius<const O extends GeoradiusOptions = Record<never, never>>(
    key: Key,
    center: GeoPosition,
    radius: number,
    unit: GeoUnit,
    options?: O & NoOthers<O, GeoradiusOptions>,
  ): Promise<GeoMatches<T, O>>;
  /**
   * Stores the members in a circle around a position.
   *
   * @deprecated Use {@linkcode GeoCommands.prototype.geosearchstore | GeoCommands.geosearchstore} with `byradius`.
   */
  georadius(
    key: Key,
    center: GeoPosition,
    radius: number,
    unit: GeoUnit,
    options: GeoradiusStoreOptions,
  ): Promise<number>;
  /** Returns or stores the members in a circle around a position. */
  georadius(
    key: Key,
    center: GeoPosition,
    radius: number,
    unit: GeoUnit,
    options?: AnyGeoradiusOptions,
  ): Promise<T[] | GeoMatch<T>[] | number> {
    const words = appendPosition(["GEORADIUS", key], center);
    words.push(radius, unit);
    const given = optionsOf(words, options, GEORADIUS_OPTIONS);
    appendSearch(words, given);
    appendOption(words, "STORE", given.store);
    appendOption(words, "STOREDIST", given.storedist);
    return given.store === undefined && given.storedist === undefined
      ? this.send(words, toFoundMembersOf<T>(given))
      : this.send<number>(words, toNumber);
  }

  /**
   * Returns the members in a circle around a position, on replicas too.
   *
   * Complexity O(N + log(M)) for N members in and near the circle, M in all · since 3.2.10 · read-only
   *
   * @deprecated Use {@linkcode GeoCommands.prototype.geosearch | GeoCommands.geosearch} with `byradius`.
   *
   * @example Within 100 km
   * ```ts
   * await client.geoadd("cities", { Palermo: { longitude: 13.361389, latitude: 38.115556 } });
   * await client.georadiusRo("cities", { longitude: 13, latitude: 38 }, 100, "km"); // ["Palermo"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param center The center of the circle, in degrees.
   * @param radius Radius of the circle.
   * @param unit Unit of the radius, and of distances in the result.
   * @param options `asc` or `desc`: the order; `count`: how many members; `withdist`, `withcoord`, `withhash`: details
   * to return.
   * @returns The members, as objects if details were asked for.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/georadius_ro/}
   */
  georadiusRo<const O extends GeosearchOptions = Record<never, never>>(
    key: Key,
    center: GeoPosition,
    radius: number,
    unit: GeoUnit,
    options?: O & NoOthers<O, GeosearchOptions>,
  ): Promise<GeoMatches<T, O>>;
  /** Returns the members in a circle around a position, on replicas too. */
  georadiusRo(
    key: Key,
    center: GeoPosition,
    radius: number,
    unit: GeoUnit,
    options?: GeosearchOptions,
  ): Promise<T[] | GeoMatch<T>[]> {
    const words = appendPosition(["GEORADIUS_RO", key], center);
    words.push(radius, unit);
    const given = optionsOf(words, options, GEO_SEARCH_OPTIONS);
    return this.send(appendSearch(words, given), toFoundMembersOf<T>(given));
  }

  /**
   * Returns or stores the members in a circle around a member.
   *
   * It counts as a write even if it stores nothing: it goes to the primary, and its user needs write permission.
   *
   * Complexity O(N + log(M)) for N members in and near the circle, M in all · since 3.2.0
   *
   * @deprecated Use {@linkcode GeoCommands.prototype.geosearch | GeoCommands.geosearch} or
   * {@linkcode GeoCommands.prototype.geosearchstore | GeoCommands.geosearchstore} with `frommember` and `byradius`.
   *
   * @example Within 100 km, including the member itself
   * ```ts
   * await client.geoadd("cities", { Palermo: { longitude: 13.361389, latitude: 38.115556 } });
   * await client.georadiusbymember("cities", "Palermo", 100, "km"); // ["Palermo"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param member The member at the center.
   * @param radius Radius of the circle.
   * @param unit Unit of the radius, and of distances in the result.
   * @param options `asc` or `desc`: the order; `count`: how many members; `withdist`, `withcoord`, `withhash`: details
   * to return; `store` or `storedist`: where to store the result.
   * @returns The members, as objects if details were asked for; with `store` or `storedist` the number of members
   * stored.
   * @throws {ServerError} If the member does not exist, or the key holds a value that is not a sorted set
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/georadiusbymember/}
   */
  georadiusbymember<const O extends GeoradiusOptions = Record<never, never>>(
    key: Key,
    member: Value,
    radius: number,
    unit: GeoUnit,
    options?: O & NoOthers<O, GeoradiusOptions>,
  ): Promise<GeoMatches<T, O>>;
  /**
   * Stores the members in a circle around a member.
   *
   * @deprecated Use {@linkcode GeoCommands.prototype.geosearchstore | GeoCommands.geosearchstore} with `frommember` and
   * `byradius`.
   */
  georadiusbymember(
    key: Key,
    member: Value,
    radius: number,
    unit: GeoUnit,
    options: GeoradiusStoreOptions,
  ): Promise<number>;
  /** Returns or stores the members in a circle around a member. */
  georadiusbymember(
    key: Key,
    member: Value,
    radius: number,
    unit: GeoUnit,
    options?: AnyGeoradiusOptions,
  ): Promise<T[] | GeoMatch<T>[] | number> {
    const words: Words = ["GEORADIUSBYMEMBER", key, member, radius, unit];
    const given = optionsOf(words, options, GEORADIUS_OPTIONS);
    appendSearch(words, given);
    appendOption(words, "STORE", given.store);
    appendOption(words, "STOREDIST", given.storedist);
    return given.store === undefined && given.storedist === undefined
      ? this.send(words, toFoundMembersOf<T>(given))
      : this.send<number>(words, toNumber);
  }

  /**
   * Returns the members in a circle around a member, on replicas too.
   *
   * Complexity O(N + log(M)) for N members in and near the circle, M in all · since 3.2.10 · read-only
   *
   * @deprecated Use {@linkcode GeoCommands.prototype.geosearch | GeoCommands.geosearch} with `frommember` and
   * `byradius`.
   *
   * @example Within 100 km, including the member itself
   * ```ts
   * await client.geoadd("cities", { Palermo: { longitude: 13.361389, latitude: 38.115556 } });
   * await client.georadiusbymemberRo("cities", "Palermo", 100, "km"); // ["Palermo"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param member The member at the center.
   * @param radius Radius of the circle.
   * @param unit Unit of the radius, and of distances in the result.
   * @param options `asc` or `desc`: the order; `count`: how many members; `withdist`, `withcoord`, `withhash`: details
   * to return.
   * @returns The members, as objects if details were asked for.
   * @throws {ServerError} If the member does not exist, or the key holds a value that is not a sorted set
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/georadiusbymember_ro/}
   */
  georadiusbymemberRo<const O extends GeosearchOptions = Record<never, never>>(
    key: Key,
    member: Value,
    radius: number,
    unit: GeoUnit,
    options?: O & NoOthers<O, GeosearchOptions>,
  ): Promise<GeoMatches<T, O>>;
  /** Returns the members in a circle around a member, on replicas too. */
  georadiusbymemberRo(
    key: Key,
    member: Value,
    radius: number,
    unit: GeoUnit,
    options?: GeosearchOptions,
  ): Promise<T[] | GeoMatch<T>[]> {
    const words: Words = ["GEORADIUSBYMEMBER_RO", key, member, radius, unit];
    const given = optionsOf(words, options, GEO_SEARCH_OPTIONS);
    return this.send(appendSearch(words, given), toFoundMembersOf<T>(given));
  }

  /**
   * Returns the members in a circle, a box or a polygon.
   *
   * Complexity O(N + log(M)) for N members in and near the area, M in all · since 6.2.0 · read-only
   *
   * @example Cities within 200 km: all of them, then the nearest with its distance
   * ```ts
   * await client.geoadd("cities", {
   *   Palermo: { longitude: 13.361389, latitude: 38.115556 },
   *   Catania: { longitude: 15.087269, latitude: 37.502669 },
   * });
   * const nearby = {
   *   fromlonlat: { longitude: 15, latitude: 37 },
   *   byradius: { radius: 200, unit: "km" },
   * } as const;
   * await client.geosearch("cities", nearby, { asc: true }); // ["Catania", "Palermo"]
   * await client.geosearch("cities", nearby, { count: 1, withdist: true }); // [{ member: "Catania", distance: 56.4413 }]
   * ```
   *
   * @param key Key of the sorted set.
   * @param area The circle or box to search, with its unit.
   * @param options `asc` or `desc`: the order; `count`: how many members; `withdist`, `withcoord`, `withhash`: details
   * to return.
   * @returns The members, as objects if details were asked for; an empty array if the key does not exist.
   * @throws {ServerError} If the member at the center does not exist, or the key holds a value that is not a sorted set
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/geosearch/}
   */
  geosearch<const O extends GeosearchOptions = Record<never, never>>(
    key: Key,
    area: GeoArea,
    options?: O & NoOthers<O, GeosearchOptions>,
  ): Promise<GeoMatches<T, O>>;
  /** Returns the members in a circle, a box or a polygon. */
  geosearch(
    key: Key,
    area: GeoArea,
    options?: GeosearchOptions,
  ): Promise<T[] | GeoMatch<T>[]> {
    const words = appendGeoArea(["GEOSEARCH", key], area);
    const given = optionsOf(words, options, GEO_SEARCH_OPTIONS);
    return this.send(appendSearch(words, given), toFoundMembersOf<T>(given));
  }

  /**
   * Stores the members in a circle, a box or a polygon in another key.
   *
   * Replaces any value at the destination. If the result is empty, the destination is deleted.
   *
   * Complexity O(N + log(M)) for N members in and near the area, M in all · since 6.2.0
   *
   * @example Store the cities within 200 km with their distances
   * ```ts
   * await client.geoadd("{cities}", { Catania: { longitude: 15.087269, latitude: 37.502669 } });
   * const nearby = {
   *   fromlonlat: { longitude: 15, latitude: 37 },
   *   byradius: { radius: 200, unit: "km" },
   * } as const;
   * await client.geosearchstore("{cities}:near", "{cities}", nearby, { storedist: true }); // 1
   * await client.zscore("{cities}:near", "Catania"); // about 56.44
   * ```
   *
   * @param destination Key of the sorted set to write.
   * @param source Key of the sorted set to search.
   * @param area The circle or box to search, with its unit.
   * @param options `asc` or `desc` and `count`: which members; `storedist`: store distances instead of positions.
   * @returns The number of members stored.
   * @throws {ServerError} If the member at the center does not exist, or the source holds a value that is not a sorted
   * set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/geosearchstore/}
   */
  geosearchstore(
    destination: Key,
    source: Key,
    area: GeoArea,
    options?: GeosearchstoreOptions,
  ): Promise<number> {
    const words = appendGeoArea(["GEOSEARCHSTORE", destination, source], area);
    const given = optionsOf(words, options, GEOSEARCHSTORE_OPTIONS);
    appendGeoOrder(words, given);
    appendFlag(words, "STOREDIST", given.storedist);
    return this.send(words, toNumber);
  }
}

function appendSearch(words: Words, options: GeosearchOptions): Words {
  return appendGeoOrder(appendGeoDetails(words, options), options);
}

const toTextsOrNulls = toListOf(toTextOrNull);

const toGeoPositionsOrNulls = toListOf((reply) => reply === null ? null : toGeoPosition(reply));
