/**
 * Commands on positions.
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
 * Members with their positions: an object with the members as names, a `Map`, or an array (or other iterable) of pairs.
 */
export type GeoMembers =
  | Readonly<Record<string, GeoPosition>>
  | Iterable<readonly [member: Value, position: GeoPosition]>;

/** Options for {@linkcode GeoCommands.geoadd}. */
export type GeoaddOptions =
  & AtMostOne<{
    /** Only add members, never change a position. */
    nx: boolean;
    /** Only change positions, never add a member. */
    xx: boolean;
  }>
  & {
    /** Count the members whose position changed, too, not only the new ones. @default {false} */
    ch?: boolean;
  };

/** Options for {@linkcode GeoCommands.geosearchstore}. */
export type GeosearchstoreOptions = GeoOrder & {
  /** Store distances from the middle of the area as scores, not positions. @default {false} */
  storedist?: boolean;
};

/** Options for the deprecated searches that store what they find. Exactly one of `store` and `storedist`. */
export type GeoradiusStoreOptions =
  & GeoOrder
  & NoGeoDetails
  & ExactlyOne<{
    /** Key to store the members at, with their positions. */
    store: Key;
    /** Key to store the members at, with their distances from the middle as scores. */
    storedist: Key;
  }>;

/** Options for {@linkcode GeoCommands.geosearch}. */
export type GeosearchOptions = GeoOrder & GeoDetails;

/** Options for the deprecated searches that answer what they find. */
export type GeoradiusOptions = GeosearchOptions & {
  /** Not for a search that answers what it finds. */
  store?: undefined;
  /** Not for a search that answers what it finds. */
  storedist?: undefined;
};

