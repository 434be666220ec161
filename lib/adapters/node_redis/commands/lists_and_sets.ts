/**
 * Methods for lists and sets.
 *
 * @module
 */

import { counted, method, type Methods, options, plain, plainMethods } from "../methods.ts";
import { page, taken } from "../replies.ts";

const SCAN = options("MATCH= COUNT=");
const LPOS = options("RANK= MAXLEN=");
const COUNT = options("COUNT=");
const LIMIT = options("LIMIT=");

/** A limit as a number, or as an option. */
export function limitOption(given: unknown): unknown[] {
  return typeof given === "number" ? ["LIMIT", given] : LIMIT(given);
}

/** Methods for lists and sets. */
export const LIST_AND_SET_METHODS: Methods = {
  ...plainMethods(`
    blMove 5 BLMOVE
    brPopLPush 3 BRPOPLPUSH
    lIndex 2 LINDEX
    lInsert 4 LINSERT
    lLen 1 LLEN
    lMove 4 LMOVE
    lPop 1 LPOP
    lPush 2 LPUSH
    lPushX 2 LPUSHX
    lRange 3 LRANGE
    lRem 3 LREM
    lSet 3 LSET
    lTrim 3 LTRIM
    rPop 1 RPOP
    rPopLPush 2 RPOPLPUSH
    rPush 2 RPUSH
    rPushX 2 RPUSHX
    sAdd 2 SADD
    sCard 1 SCARD
    sDiff 1 SDIFF
    sDiffStore 2 SDIFFSTORE
    sInter 1 SINTER
    sInterStore 2 SINTERSTORE
    sIsMember 2 SISMEMBER
    sMembers 1 SMEMBERS
    smIsMember 2 SMISMEMBER
    sMove 3 SMOVE
    sPop 1 SPOP
    sRandMember 1 SRANDMEMBER
    sRem 2 SREM
    sUnion 1 SUNION
    sUnionStore 2 SUNIONSTORE
  `),
  blPop: plain("BLPOP", 2, taken(["key", "element"])),
  brPop: plain("BRPOP", 2, taken(["key", "element"])),
  blmPop: method(
    "BLMPOP",
    (timeout, keys, side, given) => [timeout, counted(keys), side, COUNT(given)],
  ),
  lmPop: method("LMPOP", (keys, side, given) => [counted(keys), side, COUNT(given)]),
  lPopCount: method("LPOP/COUNT", (key, count) => [key, count]),
  lPos: method("LPOS", (key, element, given) => [key, element, LPOS(given)]),
  lPosCount: method("LPOS/COUNT", (key, element, count, given) => [
    key,
    element,
    LPOS(given),
    "COUNT",
    count,
  ]),
  rPopCount: method("RPOP/COUNT", (key, count) => [key, count]),
  sInterCard: method("SINTERCARD", (keys, limit) => [counted(keys), limitOption(limit)]),
  sPopCount: method("SPOP/COUNT", (key, count) => [key, count]),
  sRandMemberCount: method("SRANDMEMBER/COUNT", (key, count) => [key, count]),
  sScan: method("SSCAN", (key, cursor, given) => [key, cursor, SCAN(given)], page("members")),
};
