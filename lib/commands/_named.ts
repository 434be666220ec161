/**
 * Decoders of replies with names and values: a map in RESP3, a flat list in RESP2.
 *
 * @module
 */

import type { Decoder } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { toPairs, toText } from "./_decode.ts";

/** The values of a reply, by their names. */
export type Named = ReadonlyMap<string, Reply>;

/**
 * Decodes a reply with names and values.
 *
 * @param reply A map, or a list of names and values.
 * @returns The values by their names.
 */
export function toNamed(reply: Reply): Named {
  const named = new Map<string, Reply>();
  for (const [name, value] of toPairs(reply)) named.set(toText(name), value);
  return named;
}

/**
 * Returns a value that all servers send.
 *
 * @param named The values.
 * @param name Name of the value.
 * @returns The value; null if it is missing, which decoders refuse unless they take null.
 */
export function valueOf(named: Named, name: string): Reply {
  return named.get(name) ?? null;
}

/**
 * Makes a property for a value that only some servers send.
 *
 * @param named The values.
 * @param name Name of the value.
 * @param property Name of the property.
 * @param decode Decoder of the value.
 * @returns An object with the property, or an empty one if the value is missing. Spread it into the result.
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
 * Makes a decoder of records whose values all have the same type.
 *
 * @param value Decoder of a value.
 * @returns A decoder of a record without a prototype.
 */
export function toRecordOf<R>(value: Decoder<R>): Decoder<Record<string, R>> {
  return (reply, bytes) => {
    const record: Record<string, R> = Object.create(null);
    for (const [name, item] of toPairs(reply)) record[toText(name)] = value(item, bytes);
    return record;
  };
}
