/**
 * Options of commands as words. BullMQ gives objects, code for ioredis gives words.
 *
 * @module
 */

/** Words of the option of ZRANGE and ZREVRANGE. */
export function scoresWords(options: { WITHSCORES?: boolean } | string | undefined): unknown[] {
  if (typeof options === "object") return options.WITHSCORES ? ["WITHSCORES"] : [];
  return options === undefined ? [] : [options];
}

/** Words of the options of SET. */
export function setWords(options: { PX?: number; EX?: number } | string | undefined): unknown[] {
  if (typeof options !== "object") return options === undefined ? [] : [options];
  return pairs(options);
}

/** Words of the options of SCAN. */
export function scanWords(options: { MATCH?: string; COUNT?: number } | string): unknown[] {
  return typeof options === "object" ? pairs(options) : [options];
}

/** Names and values of the options that are given. */
function pairs(options: object): unknown[] {
  return Object.entries(options).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [name, value]
  );
}
