/**
 * Which calls can be answered from a cache.
 *
 * A reply can be kept if it follows from the value of one key, so that the server's message that the key was changed is
 * enough to forget it.
 *
 * @module
 */

import { type CommandRow, keyPositions } from "../command_table/mod.ts";
import type { Argument } from "../resp/reply.ts";

/** How calls of one command are found in the cache. */
export interface CacheRule {
  /** Position of the only key; 0 if it differs between calls. */
  readonly position: number;
  /** Beginning of the names of calls whose reply is text. */
  readonly text: string;
  /** Beginning of the names of calls whose reply is bytes. */
  readonly bytes: string;
  /** Whether the keys are looked up one by one, as GET would: MGET. */
  readonly each: boolean;
}

/**
 * Commands that only read one key, but whose reply follows from more than its value: from chance, from time, from how the
 * value is stored, or from other keys. A test compares the list with what servers say.
 */
const UNCACHEABLE: ReadonlySet<string> = new Set([
  "DUMP",
  "EVALSHA_RO",
  "EVAL_RO",
  "EXPIRETIME",
  "FCALL_RO",
  "HEXPIRETIME",
  "HPEXPIRETIME",
  "HPTTL",
  "HRANDFIELD",
  "HSCAN",
  "HTTL",
  // Of the memory that a value takes.
  "JSON.DEBUG",
  "MEMORY USAGE",
  "OBJECT ENCODING",
  "OBJECT FREQ",
  "OBJECT IDLETIME",
  "OBJECT REFCOUNT",
  "PEXPIRETIME",
  "PTTL",
  // Its patterns read other keys.
  "SORT_RO",
  "SRANDMEMBER",
  "SSCAN",
  "TOUCH",
  "TTL",
  "XINFO CONSUMERS",
  "XINFO GROUPS",
  "XINFO STREAM",
  "XPENDING",
  "ZRANDMEMBER",
  "ZSCAN",
]);

const rules = new Map<CommandRow, CacheRule | null>();

/**
 * Tells how calls of a command are found in the cache.
 *
 * @param row A row of the built-in table: of other commands it is not known whether their replies follow from one key.
 * @returns The rule; null if its calls are never cached.
 */
export function ruleOf(row: CommandRow): CacheRule | null {
  let rule = rules.get(row);
  if (rule === undefined) rules.set(row, rule = makeRule(row));
  return rule;
}

function makeRule(row: CommandRow): CacheRule | null {
  const { name, keys, fixedFirstKey } = row;
  if (!row.readOnly || row.write || row.blocking || row.keysNeedServer) return null;
  if (UNCACHEABLE.has(name) || keys.length === 0) return null;
  if (keys.some(({ access }) => access !== "RO")) return null;
  const only = keys.length === 1 && keys[0].find.type === "range" && keys[0].find.lastKey === 0;
  return {
    position: only ? fixedFirstKey : 0,
    text: name,
    bytes: `${name}\u0001`,
    each: name === "MGET",
  };
}

/**
 * Finds the only key of a call.
 *
 * @param rule The rule of its command.
 * @param row The command's row.
 * @param words Words of the call.
 * @returns The position; 0 if there is no key, or more than one.
 */
export function positionOfKey(
  rule: CacheRule,
  row: CommandRow,
  words: readonly Argument[],
): number {
  if (rule.position > 0) return rule.position < words.length ? rule.position : 0;
  const positions = keyPositions(row, words);
  return positions.length === 1 ? positions[0] : 0;
}
