/**
 * Decides which calls can be cached.
 *
 * A reply can be cached if it depends only on the value of one key, so that an invalidation of that key is enough to
 * drop it.
 *
 * @module
 */

import { type CommandRow, keyPositions } from "../command_table/mod.ts";
import type { Argument } from "../resp/reply.ts";

/** How the calls of a command are looked up in the cache. */
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
 * Commands that only read one key, but whose reply depends on more than its value: on chance, time, the encoding of the
 * value, or other keys. A test compares the list with the servers' command tips.
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
 * Tells how the calls of a command are looked up in the cache.
 *
 * @param row A row of the built-in table. For other commands it is not known whether the reply depends on one key only.
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
