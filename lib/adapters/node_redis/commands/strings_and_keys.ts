/**
 * Methods for strings, bitmaps and keys.
 *
 * @module
 */

import {
  method,
  type Methods,
  millisecondsOf,
  options,
  optionsIn,
  pairsOf,
  plainMethods,
  secondsOf,
  several,
} from "../methods.ts";
import { listOf, page } from "../replies.ts";

const SET = options("EX= PX= EXAT= PXAT= KEEPTTL condition: matchValue: NX XX GET");
const GETEX = options("EX= PX= EXAT= PXAT= PERSIST");
const SCAN = options("MATCH= COUNT= TYPE=");
const SORT = options("BY= LIMIT: GET: DIRECTION: ALPHA");
const COPY = options("DB= REPLACE");
const RESTORE = options("REPLACE ABSTTL IDLETIME= FREQ=");
const LCS = options("MINMATCHLEN=");

/** When a key expires: a word, or a kind with a time. */
export type Expiration = string | { type: string; value?: number | Date };

/** The words of an expiration. */
export function expirationWords(expiration: Expiration | undefined): unknown[] {
  if (expiration === undefined) return [];
  if (typeof expiration === "string") return [expiration];
  const { type, value } = expiration;
  if (type === "KEEPTTL" || type === "PERSIST") return [type];
  return [type, type === "PXAT" ? millisecondsOf(value) : secondsOf(value)];
}

function setWords(given: unknown): unknown[] {
  const { expiration, ...rest } = optionsIn(given);
  return [expirationWords(expiration), SET(expiration === undefined ? rest : withoutTimes(rest))];
}

/** An expiration wins over the older options for it. */
function withoutTimes(rest: Record<string, unknown>): Record<string, unknown> {
  const { EX: _ex, PX: _px, EXAT: _exat, PXAT: _pxat, KEEPTTL: _keepttl, ...others } = rest;
  return others;
}

function getexWords(given: unknown): unknown[] {
  const expiration = optionsIn(given);
  if ("type" in expiration) return expirationWords(expiration as unknown as Expiration);
  return GETEX({
    ...expiration,
    ...("EXAT" in expiration && { EXAT: secondsOf(expiration.EXAT) }),
    ...("PXAT" in expiration && { PXAT: millisecondsOf(expiration.PXAT) }),
  });
}

/** The words of the options of SORT. */
function sortWords(given: unknown): unknown[] {
  const { LIMIT, GET, ...rest } = optionsIn(given);
  return SORT({
    ...rest,
    LIMIT: limitWords(LIMIT),
    GET: GET === undefined ? undefined : several(GET).flatMap((get) => ["GET", get]),
  });
}

/** Where to begin, and how many items. */
export interface LimitOption {
  /** How many items are left out. */
  offset: number;
  /** How many items. */
  count: number;
}

/** The words of a limit. */
export function limitWords(limit: LimitOption | undefined): unknown[] | undefined {
  return limit && ["LIMIT", limit.offset, limit.count];
}

function rangeWords(range: { start: number; end: number; mode?: string } | undefined): unknown[] {
  if (range === undefined) return [];
  return [range.start, range.end, range.mode ?? []];
}

// deno-lint-ignore no-explicit-any
function bitfieldWords(operations: readonly any[]): unknown[] {
  return operations.map(({ operation, encoding, offset, value, increment, behavior }) => {
    switch (operation) {
      case "OVERFLOW":
        return ["OVERFLOW", behavior];
      case "GET":
        return ["GET", encoding, offset];
      case "SET":
        return ["SET", encoding, offset, value];
      default:
        return [operation, encoding, offset, increment];
    }
  });
}

const at = (key: unknown, time: unknown, mode?: string): unknown[] => [key, time, mode ?? []];

/** Methods for strings, bitmaps and keys. */
export const STRING_AND_KEY_METHODS: Methods = {
  ...plainMethods(`
    append 2 APPEND
    bitOp 3 BITOP
    bitPos 2 BITPOS
    decr 1 DECR
    decrBy 2 DECRBY
    get 1 GET
    getBit 2 GETBIT
    getDel 1 GETDEL
    getRange 3 GETRANGE
    getSet 2 GETSET
    incr 1 INCR
    incrBy 2 INCRBY
    incrByFloat 2 INCRBYFLOAT
    lcs 2 LCS
    mGet 1 MGET
    pSetEx 3 PSETEX
    setBit 3 SETBIT
    setEx 3 SETEX
    setNX 2 SETNX
    setRange 3 SETRANGE
    strLen 1 STRLEN
    dbSize 0 DBSIZE
    del 1 DEL
    dump 1 DUMP
    exists 1 EXISTS
    expire 2 EXPIRE
    expireTime 1 EXPIRETIME
    flushAll 0 FLUSHALL
    flushDb 0 FLUSHDB
    keys 1 KEYS
    move 2 MOVE
    objectEncoding 1 OBJECT ENCODING
    objectFreq 1 OBJECT FREQ
    objectIdleTime 1 OBJECT IDLETIME
    objectRefCount 1 OBJECT REFCOUNT
    persist 1 PERSIST
    pExpire 2 PEXPIRE
    pExpireTime 1 PEXPIRETIME
    pfAdd 1 PFADD
    pfCount 1 PFCOUNT
    pfMerge 1 PFMERGE
    pTTL 1 PTTL
    randomKey 0 RANDOMKEY
    rename 2 RENAME
    renameNX 2 RENAMENX
    swapDb 2 SWAPDB
    touch 1 TOUCH
    ttl 1 TTL
    type 1 TYPE
    unlink 1 UNLINK
  `),
  bitCount: method("BITCOUNT", (key, range) => [key, rangeWords(range)]),
  bitField: method("BITFIELD", (key, operations) => [key, bitfieldWords(operations)]),
  bitFieldRo: method("BITFIELD_RO", (key, operations: readonly object[]) => [
    key,
    bitfieldWords(operations.map((operation) => ({ operation: "GET", ...operation }))),
  ]),
  copy: method("COPY", (source, destination, given) => [source, destination, COPY(given)]),
  expireAt: method("EXPIREAT", (key, time, mode) => at(key, secondsOf(time), mode)),
  getEx: method("GETEX", (key, expiration) => [key, getexWords(expiration)]),
  lcsIdx: method("LCS/IDX", (a, b, given) => [a, b, "IDX", LCS(given)], (reply) => {
    const [, matches, , len] = listOf(reply);
    return { matches, len };
  }),
  lcsLen: method("LCS/LEN", (a, b) => [a, b, "LEN"]),
  mSet: method("MSET", (values) => pairsOf(values)),
  mSetNX: method("MSETNX", (values) => pairsOf(values)),
  pExpireAt: method("PEXPIREAT", (key, time, mode) => at(key, millisecondsOf(time), mode)),
  restore: method(
    "RESTORE",
    (key, ttl, value, given) => [key, ttl, value, RESTORE(given)],
  ),
  scan: method("SCAN", (cursor, given) => [cursor, SCAN(given)], page("keys")),
  set: method("SET", (key, value, given) => [key, value, setWords(given)]),
  sort: method("SORT", (key, given) => [key, sortWords(given)]),
  sortRo: method("SORT_RO", (key, given) => [key, sortWords(given)]),
  sortStore: method("SORT/STORE", (key, destination, given) => [
    key,
    sortWords(given),
    "STORE",
    destination,
  ]),
};
