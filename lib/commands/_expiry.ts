/**
 * Options for the expiry of keys and hash fields, shared by several groups.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import { appendFlag, appendOption, type AtMostOne } from "./_args.ts";
import { optionsOf } from "./_options.ts";

/**
 * Expiry of a value that is written. At most one of the options. Without any, the value does not expire.
 *
 * - `ex` or `px`: the time to live in seconds or milliseconds.
 * - `exat` or `pxat`: the Unix time in seconds or milliseconds, or a `Date`.
 * - `keepttl`: keep the expiry that the key or field has.
 */
export type SetExpiry = AtMostOne<{
  /** Time to live in seconds, a whole number. */
  ex: number;
  /** Time to live in milliseconds, a whole number. */
  px: number;
  /** Expire at this Unix time in seconds; a `Date` is rounded up to a whole second. */
  exat: number | Date;
  /** Expire at this Unix time in milliseconds, or at this `Date`. */
  pxat: number | Date;
  /** Keep the expiry that the key or field has. */
  keepttl: boolean;
}>;

/**
 * New expiry of a value that is read. At most one of the options. Without any, the expiry stays as it is.
 *
 * - `ex` or `px`: the time to live in seconds or milliseconds.
 * - `exat` or `pxat`: the Unix time in seconds or milliseconds, or a `Date`.
 * - `persist`: remove the expiry.
 */
export type GetExpiry = AtMostOne<{
  /** Time to live in seconds, a whole number. */
  ex: number;
  /** Time to live in milliseconds, a whole number. */
  px: number;
  /** Expire at this Unix time in seconds; a `Date` is rounded up to a whole second. */
  exat: number | Date;
  /** Expire at this Unix time in milliseconds, or at this `Date`. */
  pxat: number | Date;
  /** Remove the expiry. */
  persist: boolean;
}>;

/**
 * When an expiry is set. At most one of the options. Without any, it is always set.
 *
 * - `nx`: only if there is no expiry.
 * - `xx`: only if there is an expiry.
 * - `gt`: only if the new expiry is later than the current one. Without a current one it is not set.
 * - `lt`: only if the new expiry is earlier than the current one. Without a current one it is set.
 */
export type ExpireCondition = AtMostOne<{
  /** Only if there is no expiry. */
  nx: boolean;
  /** Only if there is an expiry. */
  xx: boolean;
  /** Only if the new expiry is later than the current one. Without a current one it is not set. */
  gt: boolean;
  /** Only if the new expiry is earlier than the current one. Without a current one it is set. */
  lt: boolean;
}>;

/** Shape of the expiry options of commands that write. */
export const SET_EXPIRY: OptionShape<SetExpiry> = {
  ex: "word",
  px: "word",
  exat: "time",
  pxat: "time",
  keepttl: "flag",
};

/** Shape of the expiry options of commands that read. */
export const GET_EXPIRY: OptionShape<GetExpiry> = {
  ex: "word",
  px: "word",
  exat: "time",
  pxat: "time",
  persist: "flag",
};

const EXPIRE_CONDITION: OptionShape<ExpireCondition> = {
  nx: "flag",
  xx: "flag",
  gt: "flag",
  lt: "flag",
};

/**
 * Appends the option for the expiry.
 *
 * @param words The words of the command so far.
 * @param expiry The options, already checked.
 */
export function appendExpiry(
  words: Words,
  expiry: {
    ex?: number;
    px?: number;
    exat?: number | Date;
    pxat?: number | Date;
    keepttl?: boolean;
    persist?: boolean;
  },
): void {
  appendOption(words, "EX", expiry.ex);
  appendOption(words, "PX", expiry.px);
  appendOption(words, "EXAT", inSeconds(expiry.exat));
  appendOption(words, "PXAT", inMilliseconds(expiry.pxat));
  appendFlag(words, "KEEPTTL", expiry.keepttl);
  appendFlag(words, "PERSIST", expiry.persist);
}

/**
 * Appends the condition for setting an expiry.
 *
 * @param words The words of the command so far.
 * @param condition The options.
 */
export function appendExpireCondition(words: Words, condition: ExpireCondition | undefined): void {
  const { nx, xx, gt, lt } = optionsOf(words, condition, EXPIRE_CONDITION);
  appendFlag(words, "NX", nx);
  appendFlag(words, "XX", xx);
  appendFlag(words, "GT", gt);
  appendFlag(words, "LT", lt);
}

/**
 * Converts a time to Unix time in seconds.
 *
 * @param time Unix time in seconds, or a date. A date is rounded up, so that nothing expires before it.
 */
export function inSeconds<V>(time: V | Date): V | number {
  return time instanceof Date ? Math.ceil(time.getTime() / 1000) : time;
}

/**
 * Converts a time to Unix time in milliseconds.
 *
 * @param time Unix time in milliseconds, or a date.
 */
export function inMilliseconds<V>(time: V | Date): V | number {
  return time instanceof Date ? time.getTime() : time;
}
