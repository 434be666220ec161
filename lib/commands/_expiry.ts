/**
 * Options about expiry that several groups share.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import { appendFlag, appendOption, type AtMostOne } from "./_args.ts";
import { optionsOf } from "./_options.ts";

/** When something that is written shall expire. At most one of the options; without any, it never does. */
export type SetExpiry = AtMostOne<{
  /** After so many seconds. */
  ex: number;
  /** After so many milliseconds. */
  px: number;
  /** At this Unix time in seconds; a `Date` is rounded up to a whole second. */
  exat: number | Date;
  /** At this Unix time in milliseconds, or at this `Date`. */
  pxat: number | Date;
  /** When it would have expired anyway. */
  keepttl: boolean;
}>;

/** When something that is read shall expire from now on. At most one of the options; without any, nothing changes. */
export type GetExpiry = AtMostOne<{
  /** After so many seconds. */
  ex: number;
  /** After so many milliseconds. */
  px: number;
  /** At this Unix time in seconds; a `Date` is rounded up to a whole second. */
  exat: number | Date;
  /** At this Unix time in milliseconds, or at this `Date`. */
  pxat: number | Date;
  /** Never. */
  persist: boolean;
}>;

/** On what condition an expiry is set. At most one of the options. */
export type ExpireCondition = AtMostOne<{
  /** Only if there is none. */
  nx: boolean;
  /** Only if there is one. */
  xx: boolean;
  /** Only if the new one is later; no expiry counts as the latest. */
  gt: boolean;
  /** Only if the new one is earlier; no expiry counts as the latest. */
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
 * Appends when to expire.
 *
 * @param words The words of the command so far.
 * @param expiry The options, checked.
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
 * Appends on what condition to set an expiry.
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
 * @param time The time. A date is rounded up, so that nothing expires before it.
 */
export function inSeconds<V>(time: V | Date): V | number {
  return time instanceof Date ? Math.ceil(time.getTime() / 1000) : time;
}

/**
 * Converts a time to Unix time in milliseconds.
 *
 * @param time The time.
 */
export function inMilliseconds<V>(time: V | Date): V | number {
  return time instanceof Date ? time.getTime() : time;
}
