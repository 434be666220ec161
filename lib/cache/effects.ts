/**
 * Finds out which keys a request of this client may change.
 *
 * @module
 */

import { type CommandRow, keyPositions } from "../command_table/mod.ts";
import type { Argument } from "../resp/reply.ts";

/**
 * What a command may change:
 *
 * - `nothing`
 * - `keys`: the keys that it names
 * - `hidden`: possibly also keys that it does not name, like scripts
 * - `all`: all keys of a database
 */
export type Effect = "nothing" | "keys" | "hidden" | "all";

/** Commands that change keys without naming them, and without the flag of a write. */
const HIDDEN: ReadonlySet<string> = new Set(["DEBUG", "EVAL", "EVALSHA", "FCALL"]);
const ALL: ReadonlySet<string> = new Set(["FLUSHALL", "FLUSHDB", "SWAPDB"]);

const effects = new WeakMap<CommandRow, Effect>();

/**
 * Tells what a command may change.
 *
 * @param row The command's row; undefined for one that no table has.
 */
export function effectOf(row: CommandRow | undefined): Effect {
  if (row === undefined) return "hidden";
  let effect = effects.get(row);
  if (effect === undefined) effects.set(row, effect = findEffect(row));
  return effect;
}

function findEffect(row: CommandRow): Effect {
  if (ALL.has(row.name)) return "all";
  if (HIDDEN.has(row.name)) return "hidden";
  // PFCOUNT only reads, but may write the count that it has computed.
  if (!row.write && !(row.readOnly && row.keys.some(({ access }) => access === "RW"))) {
    return "nothing";
  }
  return row.keysNeedServer || row.keys.length === 0 ? "hidden" : "keys";
}

/**
 * The keys that a call names.
 *
 * @param row The command's row.
 * @param words Words of the call.
 */
export function keysOf(row: CommandRow | undefined, words: readonly Argument[]): Argument[] {
  return row === undefined ? [] : keyPositions(row, words).map((position) => words[position]);
}
