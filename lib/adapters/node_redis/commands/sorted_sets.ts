/**
 * Methods for sorted sets.
 *
 * @module
 */

import { counted, double, method, type Methods, options, plain, plainMethods } from "../methods.ts";
import { optionsIn, several } from "../methods.ts";
import {
  listOf,
  number,
  numbers,
  page,
  scored,
  scoredOne,
  taken,
  takenMembers,
} from "../replies.ts";
import { limitOption } from "./lists_and_sets.ts";
import { limitWords } from "./strings_and_keys.ts";

const ADD = options("condition: NX XX comparison: LT GT CH");
const COUNT = options("COUNT=");
const SCAN = options("MATCH= COUNT=");
const AGGREGATE = options("AGGREGATE=");
const RANGE = options("BY: REV LIMIT:");
const LIMIT = options("LIMIT:");

/** A member with its score. */
interface Scored {
  score: number;
  value: unknown;
}

function memberWords(members: Scored | readonly Scored[]): unknown[] {
  return several(members).map(({ score, value }) => [double(score), value]);
}

/** Keys with their number, and with weights if they have some. */
function weightedKeys(keys: unknown): unknown[] {
  const all = several(keys) as readonly unknown[];
  if (!all.some(isWeighted)) return counted(all);
  const weighted = all as readonly { key: unknown; weight: number }[];
  return [
    weighted.length,
    weighted.map(({ key }) => key),
    "WEIGHTS",
    weighted.map(({ weight }) => double(weight)),
  ];
}

function isWeighted(key: unknown): boolean {
  return typeof key === "object" && key !== null && !(key instanceof Uint8Array);
}

function rangeWords(min: unknown, max: unknown, given: unknown): unknown[] {
  const { BY, LIMIT, ...rest } = optionsIn(given);
  const words = RANGE({ ...rest, BY: BY && `BY${BY}`, LIMIT: limitWords(LIMIT) });
  return [double(min), double(max), words];
}

function limitedWords(min: unknown, max: unknown, given: unknown): unknown[] {
  const { LIMIT: limit, ...rest } = optionsIn(given);
  return [double(min), double(max), LIMIT({ ...rest, LIMIT: limitWords(limit) })];
}

const betweenScores = (command: string): Methods[string] =>
  method(command, (key, min, max) => [key, double(min), double(max)]);

/** Methods for sorted sets. */
export const SORTED_SET_METHODS: Methods = {
  ...plainMethods(`
    zCard 1 ZCARD
    zLexCount 3 ZLEXCOUNT
    zRandMember 1 ZRANDMEMBER
    zRank 2 ZRANK
    zRem 2 ZREM
    zRemRangeByRank 3 ZREMRANGEBYRANK
    zRevRank 2 ZREVRANK
  `),
  bzmPop: method(
    "BZMPOP",
    (timeout, keys, side, given) => [timeout, counted(keys), side, COUNT(given)],
    takenMembers,
  ),
  bzPopMax: plain("BZPOPMAX", 2, taken(["key", "value", "score"])),
  bzPopMin: plain("BZPOPMIN", 2, taken(["key", "value", "score"])),
  zAdd: method("ZADD", (key, members, given) => [key, ADD(given), memberWords(members)], number),
  zAddIncr: method(
    "ZADD/INCR",
    (key, members, given) => [key, ADD(given), "INCR", memberWords(members)],
    number,
  ),
  zCount: betweenScores("ZCOUNT"),
  zDiff: method("ZDIFF", (keys) => counted(keys)),
  zDiffStore: method("ZDIFFSTORE", (destination, keys) => [destination, counted(keys)]),
  zDiffWithScores: method("ZDIFF/WITHSCORES", (keys) => [counted(keys), "WITHSCORES"], scored),
  zIncrBy: method(
    "ZINCRBY",
    (key, increment, member) => [key, double(increment), member],
    number,
  ),
  zInter: method("ZINTER", (keys, given) => [weightedKeys(keys), AGGREGATE(given)]),
  zInterCard: method("ZINTERCARD", (keys, limit) => [counted(keys), limitOption(limit)]),
  zInterStore: method(
    "ZINTERSTORE",
    (destination, keys, given) => [destination, weightedKeys(keys), AGGREGATE(given)],
  ),
  zInterWithScores: method(
    "ZINTER/WITHSCORES",
    (keys, given) => [weightedKeys(keys), AGGREGATE(given), "WITHSCORES"],
    scored,
  ),
  zmPop: method("ZMPOP", (keys, side, given) => [counted(keys), side, COUNT(given)], takenMembers),
  zmScore: plain("ZMSCORE", 2, numbers),
  zPopMax: plain("ZPOPMAX", 1, scoredOne),
  zPopMaxCount: method("ZPOPMAX/COUNT", (key, count) => [key, count], scored),
  zPopMin: plain("ZPOPMIN", 1, scoredOne),
  zPopMinCount: method("ZPOPMIN/COUNT", (key, count) => [key, count], scored),
  zRandMemberCount: method("ZRANDMEMBER/COUNT", (key, count) => [key, count]),
  zRandMemberCountWithScores: method(
    "ZRANDMEMBER/COUNT/WITHSCORES",
    (key, count) => [key, count, "WITHSCORES"],
    scored,
  ),
  zRange: method("ZRANGE", (key, min, max, given) => [key, rangeWords(min, max, given)]),
  zRangeByLex: method("ZRANGEBYLEX", (key, min, max, given) => [
    key,
    limitedWords(min, max, given),
  ]),
  zRangeByScore: method("ZRANGEBYSCORE", (key, min, max, given) => [
    key,
    limitedWords(min, max, given),
  ]),
  zRangeByScoreWithScores: method(
    "ZRANGEBYSCORE/WITHSCORES",
    (key, min, max, given) => [key, limitedWords(min, max, given), "WITHSCORES"],
    scored,
  ),
  zRangeStore: method("ZRANGESTORE", (destination, source, min, max, given) => [
    destination,
    source,
    rangeWords(min, max, given),
  ]),
  zRangeWithScores: method(
    "ZRANGE/WITHSCORES",
    (key, min, max, given) => [key, rangeWords(min, max, given), "WITHSCORES"],
    scored,
  ),
  zRankWithScore: method(
    "ZRANK/WITHSCORE",
    (key, member) => [key, member, "WITHSCORE"],
    (reply) => {
      if (reply === null) return null;
      const [rank, score] = listOf(reply);
      return { rank, score: number(score) };
    },
  ),
  zRemRangeByLex: betweenScores("ZREMRANGEBYLEX"),
  zRemRangeByScore: betweenScores("ZREMRANGEBYSCORE"),
  zScan: method(
    "ZSCAN",
    (key, cursor, given) => [key, cursor, SCAN(given)],
    page("members", scored),
  ),
  zScore: plain("ZSCORE", 2, number),
  zUnion: method("ZUNION", (keys, given) => [weightedKeys(keys), AGGREGATE(given)]),
  zUnionStore: method(
    "ZUNIONSTORE",
    (destination, keys, given) => [destination, weightedKeys(keys), AGGREGATE(given)],
  ),
  zUnionWithScores: method(
    "ZUNION/WITHSCORES",
    (keys, given) => [weightedKeys(keys), AGGREGATE(given), "WITHSCORES"],
    scored,
  ),
};
