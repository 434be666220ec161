/**
 * Replies that consist of names and values: a map in RESP3, a flat list in RESP2.
 *
 * @module
 */

import type { Decoder } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { toPairs, toText } from "./_decode.ts";

/** Values by the names that the server gave them. */
export type Named = ReadonlyMap<string, Reply>;

/**
 * Values by name.
 *
 * @param reply A map, or a list of names and values.
 * @returns The values; what the server left out is not there.
 */
export function toNamed(reply: Reply): Named {
  const named = new Map<string, Reply>();
  for (const [name, value] of toPairs(reply)) named.set(toText(name), value);
  return named;
}

/**
 * The value of a name that the server always gives.
 *
 * @param named The values.
 * @param name The name.
 * @returns The value; null if it is not there, which decoders refuse unless null is a value.
 */
export function valueOf(named: Named, name: string): Reply {
  return named.get(name) ?? null;
}

/**
 * Puts a value that only some servers give into what is made of a reply.
 *
 * @param named The values.
 * @param name The name.
 * @param property Name of the property.
 * @param decode Decoder of the value.
 * @returns An object with the property, or without it if the value is not there.
 */
export function optional<P extends string, R>(
  named: Named,
  name: string,
  property: P,
  decode: (reply: Reply) => R,
): { [K in P]?: R } {
  const value = named.get(name);
  return value === undefined ? {} : { [property]: decode(value) } as { [K in P]?: R };
}

/**
 * Records by name whose values are all of one kind.
 *
 * @param value Decoder of a value.
 * @returns A decoder that makes a record without a prototype.
 */
export function toRecordOf<R>(value: Decoder<R>): Decoder<Record<string, R>> {
  return (reply, bytes) => {
    const record: Record<string, R> = Object.create(null);
    for (const [name, item] of toPairs(reply)) record[toText(name)] = value(item, bytes);
    return record;
  };
}