/** What GEORADIUS takes. */
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
 * Commands on positions on the globe: sorted sets whose scores are geohashes.
 *
 * So the commands on sorted sets work here, too: {@linkcode SortedSetCommands.zrem} removes a member.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class GeoCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Adds members with their positions, and gives new positions to those that are there.
   *
   * A position is kept as a geohash of 52 bits, exact to less than a meter.
   *
   * Complexity O(M·log(N)) for M members given and N in the sorted set · since 3.2.0
   *
   * @example Two cities
   * ```ts
   * await client.geoadd("cities", {
   *   Palermo: { longitude: 13.361389, latitude: 38.115556 },
   *   Catania: { longitude: 15.087269, latitude: 37.502669 },
   * }); // 2
   * ```
   *
   * @param key Key of the sorted set.
   * @param members The members and their positions.
   * @param options Which members to write, and what to count.
   * @returns How many members are new, with `ch` how many are new or moved.
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
   * Computes the distance between two members.
   *
   * The globe counts as a ball, which it is up to 0.5 %.
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
   * @param member1 A member.
   * @param member2 Another one.
   * @param unit Unit of the distance, meters by default.
   * @returns The distance, or null if one of the members is missing.
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
   * Returns the geohashes of members, as web sites about geohashes know them.
   *
   * Complexity O(N) for N members asked for · since 3.2.0 · read-only
   *
   * @example One is there, one is not
   * ```ts
   * await client.geoadd("cities", { Palermo: { longitude: 13.361389, latitude: 38.115556 } });
   * await client.geohash("cities", ["Palermo", "Atlantis"]); // ["sqc8b49rny0", null]
   * ```
   *
   * @param key Key of the sorted set.
   * @param members One member, or several in an array or other iterable.
   * @returns The geohashes, 11 characters each, in the order of the members; null for each missing one.
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
   * Complexity O(N) for N members asked for · since 3.2.0 · read-only
   *
   * @example One is there, one is not
   * ```ts
   * await client.geoadd("cities", { Greenwich: { longitude: 0, latitude: 51.48 } });
   * const [greenwich, atlantis] = await client.geopos("cities", ["Greenwich", "Atlantis"]);
   * greenwich?.latitude.toFixed(2); // "51.48"
   * atlantis; // null
   * ```
   *
   * @param key Key of the sorted set.
   * @param members One member, or several in an array or other iterable.
   * @returns The positions in the order of the members, as exact as a geohash is; null for each missing one.
   * @throws {RangeError} If `members` is empty.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/geopos/}
   */
  geopos(key: Key, members: OneOrMany<Value>): Promise<(GeoPosition | null)[]> {
    return this.send(append(["GEOPOS", key], members, "members"), toGeoPositionsOrNulls);
  }

  /**
   * Finds the members in a circle around a position.
   *
   * Since it can store, it is a write for routing and for ACLs, even if it does not.
   *
   * Complexity O(N + log(M)) for N members around the circle and M in all · since 3.2.0
   *
   * @deprecated Use {@linkcode GeoCommands.geosearch} or {@linkcode GeoCommands.geosearchstore} with `byradius`.
   *
   * @example Within 100 km
   * ```ts
   * await client.geoadd("cities", { Palermo: { longitude: 13.361389, latitude: 38.115556 } });
   * await client.georadius("cities", { longitude: 13, latitude: 38 }, 100, "km"); // ["Palermo"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param center The position.
   * @param radius Radius of the circle.
   * @param unit Unit of the radius and of distances.
   * @param options The order, how many members, what to answer about them, or where to store them.
   * @returns The members, with details if they were asked for; the number of members if they were stored.
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
   * @deprecated Use {@linkcode GeoCommands.geosearchstore} with `byradius`.
   */
  georadius(
    key: Key,
    center: GeoPosition,
    radius: number,
    unit: GeoUnit,
    options: GeoradiusStoreOptions,
  ): Promise<number>;
  /** Finds the members in a circle around a position. */
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
   * Finds the members in a circle around a position, without the power to store them.
   *
   * Complexity O(N + log(M)) for N members around the circle and M in all · since 3.2.10 · read-only
   *
   * @deprecated Use {@linkcode GeoCommands.geosearch} with `byradius`.
   *
   * @example Within 100 km
   * ```ts
   * await client.geoadd("cities", { Palermo: { longitude: 13.361389, latitude: 38.115556 } });
   * await client.georadiusRo("cities", { longitude: 13, latitude: 38 }, 100, "km"); // ["Palermo"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param center The position.
   * @param radius Radius of the circle.
   * @param unit Unit of the radius and of distances.
   * @param options The order, how many members, and what to answer about them.
   * @returns The members, with details if they were asked for.
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
  /** Finds the members in a circle around a position. */
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
   * Finds the members in a circle around a member.
   *
   * Since it can store, it is a write for routing and for ACLs, even if it does not.
   *
   * Complexity O(N + log(M)) for N members around the circle and M in all · since 3.2.0
   *
   * @deprecated Use {@linkcode GeoCommands.geosearch} or {@linkcode GeoCommands.geosearchstore} with `frommember` and
   * `byradius`.
   *
   * @example Within 100 km, itself included
   * ```ts
   * await client.geoadd("cities", { Palermo: { longitude: 13.361389, latitude: 38.115556 } });
   * await client.georadiusbymember("cities", "Palermo", 100, "km"); // ["Palermo"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param member The member in the middle.
   * @param radius Radius of the circle.
   * @param unit Unit of the radius and of distances.
   * @param options The order, how many members, what to answer about them, or where to store them.
   * @returns The members, with details if they were asked for; the number of members if they were stored.
   * @throws {ServerError} If the member is missing, or the key holds a value that is not a sorted set (`WRONGTYPE`).
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
   * @deprecated Use {@linkcode GeoCommands.geosearchstore} with `frommember` and `byradius`.
   */
  georadiusbymember(
    key: Key,
    member: Value,
    radius: number,
    unit: GeoUnit,
    options: GeoradiusStoreOptions,
  ): Promise<number>;
  /** Finds the members in a circle around a member. */
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
   * Finds the members in a circle around a member, without the power to store them.
   *
   * Complexity O(N + log(M)) for N members around the circle and M in all · since 3.2.10 · read-only
   *
   * @deprecated Use {@linkcode GeoCommands.geosearch} with `frommember` and `byradius`.
   *
   * @example Within 100 km, itself included
   * ```ts
   * await client.geoadd("cities", { Palermo: { longitude: 13.361389, latitude: 38.115556 } });
   * await client.georadiusbymemberRo("cities", "Palermo", 100, "km"); // ["Palermo"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param member The member in the middle.
   * @param radius Radius of the circle.
   * @param unit Unit of the radius and of distances.
   * @param options The order, how many members, and what to answer about them.
   * @returns The members, with details if they were asked for.
   * @throws {ServerError} If the member is missing, or the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/georadiusbymember_ro/}
   */
  georadiusbymemberRo<const O extends GeosearchOptions = Record<never, never>>(
    key: Key,
    member: Value,
    radius: number,
    unit: GeoUnit,
    options?: O & NoOthers<O, GeosearchOptions>,
  ): Promise<GeoMatches<T, O>>;
  /** Finds the members in a circle around a member. */
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
   * Finds the members in an area.
   *
   * Complexity O(N + log(M)) for N members around the area and M in all · since 6.2.0 · read-only
   *
   * @example The nearest city within 200 km of a position
   * ```ts
   * await client.geoadd("cities", {
   *   Palermo: { longitude: 13.361389, latitude: 38.115556 },
   *   Catania: { longitude: 15.087269, latitude: 37.502669 },
   * });
   * const area = {
   *   fromlonlat: { longitude: 15, latitude: 37 },
   *   byradius: { radius: 200, unit: "km" },
   * } as const;
   * await client.geosearch("cities", area, { asc: true }); // ["Catania", "Palermo"]
   * await client.geosearch("cities", area, { count: 1, withdist: true }); // [{ member: "Catania", distance: 56.4413 }]
   * ```
   *
   * @param key Key of the sorted set.
   * @param area The circle or box to search, with its unit.
   * @param options The order, how many members, and what to answer about them.
   * @returns The members, with details if they were asked for; none if the key does not exist.
   * @throws {ServerError} If the member in the middle is missing, or the key holds a value that is not a sorted set
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/geosearch/}
   */
  geosearch<const O extends GeosearchOptions = Record<never, never>>(
    key: Key,
    area: GeoArea,
    options?: O & NoOthers<O, GeosearchOptions>,
  ): Promise<GeoMatches<T, O>>;
  /** Finds the members in an area. */
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
   * Stores the members in an area.
   *
   * Whatever the destination held before is gone, also if there are none.
   *
   * Complexity O(N + log(M)) for N members around the area and M in all · since 6.2.0
   *
   * @example Distances of the cities within 200 km
   * ```ts
   * await client.geoadd("{cities}", { Catania: { longitude: 15.087269, latitude: 37.502669 } });
   * const area = {
   *   fromlonlat: { longitude: 15, latitude: 37 },
   *   byradius: { radius: 200, unit: "km" },
   * } as const;
   * await client.geosearchstore("{cities}:near", "{cities}", area, { storedist: true }); // 1
   * await client.zscore("{cities}:near", "Catania"); // about 56.44
   * ```
   *
   * @param destination Key to store them at.
   * @param source Key of the sorted set.
   * @param area The circle or box to search, with its unit.
   * @param options Which members, and what to store.
   * @returns The number of members stored.
   * @throws {ServerError} If the member in the middle is missing, or the source holds a value that is not a sorted set
   * (`WRONGTYPE`).
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
