/**
 * Commands on sorted sets.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { taken } from "../words.ts";
import {
  type AnyCase,
  append,
  appendCounted,
  appendFlag,
  appendOption,
  type AtMostOne,
  type Key,
  type Many,
  type OneOrMany,
  type Value,
} from "./_args.ts";
import {
  elements,
  toBulkOrNull,
  toBulks,
  toListOf,
  toNumber,
  toNumberOrNull,
  unexpected,
} from "./_decode.ts";
import { optionsOf } from "./_options.ts";
import {
  appendScanOptions,
  type Cursor,
  iteratePages,
  SCAN_OPTIONS,
  type ScanOptions,
  type ScanPage,
  takenOptions,
  toBulksPage,
} from "./_scan.ts";
import {
  appendScoredMembers,
  type LexBound,
  type Score,
  type ScoreBound,
  type ScoredMember,
  type ScoredMembers,
  toKeyAndScoredMemberOrNull,
  toKeyAndScoredMembersOrNull,
  toScoredMemberOrNull,
  toScoredMembers,
  toScoredMembersPage,
} from "./_scored_members.ts";

/** Which end of a sorted set to take members from: `"min"` is the one with the lowest scores. */
export type SortedSetEnd = AnyCase<"min" | "max">;

/** A part of a result. */
export interface RangeLimit {
  /** How many members to skip. */
  offset: number;
  /** How many members to answer at most; a negative number means all. */
  count: number;
}

/** Which members {@linkcode SortedSetCommands.zadd} writes: new ones only, or old ones on conditions. */
export type ZaddCondition =
  | {
    /** Only add members, never change a score. */
    nx?: boolean;
    /** Not with `nx`. */
    xx?: false;
    /** Not with `nx`. */
    gt?: false;
    /** Not with `nx`. */
    lt?: false;
  }
  | (
    & {
      /** Not with the others. */
      nx?: false;
      /** Only change scores, never add a member. */
      xx?: boolean;
    }
    & AtMostOne<{
      /** Only change a score if the new one is greater. Members are added all the same. */
      gt: boolean;
      /** Only change a score if the new one is less. Members are added all the same. */
      lt: boolean;
    }>
  );

/** Options for {@linkcode SortedSetCommands.zadd}. */
export type ZaddOptions = ZaddCondition & {
  /** Count the members whose score changed, too, not only the new ones. @default {false} */
  ch?: boolean;
  /** Add to the score of the one member that is given, and answer the new score. @default {false} */
  incr?: false;
};

/** Options for {@linkcode SortedSetCommands.zadd} that make it add to a score. */
export type ZaddIncrOptions = ZaddCondition & {
  /** Add to the score of the one member that is given, and answer the new score. */
  incr: true;
  /** Not with `incr`. */
  ch?: false;
};

/** Options for {@linkcode SortedSetCommands.zadd} that may make it add to a score. */
export type ZaddAnyOptions = ZaddCondition & {
  /** Not with `incr`. */
  ch?: false;
  /** Add to the score of the one member that is given, and answer the new score. @default {false} */
  incr?: boolean;
};

/** Ask for members without their scores. */
export interface WithoutScores {
  /** Answer the scores too. @default {false} */
  withscores?: false;
}

/** Ask for members with their scores. */
export interface WithScores {
  /** Answer the scores too. */
  withscores: true;
}

/** Ask for members with or without their scores. */
export interface MaybeScores {
  /** Answer the scores too. @default {false} */
  withscores?: boolean;
}

/** Ask for a rank without the score. */
export interface WithoutScore {
  /** Answer the score too (Redis 7.2, Valkey 7.2). @default {false} */
  withscore?: false;
}

/** Ask for a rank with the score. */
export interface WithScore {
  /** Answer the score too (Redis 7.2, Valkey 7.2). */
  withscore: true;
}

/** Ask for a rank with or without the score. */
export interface MaybeScore {
  /** Answer the score too (Redis 7.2, Valkey 7.2). @default {false} */
  withscore?: boolean;
}

/** How to combine the scores of a member that is in several of the sets. */
export type ScoreAggregate = AnyCase<"sum" | "min" | "max" | "count">;

/** Options for {@linkcode SortedSetCommands.zinterstore} and {@linkcode SortedSetCommands.zunionstore}. */
export interface ZcombineOptions {
  /** For each key, in their order, a factor for its scores. @default {1} for each */
  weights?: Many<number>;
  /**
   * How to combine the scores of a member; `"count"` counts the sets, by their weights (Redis 8.8).
   *
   * @default {"sum"}
   */
  aggregate?: ScoreAggregate;
}

/** Options for {@linkcode SortedSetCommands.zrange} by positions. */
export interface ZrangeOptions {
  /** Only if the ends are scores. */
  byscore?: false;
  /** Only if the ends are members. */
  bylex?: false;
  /** Begin with the highest score. @default {false} */
  rev?: boolean;
  /** Only if the ends are scores or members. */
  limit?: undefined;
}

/** Options for {@linkcode SortedSetCommands.zrange} by scores. */
export interface ZrangeByscoreOptions {
  /** The ends are scores. */
  byscore: true;
  /** Only if the ends are members. */
  bylex?: false;
  /** Begin with the highest score, which is then the first of the two ends. @default {false} */
  rev?: boolean;
  /** Answer only a part of the result. */
  limit?: RangeLimit;
}

/** Options for {@linkcode SortedSetCommands.zrange} by members, for a sorted set whose scores are all the same. */
export interface ZrangeBylexOptions {
  /** The ends are members, which are compared byte by byte. */
  bylex: true;
  /** Only if the ends are scores. */
  byscore?: false;
  /** Begin with the last member, which is then the first of the two ends. @default {false} */
  rev?: boolean;
  /** Answer only a part of the result. */
  limit?: RangeLimit;
}

/** Options for the deprecated commands on ranges of scores. */
export interface ZrangebyscoreOptions {
  /** Answer the scores too. @default {false} */
  withscores?: boolean;
  /** Answer only a part of the result. */
  limit?: RangeLimit;
}

/** Options for the deprecated commands on ranges of members. */
export interface ZrangebylexOptions {
  /** Answer only a part of the result. */
  limit?: RangeLimit;
}

/** Options for {@linkcode SortedSetCommands.zmpop} and {@linkcode SortedSetCommands.bzmpop}. */
export interface ZmpopOptions {
  /** How many members to take at most. @default {1} */
  count?: number;
}

/** Options for {@linkcode SortedSetCommands.zintercard}. */
export interface ZintercardOptions {
  /** Where to stop counting, 0 for nowhere. @default {0} */
  limit?: number;
}

/** Where a member of a sorted set stands. */
export interface RankAndScore {
  /** How many members are before it. */
  rank: number;
  /** Its score. */
  score: number;
}

/** Options for {@linkcode SortedSetCommands.zscan} that leave the scores out. */
export interface ZscanMembersOptions extends ScanOptions {
  /** Answer the members only (Valkey 8.0). */
  noscores: true;
}

/** Options for {@linkcode SortedSetCommands.zscan} with the scores. */
export interface ZscanScoresOptions extends ScanOptions {
  /** Answer the members only (Valkey 8.0). @default {false} */
  noscores?: false;
}

/** Options for {@linkcode SortedSetCommands.zscan}. */
export interface ZscanOptions extends ScanOptions {
  /** Answer the members only (Valkey 8.0). @default {false} */
  noscores?: boolean;
}

/** What ZRANGESTORE takes, and ZRANGE. */
type AnyZrangeOptions = ZrangeOptions | ZrangeByscoreOptions | ZrangeBylexOptions;

const WITHSCORE: OptionShape<MaybeScore> = { withscore: "flag" };

const WITHSCORES: OptionShape<MaybeScores> = { withscores: "flag" };

const LIMIT: OptionShape<RangeLimit> = { offset: "word", count: "word" };

const ZADD_OPTIONS: OptionShape<ZaddOptions | ZaddAnyOptions> = {
  nx: "flag",
  xx: "flag",
  gt: "flag",
  lt: "flag",
  ch: "flag",
  incr: "flag",
};

const ZCOMBINE_OPTIONS: OptionShape<ZcombineOptions> = { weights: "list", aggregate: "word" };

const ZCOMBINE_WITHSCORES: OptionShape<ZcombineOptions & MaybeScores> = {
  ...ZCOMBINE_OPTIONS,
  ...WITHSCORES,
};

const ZINTERCARD_OPTIONS: OptionShape<ZintercardOptions> = { limit: "word" };

const ZMPOP_OPTIONS: OptionShape<ZmpopOptions> = { count: "word" };

const ZRANGE_OPTIONS: OptionShape<AnyZrangeOptions> = {
  byscore: "flag",
  bylex: "flag",
  rev: "flag",
  limit: LIMIT,
};

const ZRANGE_WITHSCORES: OptionShape<AnyZrangeOptions & MaybeScores> = {
  ...ZRANGE_OPTIONS,
  ...WITHSCORES,
};

const ZRANGEBYLEX_OPTIONS: OptionShape<ZrangebylexOptions> = { limit: LIMIT };

const ZRANGEBYSCORE_OPTIONS: OptionShape<ZrangebyscoreOptions> = { ...WITHSCORES, limit: LIMIT };

const ZSCAN_OPTIONS: OptionShape<ZscanOptions> = { ...SCAN_OPTIONS, noscores: "flag" };

/**
 * Commands on sorted sets: different members, each with a score, in the order of the scores. Members with the same
 * score are in the order of their bytes.
 *
 * Scores are doubles. A member with its score is a {@linkcode ScoredMember} wherever one comes back. The commands that
 * begin with `b` wait for a member if there is none. Their timeout is in seconds, as everywhere in the server's own
 * reference, with fractions; 0 waits for ever. They do not hold up other requests, and in a transaction they do not
 * wait.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class SortedSetCommands<T extends string | Uint8Array = string>
  extends Executor<T> {
  /**
   * Takes members from an end of the first of several sorted sets that has any, and waits for one if need be.
   *
   * Complexity O(K + M·log(N)) for K keys and M members taken from N · since 7.0.0 · blocking
   *
   * @example A job, an urgent one if possible
   * ```ts
   * await client.zadd("{jobs}:2", { mail: 1 });
   * await client.bzmpop(["{jobs}:1", "{jobs}:2"], "min", 5); // ["{jobs}:2", [{ member: "mail", score: 1 }]]
   * ```
   *
   * @param keys One key or several, by preference.
   * @param end The end to take from.
   * @param timeout How long to wait at most, in seconds; 0 for ever.
   * @param options How many members.
   * @returns Key of the sorted set and the members taken from it, or null if the time ran out.
   * @throws {RangeError} If there are no keys.
   * @throws {ServerError} If a key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/bzmpop/}
   */
  bzmpop(
    keys: OneOrMany<Key>,
    end: SortedSetEnd,
    timeout: number,
    options?: ZmpopOptions,
  ): Promise<[key: T, members: ScoredMember<T>[]] | null> {
    const words = appendCounted(["BZMPOP", timeout], keys, "keys");
    words.push(end);
    appendOption(words, "COUNT", optionsOf(words, options, ZMPOP_OPTIONS).count);
    return this.send<[T, ScoredMember<T>[]] | null>(words, toKeyAndScoredMembersOrNull);
  }

  /**
   * Takes the member with the highest score from the first of several sorted sets that has any, and waits for one if
   * need be.
   *
   * Complexity O(log(N)) for N members · since 5.0.0 · blocking
   *
   * @example Waiting five seconds for the most important job
   * ```ts
   * await client.zadd("jobs", { mail: 1, backup: 9 });
   * await client.bzpopmax("jobs", 5); // ["jobs", { member: "backup", score: 9 }]
   * ```
   *
   * @param keys One key or several, by preference.
   * @param timeout How long to wait at most, in seconds; 0 for ever.
   * @returns Key of the sorted set and the member taken from it, or null if the time ran out.
   * @throws {RangeError} If there are no keys.
   * @throws {ServerError} If a key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/bzpopmax/}
   */
  bzpopmax(
    keys: OneOrMany<Key>,
    timeout: number,
  ): Promise<[key: T, member: ScoredMember<T>] | null> {
    const words = append(["BZPOPMAX"], keys, "keys");
    words.push(timeout);
    return this.send<[T, ScoredMember<T>] | null>(words, toKeyAndScoredMemberOrNull);
  }

  /**
   * Takes the member with the lowest score from the first of several sorted sets that has any, and waits for one if
   * need be.
   *
   * Complexity O(log(N)) for N members · since 5.0.0 · blocking
   *
   * @example Waiting five seconds for the job that is due first
   * ```ts
   * await client.zadd("jobs", { mail: 1700000000, backup: 1800000000 });
   * await client.bzpopmin("jobs", 5); // ["jobs", { member: "mail", score: 1700000000 }]
   * ```
   *
   * @param keys One key or several, by preference.
   * @param timeout How long to wait at most, in seconds; 0 for ever.
   * @returns Key of the sorted set and the member taken from it, or null if the time ran out.
   * @throws {RangeError} If there are no keys.
   * @throws {ServerError} If a key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/bzpopmin/}
   */
  bzpopmin(
    keys: OneOrMany<Key>,
    timeout: number,
  ): Promise<[key: T, member: ScoredMember<T>] | null> {
    const words = append(["BZPOPMIN"], keys, "keys");
    words.push(timeout);
    return this.send<[T, ScoredMember<T>] | null>(words, toKeyAndScoredMemberOrNull);
  }

  /**
   * Adds members to a sorted set, and gives new scores to those that it has.
   *
   * With `incr` the score of one member grows by what is given, from 0 if it is new.
   *
   * Complexity O(M·log(N)) for M members given and N in the sorted set · since 1.2.0
   *
   * @example One new member, one old one
   * ```ts
   * await client.zadd("board", { Ada: 3 }); // 1
   * await client.zadd("board", { Ada: 5, Grace: 4 }); // 1
   * await client.zadd("board", [["Ada", 2]], { gt: true, ch: true }); // 0
   * await client.zadd("board", { Ada: 10 }, { incr: true }); // 15
   * ```
   *
   * @param key Key of the sorted set.
   * @param members The members and their scores.
   * @param options Which members to write, what to count, and whether to add to the score.
   * @returns How many members are new, with `ch` how many are new or have another score. With `incr` the new score, or
   * null if the condition did not hold.
   * @throws {RangeError} If there are no members.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`), or with `incr` if there are
   * several members, or if the new score is no number.
   * @see {@link https://valkey.io/commands/zadd/}
   */
  zadd(key: Key, members: ScoredMembers, options?: ZaddOptions): Promise<number>;
  /** Adds to the score of a member. */
  zadd(key: Key, members: ScoredMembers, options: ZaddIncrOptions): Promise<number | null>;
  /** Adds members or changes their scores; with `incr`, answers the new score, null if it was not changed. */
  zadd(
    key: Key,
    members: ScoredMembers,
    options: ZaddAnyOptions,
  ): Promise<number | null>;
  /** Adds members to a sorted set, or to the score of a member. */
  zadd(
    key: Key,
    members: ScoredMembers,
    options?: ZaddOptions | ZaddAnyOptions,
  ): Promise<number | null> {
    const words: Words = ["ZADD", key];
    // A score in the place of the members would make an option of the member.
    if (typeof members !== "object") {
      return this.send(appendScoredMembers(words, members), toNumber);
    }
    const { nx, xx, gt, lt, ch, incr } = optionsOf(words, options, ZADD_OPTIONS);
    appendFlag(words, "NX", nx);
    appendFlag(words, "XX", xx);
    appendFlag(words, "GT", gt);
    appendFlag(words, "LT", lt);
    appendFlag(words, "CH", ch);
    appendFlag(words, "INCR", incr);
    appendScoredMembers(words, members);
    return incr ? this.send(words, toNumberOrNull) : this.send<number>(words, toNumber);
  }

  /**
   * Counts the members of a sorted set.
   *
   * Complexity O(1) · since 1.2.0 · read-only
   *
   * @example Two members
   * ```ts
   * await client.zadd("board", { Ada: 3, Grace: 4 });
   * await client.zcard("board"); // 2
   * ```
   *
   * @param key Key of the sorted set.
   * @returns The number of members, 0 if there is no such key.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zcard/}
   */
  zcard(key: Key): Promise<number> {
    return this.send(["ZCARD", key], toNumber);
  }

  /**
   * Counts the members whose scores are in a range.
   *
   * Complexity O(log(N)) for N members · since 2.0.0 · read-only
   *
   * @example More than 3
   * ```ts
   * await client.zadd("board", { Ada: 3, Grace: 4, Joan: 5 });
   * await client.zcount("board", "(3", Infinity); // 2
   * ```
   *
   * @param key Key of the sorted set.
   * @param min The lowest score.
   * @param max The highest score.
   * @returns The number of members, 0 if there is no such key.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zcount/}
   */
  zcount(key: Key, min: ScoreBound, max: ScoreBound): Promise<number> {
    return this.send(["ZCOUNT", key, min, max], toNumber);
  }

  /**
   * Answers the members of the first sorted set that are in none of the others.
   *
   * Complexity O(L + N·log(N)) for N members of the first set and L of all · since 6.2.0 · read-only
   *
   * @example Who has not voted?
   * ```ts
   * await client.zadd("{vote}:all", { Ada: 36, Grace: 85 });
   * await client.zadd("{vote}:done", { Grace: 1 });
   * await client.zdiff(["{vote}:all", "{vote}:done"]); // ["Ada"]
   * await client.zdiff(["{vote}:all", "{vote}:done"], { withscores: true }); // [{ member: "Ada", score: 36 }]
   * ```
   *
   * @param keys Keys of the sorted sets, or of sets; one that does not exist counts as empty.
   * @param options Whether to answer the scores too.
   * @returns The members, in the order of their scores.
   * @throws {RangeError} If there are no keys.
   * @throws {ServerError} If a key holds something else than a sorted set or a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zdiff/}
   */
  zdiff(keys: OneOrMany<Key>, options?: WithoutScores): Promise<T[]>;
  /** Answers what is in the first sorted set only, with the scores. */
  zdiff(keys: OneOrMany<Key>, options: WithScores): Promise<ScoredMember<T>[]>;
  /** Answers the members that only the first of the sorted sets has, with their scores if the flag says so. */
  zdiff(
    keys: OneOrMany<Key>,
    options: MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Answers what is in the first sorted set only. */
  zdiff(
    keys: OneOrMany<Key>,
    options?: MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]> {
    const words = appendCounted(["ZDIFF"], keys, "keys");
    const { withscores } = optionsOf(words, options, WITHSCORES);
    appendFlag(words, "WITHSCORES", withscores);
    return withscores
      ? this.send<ScoredMember<T>[]>(words, toScoredMembers)
      : this.send<T[]>(words, toBulks);
  }

  /**
   * Stores the members of the first sorted set that are in none of the others.
   *
   * Whatever the destination held before is gone, also if the result is empty.
   *
   * Complexity O(L + N·log(N)) for N members of the first set and L of all · since 6.2.0
   *
   * @example Who has not voted?
   * ```ts
   * await client.zadd("{vote}:all", { Ada: 36, Grace: 85 });
   * await client.zadd("{vote}:done", { Grace: 1 });
   * await client.zdiffstore("{vote}:open", ["{vote}:all", "{vote}:done"]); // 1
   * ```
   *
   * @param destination Key to store them at.
   * @param keys Keys of the sorted sets, or of sets; one that does not exist counts as empty.
   * @returns The number of members stored.
   * @throws {RangeError} If there are no keys.
   * @throws {ServerError} If one of the keys holds something else than a sorted set or a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zdiffstore/}
   */
  zdiffstore(destination: Key, keys: OneOrMany<Key>): Promise<number> {
    return this.send(appendCounted(["ZDIFFSTORE", destination], keys, "keys"), toNumber);
  }

  /**
   * Adds to the score of a member, which begins at 0 if it is new.
   *
   * Complexity O(log(N)) for N members · since 1.2.0
   *
   * @example Two goals
   * ```ts
   * await client.zincrby("goals", 1, "Ada"); // 1
   * await client.zincrby("goals", 1, "Ada"); // 2
   * ```
   *
   * @param key Key of the sorted set.
   * @param increment What to add; a negative one subtracts.
   * @param member The member.
   * @returns The new score.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`), or the new score is no
   * number (`Infinity` and `-Infinity` added up).
   * @see {@link https://valkey.io/commands/zincrby/}
   */
  zincrby(key: Key, increment: Score, member: Value): Promise<number> {
    return this.send(["ZINCRBY", key, increment, member], toNumber);
  }

  /**
   * Answers the members that all sorted sets have.
   *
   * Complexity O(N·K + M·log(M)) for N members of the smallest of K sets and M in the result · since 6.2.0 · read-only
   *
   * @example Points of both rounds
   * ```ts
   * await client.zadd("{round}:1", { Ada: 3, Grace: 4 });
   * await client.zadd("{round}:2", { Ada: 5 });
   * await client.zinter(["{round}:1", "{round}:2"], { withscores: true }); // [{ member: "Ada", score: 8 }]
   * ```
   *
   * @param keys Keys of the sorted sets, or of sets, whose members count with score 1; one that does not exist counts
   * as empty.
   * @param options How to combine scores, and whether to answer them.
   * @returns The members, in the order of their scores.
   * @throws {RangeError} If there are no keys.
   * @throws {ServerError} If a key holds something else than a sorted set or a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zinter/}
   */
  zinter(
    keys: OneOrMany<Key>,
    options?: ZcombineOptions & WithoutScores,
  ): Promise<T[]>;
  /** Answers what all sorted sets have, with the scores. */
  zinter(
    keys: OneOrMany<Key>,
    options: ZcombineOptions & WithScores,
  ): Promise<ScoredMember<T>[]>;
  /** Answers the members that all of the sorted sets have, with their scores if the flag says so. */
  zinter(
    keys: OneOrMany<Key>,
    options: ZcombineOptions & MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Answers what all sorted sets have. */
  zinter(
    keys: OneOrMany<Key>,
    options?: ZcombineOptions & MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]> {
    const words: Words = ["ZINTER"];
    const given = optionsOf(words, options, ZCOMBINE_WITHSCORES);
    appendCombination(words, keys, given);
    appendFlag(words, "WITHSCORES", given.withscores);
    return given.withscores
      ? this.send<ScoredMember<T>[]>(words, toScoredMembers)
      : this.send<T[]>(words, toBulks);
  }

  /**
   * Counts the members that all sorted sets have.
   *
   * Complexity O(N·K) for N members of the smallest of K sets · since 7.0.0 · read-only
   *
   * @example Did anybody play both rounds?
   * ```ts
   * await client.zadd("{round}:1", { Ada: 3, Grace: 4 });
   * await client.zadd("{round}:2", { Ada: 5, Grace: 1 });
   * await client.zintercard(["{round}:1", "{round}:2"], { limit: 1 }); // 1
   * ```
   *
   * @param keys Keys of the sorted sets, or of sets; one that does not exist counts as empty.
   * @param options Where to stop counting.
   * @returns The number of members, the limit at most.
   * @throws {RangeError} If there are no keys.
   * @throws {ServerError} If a key holds something else than a sorted set or a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zintercard/}
   */
  zintercard(keys: OneOrMany<Key>, options?: ZintercardOptions): Promise<number> {
    const words = appendCounted(["ZINTERCARD"], keys, "keys");
    appendOption(words, "LIMIT", optionsOf(words, options, ZINTERCARD_OPTIONS).limit);
    return this.send(words, toNumber);
  }

  /**
   * Stores the members that all sorted sets have.
   *
   * Whatever the destination held before is gone, also if the result is empty.
   *
   * Complexity O(N·K + M·log(M)) for N members of the smallest of K sets and M in the result · since 2.0.0
   *
   * @example Points of both rounds, the second one counting double
   * ```ts
   * await client.zadd("{round}:1", { Ada: 3, Grace: 4 });
   * await client.zadd("{round}:2", { Ada: 5 });
   * await client.zinterstore("{round}:all", ["{round}:1", "{round}:2"], { weights: [1, 2] }); // 1
   * await client.zscore("{round}:all", "Ada"); // 13
   * ```
   *
   * @param destination Key to store them at.
   * @param keys Keys of the sorted sets, or of sets, whose members count with score 1; one that does not exist counts
   * as empty.
   * @param options How to combine scores.
   * @returns The number of members stored.
   * @throws {RangeError} If there are no keys.
   * @throws {ServerError} If one of the keys holds something else than a sorted set or a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zinterstore/}
   */
  zinterstore(
    destination: Key,
    keys: OneOrMany<Key>,
    options?: ZcombineOptions,
  ): Promise<number> {
    const words: Words = ["ZINTERSTORE", destination];
    appendCombination(words, keys, optionsOf(words, options, ZCOMBINE_OPTIONS));
    return this.send(words, toNumber);
  }

  /**
   * Counts the members in a range of members, in a sorted set whose scores are all the same.
   *
   * Complexity O(log(N)) for N members · since 2.8.9 · read-only
   *
   * @example Words from "b" on
   * ```ts
   * await client.zadd("words", { apple: 0, banana: 0, cherry: 0 });
   * await client.zlexcount("words", "[b", "+"); // 2
   * ```
   *
   * @param key Key of the sorted set.
   * @param min The lowest member.
   * @param max The highest member.
   * @returns The number of members, 0 if there is no such key.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`), or a bound is malformed.
   * @see {@link https://valkey.io/commands/zlexcount/}
   */
  zlexcount(key: Key, min: LexBound, max: LexBound): Promise<number> {
    return this.send(["ZLEXCOUNT", key, min, max], toNumber);
  }

  /**
   * Takes members from an end of the first of several sorted sets that has any.
   *
   * Complexity O(K + M·log(N)) for K keys and M members taken from N · since 7.0.0
   *
   * @example Up to ten jobs, the urgent ones first
   * ```ts
   * await client.zadd("{jobs}:2", { mail: 1 });
   * await client.zmpop(["{jobs}:1", "{jobs}:2"], "min", { count: 10 }); // ["{jobs}:2", [{ member: "mail", score: 1 }]]
   * ```
   *
   * @param keys One key or several, by preference.
   * @param end The end to take from.
   * @param options How many members.
   * @returns Key of the sorted set and the members taken from it, or null if there are none.
   * @throws {RangeError} If there are no keys.
   * @throws {ServerError} If a key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zmpop/}
   */
  zmpop(
    keys: OneOrMany<Key>,
    end: SortedSetEnd,
    options?: ZmpopOptions,
  ): Promise<[key: T, members: ScoredMember<T>[]] | null> {
    const words = appendCounted(["ZMPOP"], keys, "keys");
    words.push(end);
    appendOption(words, "COUNT", optionsOf(words, options, ZMPOP_OPTIONS).count);
    return this.send<[T, ScoredMember<T>[]] | null>(words, toKeyAndScoredMembersOrNull);
  }

  /**
   * Gets the scores of several members.
   *
   * Complexity O(N) for N members asked for · since 6.2.0 · read-only
   *
   * @example One is there, one is not
   * ```ts
   * await client.zadd("board", { Ada: 3 });
   * await client.zmscore("board", ["Ada", "Grace"]); // [3, null]
   * ```
   *
   * @param key Key of the sorted set.
   * @param members One member or several.
   * @returns The scores in the order of the members, null for each missing one.
   * @throws {RangeError} If there are no members.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zmscore/}
   */
  zmscore(key: Key, members: OneOrMany<Value>): Promise<(number | null)[]> {
    return this.send(append(["ZMSCORE", key], members, "members"), toScoresOrNulls);
  }

  /**
   * Takes the members with the highest scores from a sorted set.
   *
   * Complexity O(M·log(N)) for M members taken from N · since 5.0.0
   *
   * @example The winner, then the next two
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4 });
   * await client.zpopmax("board"); // { member: "Ada", score: 5 }
   * await client.zpopmax("board", 2); // [{ member: "Grace", score: 4 }]
   * ```
   *
   * @param key Key of the sorted set.
   * @param count How many members at most; without it one, not in an array.
   * @returns The member, null if there is no such key; with a count an array, the highest score first, empty if there
   * is no such key.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zpopmax/}
   */
  zpopmax(key: Key): Promise<ScoredMember<T> | null>;
  /** Takes several members with the highest scores. */
  zpopmax(key: Key, count: number): Promise<ScoredMember<T>[]>;
  /** Takes members with the highest scores. */
  zpopmax(key: Key, count?: number): Promise<ScoredMember<T> | null | ScoredMember<T>[]> {
    return count === undefined
      ? this.send<ScoredMember<T> | null>(["ZPOPMAX", key], toScoredMemberOrNull)
      : this.send<ScoredMember<T>[]>(["ZPOPMAX", key, count], toScoredMembers);
  }

  /**
   * Takes the members with the lowest scores from a sorted set.
   *
   * Complexity O(M·log(N)) for M members taken from N · since 5.0.0
   *
   * @example What is due first, then the next two
   * ```ts
   * await client.zadd("due", { mail: 1, backup: 2 });
   * await client.zpopmin("due"); // { member: "mail", score: 1 }
   * await client.zpopmin("due", 2); // [{ member: "backup", score: 2 }]
   * ```
   *
   * @param key Key of the sorted set.
   * @param count How many members at most; without it one, not in an array.
   * @returns The member, null if there is no such key; with a count an array, the lowest score first, empty if there is
   * no such key.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zpopmin/}
   */
  zpopmin(key: Key): Promise<ScoredMember<T> | null>;
  /** Takes several members with the lowest scores. */
  zpopmin(key: Key, count: number): Promise<ScoredMember<T>[]>;
  /** Takes members with the lowest scores. */
  zpopmin(key: Key, count?: number): Promise<ScoredMember<T> | null | ScoredMember<T>[]> {
    return count === undefined
      ? this.send<ScoredMember<T> | null>(["ZPOPMIN", key], toScoredMemberOrNull)
      : this.send<ScoredMember<T>[]>(["ZPOPMIN", key, count], toScoredMembers);
  }

  /**
   * Picks members of a sorted set at random.
   *
   * A positive count asks for that many different members, or all if there are fewer; a negative one for exactly that
   * many, the same one perhaps several times.
   *
   * Complexity O(N) for N members answered · since 6.2.0 · read-only
   *
   * @example From a sorted set with one member
   * ```ts
   * await client.zadd("board", { Ada: 5 });
   * await client.zrandmember("board"); // "Ada"
   * await client.zrandmember("board", -2); // ["Ada", "Ada"]
   * await client.zrandmember("board", 2, { withscores: true }); // [{ member: "Ada", score: 5 }]
   * ```
   *
   * @param key Key of the sorted set.
   * @param count How many members; without it one, not in an array.
   * @param options Whether to answer the scores too.
   * @returns The member, null if there is no such key; with a count an array of members, empty if there is no such key.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zrandmember/}
   */
  zrandmember(key: Key): Promise<T | null>;
  /** Picks several members of a sorted set at random. */
  zrandmember(key: Key, count: number, options?: WithoutScores): Promise<T[]>;
  /** Picks several members of a sorted set at random, with their scores. */
  zrandmember(
    key: Key,
    count: number,
    options: WithScores,
  ): Promise<ScoredMember<T>[]>;
  /** Answers members at random, with their scores if the flag says so. */
  zrandmember(
    key: Key,
    count: number,
    options: MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Picks members of a sorted set at random. */
  zrandmember(
    key: Key,
    count?: number,
    options?: MaybeScores,
  ): Promise<T | null | T[] | ScoredMember<T>[]> {
    const words: Words = ["ZRANDMEMBER", key];
    const { withscores } = optionsOf(words, options, WITHSCORES);
    if (count === undefined && !withscores) return this.send<T | null>(words, toBulkOrNull);
    words.push(count as number);
    appendFlag(words, "WITHSCORES", withscores);
    return withscores
      ? this.send<ScoredMember<T>[]>(words, toScoredMembers)
      : this.send<T[]>(words, toBulks);
  }

  /**
   * Answers the members in a range of positions, of scores (`byscore`) or of members (`bylex`).
   *
   * Complexity O(log(N) + M) for M members answered of N · since 1.2.0 · read-only
   *
   * @example By positions, by scores and by members
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zrange("board", 0, 1, { rev: true }); // ["Ada", "Grace"]
   * await client.zrange("board", 0, 0, { withscores: true }); // [{ member: "Joan", score: 3 }]
   * await client.zrange("board", 0, "(5", { byscore: true }); // ["Joan", "Grace"]
   *
   * await client.zadd("names", { Ada: 0, Grace: 0, Joan: 0 });
   * await client.zrange("names", "[B", "+", { bylex: true, limit: { offset: 0, count: 1 } }); // ["Grace"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param start Where the range begins: a position from 0, a negative one counting from the end; or a score, or a
   * member. With `rev` it is the higher end of scores or members.
   * @param stop Where the range ends; the last position is included.
   * @param options What the ends are, the direction, which part, and whether to answer the scores.
   * @returns The members in their order; none if there is no such key.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`), or a bound is malformed.
   * @see {@link https://valkey.io/commands/zrange/}
   */
  zrange(
    key: Key,
    start: number,
    stop: number,
    options?: ZrangeOptions & WithoutScores,
  ): Promise<T[]>;
  /** Answers the members in a range of positions, with their scores. */
  zrange(
    key: Key,
    start: number,
    stop: number,
    options: ZrangeOptions & WithScores,
  ): Promise<ScoredMember<T>[]>;
  /** Answers the members in a range of scores. */
  zrange(
    key: Key,
    start: ScoreBound,
    stop: ScoreBound,
    options: ZrangeByscoreOptions & WithoutScores,
  ): Promise<T[]>;
  /** Answers the members in a range of scores, with their scores. */
  zrange(
    key: Key,
    start: ScoreBound,
    stop: ScoreBound,
    options: ZrangeByscoreOptions & WithScores,
  ): Promise<ScoredMember<T>[]>;
  /** Answers the members in a range of positions, with their scores if the flag says so. */
  zrange(
    key: Key,
    start: number,
    stop: number,
    options: ZrangeOptions & MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Answers the members whose scores are in a range, with the scores if the flag says so. */
  zrange(
    key: Key,
    start: ScoreBound,
    stop: ScoreBound,
    options: ZrangeByscoreOptions & MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Answers the members in a range of members. */
  zrange(
    key: Key,
    start: LexBound,
    stop: LexBound,
    options: ZrangeBylexOptions & WithoutScores,
  ): Promise<T[]>;
  /** Answers the members in a range. */
  zrange(
    key: Key,
    start: ScoreBound | LexBound,
    stop: ScoreBound | LexBound,
    options?: AnyZrangeOptions & MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]> {
    const words: Words = ["ZRANGE", key, start, stop];
    const given = optionsOf(words, options, ZRANGE_WITHSCORES);
    appendRange(words, given);
    appendFlag(words, "WITHSCORES", given.withscores);
    return given.withscores
      ? this.send<ScoredMember<T>[]>(words, toScoredMembers)
      : this.send<T[]>(words, toBulks);
  }

  /**
   * Answers the members in a range of members, from a sorted set whose scores are all the same.
   *
   * Complexity O(log(N) + M) for M members answered of N · since 2.8.9 · read-only
   *
   * @deprecated Use {@linkcode SortedSetCommands.zrange} with `bylex`.
   *
   * @example Words from "b" on
   * ```ts
   * await client.zadd("words", { apple: 0, banana: 0, cherry: 0 });
   * await client.zrangebylex("words", "[b", "+"); // ["banana", "cherry"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param min The lowest member.
   * @param max The highest member.
   * @param options Which part of the result.
   * @returns The members in their order; none if there is no such key.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`), or a bound is malformed.
   * @see {@link https://valkey.io/commands/zrangebylex/}
   */
  zrangebylex(
    key: Key,
    min: LexBound,
    max: LexBound,
    options?: ZrangebylexOptions,
  ): Promise<T[]> {
    const words: Words = ["ZRANGEBYLEX", key, min, max];
    appendLimit(words, optionsOf(words, options, ZRANGEBYLEX_OPTIONS).limit);
    return this.send<T[]>(words, toBulks);
  }

  /**
   * Answers the members whose scores are in a range.
   *
   * Complexity O(log(N) + M) for M members answered of N · since 1.0.5 · read-only
   *
   * @deprecated Use {@linkcode SortedSetCommands.zrange} with `byscore`.
   *
   * @example More than 3
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zrangebyscore("board", "(3", "inf"); // ["Grace", "Ada"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param min The lowest score.
   * @param max The highest score.
   * @param options Which part of the result, and whether to answer the scores.
   * @returns The members in the order of their scores; none if there is no such key.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zrangebyscore/}
   */
  zrangebyscore(
    key: Key,
    min: ScoreBound,
    max: ScoreBound,
    options?: ZrangebyscoreOptions & WithoutScores,
  ): Promise<T[]>;
  /**
   * Answers the members whose scores are in a range, with the scores.
   *
   * @deprecated Use {@linkcode SortedSetCommands.zrange} with `byscore`.
   */
  zrangebyscore(
    key: Key,
    min: ScoreBound,
    max: ScoreBound,
    options: ZrangebyscoreOptions & WithScores,
  ): Promise<ScoredMember<T>[]>;
  /**
   * Answers the members whose scores are in a range, with the scores if the flag says so.
   *
   * @deprecated Use {@linkcode SortedSetCommands.zrange} with `byscore`.
   */
  zrangebyscore(
    key: Key,
    min: ScoreBound,
    max: ScoreBound,
    options: ZrangebyscoreOptions,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Answers the members whose scores are in a range. */
  zrangebyscore(
    key: Key,
    min: ScoreBound,
    max: ScoreBound,
    options?: ZrangebyscoreOptions,
  ): Promise<T[] | ScoredMember<T>[]> {
    const words: Words = ["ZRANGEBYSCORE", key, min, max];
    const { withscores, limit } = optionsOf(words, options, ZRANGEBYSCORE_OPTIONS);
    appendFlag(words, "WITHSCORES", withscores);
    appendLimit(words, limit);
    return withscores
      ? this.send<ScoredMember<T>[]>(words, toScoredMembers)
      : this.send<T[]>(words, toBulks);
  }

  /**
   * Stores the members in a range of positions, of scores (`byscore`) or of members (`bylex`), with their scores.
   *
   * Whatever the destination held before is gone, also if the result is empty.
   *
   * Complexity O(log(N) + M) for M members stored of N · since 6.2.0
   *
   * @example Keeping the best two apart
   * ```ts
   * await client.zadd("{board}", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zrangestore("{board}:best", "{board}", 0, 1, { rev: true }); // 2
   * ```
   *
   * @param destination Key to store them at.
   * @param source Key of the sorted set.
   * @param start Where the range begins: a position from 0, a negative one counting from the end; or a score, or a
   * member. With `rev` it is the higher end of scores or members.
   * @param stop Where the range ends; the last position is included.
   * @param options What the ends are, the direction, and which part.
   * @returns The number of members stored.
   * @throws {ServerError} If the source holds something else than a sorted set (`WRONGTYPE`), or a bound is malformed.
   * @see {@link https://valkey.io/commands/zrangestore/}
   */
  zrangestore(
    destination: Key,
    source: Key,
    start: number,
    stop: number,
    options?: ZrangeOptions,
  ): Promise<number>;
  /** Stores the members in a range of scores. */
  zrangestore(
    destination: Key,
    source: Key,
    start: ScoreBound,
    stop: ScoreBound,
    options: ZrangeByscoreOptions,
  ): Promise<number>;
  /** Stores the members in a range of members. */
  zrangestore(
    destination: Key,
    source: Key,
    start: LexBound,
    stop: LexBound,
    options: ZrangeBylexOptions,
  ): Promise<number>;
  /** Stores the members in a range. */
  zrangestore(
    destination: Key,
    source: Key,
    start: ScoreBound | LexBound,
    stop: ScoreBound | LexBound,
    options?: AnyZrangeOptions,
  ): Promise<number> {
    const words: Words = ["ZRANGESTORE", destination, source, start, stop];
    appendRange(words, optionsOf(words, options, ZRANGE_OPTIONS));
    return this.send(words, toNumber);
  }

  /**
   * Tells how many members have a lower score than a member.
   *
   * Complexity O(log(N)) for N members · since 2.0.0 · read-only
   *
   * @example Second from below
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zrank("board", "Grace"); // 1
   * await client.zrank("board", "Hedy"); // null
   * ```
   *
   * @param key Key of the sorted set.
   * @param member The member.
   * @param options Whether to answer the score too (Redis 7.2, Valkey 7.2).
   * @returns Its position from 0, with `withscore` together with its score; null if it is not in the sorted set.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zrank/}
   */
  zrank(key: Key, member: Value, options?: WithoutScore): Promise<number | null>;
  /** Tells how many members have a lower score, and the score. */
  zrank(key: Key, member: Value, options: WithScore): Promise<RankAndScore | null>;
  /** Tells how many members have a lower score, and the score if the flag says so. */
  zrank(
    key: Key,
    member: Value,
    options: MaybeScore,
  ): Promise<number | RankAndScore | null>;
  /** Tells how many members have a lower score. */
  zrank(
    key: Key,
    member: Value,
    options?: MaybeScore,
  ): Promise<number | RankAndScore | null> {
    const words: Words = ["ZRANK", key, member];
    const { withscore } = optionsOf(words, options, WITHSCORE);
    if (!withscore) return this.send(words, toNumberOrNull);
    words.push("WITHSCORE");
    return this.send(words, toRankAndScoreOrNull);
  }

  /**
   * Removes members from a sorted set.
   *
   * A sorted set without members ceases to exist.
   *
   * Complexity O(M·log(N)) for M members removed from N · since 1.2.0
   *
   * @example One of two is there
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4 });
   * await client.zrem("board", ["Ada", "Hedy"]); // 1
   * ```
   *
   * @param key Key of the sorted set.
   * @param members One member or several.
   * @returns How many of them were in the sorted set.
   * @throws {RangeError} If there are no members.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zrem/}
   */
  zrem(key: Key, members: OneOrMany<Value>): Promise<number> {
    return this.send(append(["ZREM", key], members, "members"), toNumber);
  }

  /**
   * Removes the members in a range of members, from a sorted set whose scores are all the same.
   *
   * Complexity O(log(N) + M) for M members removed from N · since 2.8.9
   *
   * @example Words before "b"
   * ```ts
   * await client.zadd("words", { apple: 0, banana: 0, cherry: 0 });
   * await client.zremrangebylex("words", "-", "(b"); // 1
   * ```
   *
   * @param key Key of the sorted set.
   * @param min The lowest member.
   * @param max The highest member.
   * @returns How many members were removed.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`), or a bound is malformed.
   * @see {@link https://valkey.io/commands/zremrangebylex/}
   */
  zremrangebylex(key: Key, min: LexBound, max: LexBound): Promise<number> {
    return this.send(["ZREMRANGEBYLEX", key, min, max], toNumber);
  }

  /**
   * Removes the members in a range of positions.
   *
   * Complexity O(log(N) + M) for M members removed from N · since 2.0.0
   *
   * @example Keeping the best two
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zremrangebyrank("board", 0, -3); // 1
   * ```
   *
   * @param key Key of the sorted set.
   * @param start The first position, from 0, the lowest score; a negative one counts from the end, −1 being the
   * highest.
   * @param stop The last position; it is included.
   * @returns How many members were removed.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zremrangebyrank/}
   */
  zremrangebyrank(key: Key, start: number, stop: number): Promise<number> {
    return this.send(["ZREMRANGEBYRANK", key, start, stop], toNumber);
  }

  /**
   * Removes the members whose scores are in a range.
   *
   * Complexity O(log(N) + M) for M members removed from N · since 1.2.0
   *
   * @example Forgetting visits before a time
   * ```ts
   * await client.zadd("visits", { Ada: 1700000000, Grace: 1800000000 });
   * await client.zremrangebyscore("visits", "-inf", "(1750000000"); // 1
   * ```
   *
   * @param key Key of the sorted set.
   * @param min The lowest score.
   * @param max The highest score.
   * @returns How many members were removed.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zremrangebyscore/}
   */
  zremrangebyscore(key: Key, min: ScoreBound, max: ScoreBound): Promise<number> {
    return this.send(["ZREMRANGEBYSCORE", key, min, max], toNumber);
  }

  /**
   * Answers the members in a range of positions, counted from the highest score.
   *
   * Complexity O(log(N) + M) for M members answered of N · since 1.2.0 · read-only
   *
   * @deprecated Use {@linkcode SortedSetCommands.zrange} with `rev`.
   *
   * @example The best two
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zrevrange("board", 0, 1); // ["Ada", "Grace"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param start The first position, from 0; a negative one counts from the end.
   * @param stop The last position; it is included.
   * @param options Whether to answer the scores too.
   * @returns The members, the highest score first; none if there is no such key.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zrevrange/}
   */
  zrevrange(
    key: Key,
    start: number,
    stop: number,
    options?: WithoutScores,
  ): Promise<T[]>;
  /**
   * Answers the members in a range of positions from the highest score, with their scores.
   *
   * @deprecated Use {@linkcode SortedSetCommands.zrange} with `rev`.
   */
  zrevrange(
    key: Key,
    start: number,
    stop: number,
    options: WithScores,
  ): Promise<ScoredMember<T>[]>;
  /**
   * Answers the members in a range of positions from the highest score, with their scores if the flag says so.
   *
   * @deprecated Use {@linkcode SortedSetCommands.zrange} with `rev`.
   */
  zrevrange(
    key: Key,
    start: number,
    stop: number,
    options: MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Answers the members in a range of positions from the highest score. */
  zrevrange(
    key: Key,
    start: number,
    stop: number,
    options?: MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]> {
    const words: Words = ["ZREVRANGE", key, start, stop];
    const { withscores } = optionsOf(words, options, WITHSCORES);
    appendFlag(words, "WITHSCORES", withscores);
    return withscores
      ? this.send<ScoredMember<T>[]>(words, toScoredMembers)
      : this.send<T[]>(words, toBulks);
  }

  /**
   * Answers the members in a range of members, the last one first, from a sorted set whose scores are all the same.
   *
   * Complexity O(log(N) + M) for M members answered of N · since 2.8.9 · read-only
   *
   * @deprecated Use {@linkcode SortedSetCommands.zrange} with `bylex` and `rev`.
   *
   * @example Words before "c", backwards
   * ```ts
   * await client.zadd("words", { apple: 0, banana: 0, cherry: 0 });
   * await client.zrevrangebylex("words", "(c", "-"); // ["banana", "apple"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param max The highest member.
   * @param min The lowest member.
   * @param options Which part of the result.
   * @returns The members, the last one first; none if there is no such key.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`), or a bound is malformed.
   * @see {@link https://valkey.io/commands/zrevrangebylex/}
   */
  zrevrangebylex(
    key: Key,
    max: LexBound,
    min: LexBound,
    options?: ZrangebylexOptions,
  ): Promise<T[]> {
    const words: Words = ["ZREVRANGEBYLEX", key, max, min];
    appendLimit(words, optionsOf(words, options, ZRANGEBYLEX_OPTIONS).limit);
    return this.send<T[]>(words, toBulks);
  }

  /**
   * Answers the members whose scores are in a range, the highest score first.
   *
   * Complexity O(log(N) + M) for M members answered of N · since 2.2.0 · read-only
   *
   * @deprecated Use {@linkcode SortedSetCommands.zrange} with `byscore` and `rev`.
   *
   * @example More than 3
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zrevrangebyscore("board", Infinity, "(3"); // ["Ada", "Grace"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param max The highest score.
   * @param min The lowest score.
   * @param options Which part of the result, and whether to answer the scores.
   * @returns The members, the highest score first; none if there is no such key.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zrevrangebyscore/}
   */
  zrevrangebyscore(
    key: Key,
    max: ScoreBound,
    min: ScoreBound,
    options?: ZrangebyscoreOptions & WithoutScores,
  ): Promise<T[]>;
  /**
   * Answers the members whose scores are in a range, the highest score first, with the scores.
   *
   * @deprecated Use {@linkcode SortedSetCommands.zrange} with `byscore` and `rev`.
   */
  zrevrangebyscore(
    key: Key,
    max: ScoreBound,
    min: ScoreBound,
    options: ZrangebyscoreOptions & WithScores,
  ): Promise<ScoredMember<T>[]>;
  /**
   * Answers the members whose scores are in a range, the highest score first, with the scores if the flag says so.
   *
   * @deprecated Use {@linkcode SortedSetCommands.zrange} with `byscore` and `rev`.
   */
  zrevrangebyscore(
    key: Key,
    max: ScoreBound,
    min: ScoreBound,
    options: ZrangebyscoreOptions,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Answers the members whose scores are in a range, the highest score first. */
  zrevrangebyscore(
    key: Key,
    max: ScoreBound,
    min: ScoreBound,
    options?: ZrangebyscoreOptions,
  ): Promise<T[] | ScoredMember<T>[]> {
    const words: Words = ["ZREVRANGEBYSCORE", key, max, min];
    const { withscores, limit } = optionsOf(words, options, ZRANGEBYSCORE_OPTIONS);
    appendFlag(words, "WITHSCORES", withscores);
    appendLimit(words, limit);
    return withscores
      ? this.send<ScoredMember<T>[]>(words, toScoredMembers)
      : this.send<T[]>(words, toBulks);
  }

  /**
   * Tells how many members have a higher score than a member.
   *
   * Complexity O(log(N)) for N members · since 2.0.0 · read-only
   *
   * @example Second from above
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zrevrank("board", "Grace"); // 1
   * ```
   *
   * @param key Key of the sorted set.
   * @param member The member.
   * @param options Whether to answer the score too (Redis 7.2, Valkey 7.2).
   * @returns Its position from 0 counted from the highest score, with `withscore` together with its score; null if it
   * is not in the sorted set.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zrevrank/}
   */
  zrevrank(key: Key, member: Value, options?: WithoutScore): Promise<number | null>;
  /** Tells how many members have a higher score, and the score. */
  zrevrank(key: Key, member: Value, options: WithScore): Promise<RankAndScore | null>;
  /** Tells how many members have a higher score, and the score if the flag says so. */
  zrevrank(
    key: Key,
    member: Value,
    options: MaybeScore,
  ): Promise<number | RankAndScore | null>;
  /** Tells how many members have a higher score. */
  zrevrank(
    key: Key,
    member: Value,
    options?: MaybeScore,
  ): Promise<number | RankAndScore | null> {
    const words: Words = ["ZREVRANK", key, member];
    const { withscore } = optionsOf(words, options, WITHSCORE);
    if (!withscore) return this.send(words, toNumberOrNull);
    words.push("WITHSCORE");
    return this.send(words, toRankAndScoreOrNull);
  }

  /**
   * Reads one page of the members of a sorted set.
   *
   * A member that is there from the first page to the last is in one of them at least, perhaps in several. Small sorted
   * sets come as one page, whatever `count` says. {@linkcode SortedSetCommands.zscanIterator} reads all pages.
   *
   * Complexity O(1) for a page, O(N) for N members in all · since 2.8.0 · read-only
   *
   * @example The only page of a small sorted set
   * ```ts
   * await client.zadd("board", { Ada: 5 });
   * await client.zscan("board", "0"); // { cursor: "0", items: [{ member: "Ada", score: 5 }] }
   * ```
   *
   * @param key Key of the sorted set.
   * @param cursor `"0"` to begin, then what the last page said.
   * @param options Which members, how many for a page, and whether with their scores.
   * @returns The page: members with their scores; with `noscores` members alone.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zscan/}
   */
  zscan(
    key: Key,
    cursor: Cursor,
    options?: ZscanScoresOptions,
  ): Promise<ScanPage<ScoredMember<T>>>;
  /** Reads one page of the members of a sorted set, without their scores. */
  zscan(key: Key, cursor: Cursor, options: ZscanMembersOptions): Promise<ScanPage<T>>;
  /** Reads one page of the members of a sorted set, with or without their scores. */
  zscan(
    key: Key,
    cursor: Cursor,
    options: ZscanOptions,
  ): Promise<ScanPage<ScoredMember<T>> | ScanPage<T>>;
  /** Reads one page of the members of a sorted set. */
  zscan(
    key: Key,
    cursor: Cursor,
    options?: ZscanOptions,
  ): Promise<ScanPage<ScoredMember<T>> | ScanPage<T>> {
    const words: Words = ["ZSCAN", key, cursor];
    const given = optionsOf(words, options, ZSCAN_OPTIONS);
    appendScanOptions(words, given);
    appendFlag(words, "NOSCORES", given.noscores);
    return given.noscores
      ? this.send<ScanPage<T>>(words, toBulksPage)
      : this.send<ScanPage<ScoredMember<T>>>(words, toScoredMembersPage);
  }

  /**
   * Iterates over the members of a sorted set, page by page.
   *
   * They come in no order: {@linkcode SortedSetCommands.zrange} keeps it.
   *
   * A member that exists during the whole iteration is yielded at least once, perhaps several times. When another
   * server process answers (after a restart, a failover), the iteration starts over, since a cursor is valid only in
   * the process that made it. Each page is a request of its own: if one fails, the iteration rejects. On a view with a
   * longer timeout it waits for a server that is away for a while. The loop can be left at any time.
   *
   * Complexity O(N) for N members in all · since 2.8.0 · read-only
   *
   * @example Adding up what matches
   * ```ts
   * await client.zadd("goals", { "red:Ada": 2, "red:Grace": 3, "blue:Joan": 4 });
   * let red = 0;
   * for await (const { score } of client.zscanIterator("goals", { match: "red:*" })) red += score;
   * red; // 5
   * ```
   *
   * @param key Key of the sorted set.
   * @param options Which members, how many for a page, and whether with their scores.
   * @returns The members with their scores; with `noscores` the members alone.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zscan/}
   */
  zscanIterator(
    key: Key,
    options?: ZscanScoresOptions,
  ): AsyncGenerator<ScoredMember<T>, void, undefined>;
  /** Iterates over the members of a sorted set, without their scores. */
  zscanIterator(key: Key, options: ZscanMembersOptions): AsyncGenerator<T, void, undefined>;
  /** Iterates over the members of a sorted set, with or without their scores. */
  zscanIterator(
    key: Key,
    options: ZscanOptions,
  ): AsyncGenerator<ScoredMember<T> | T, void, undefined>;
  /** Iterates over the members of a sorted set. */
  zscanIterator(
    key: Key,
    options?: ZscanOptions,
  ): AsyncGenerator<ScoredMember<T> | T, void, undefined> {
    const [ownKey, own] = [taken(key), takenOptions(options)];
    // The options decide what the pages contain, whichever overload was called.
    return iteratePages<ScoredMember<T> | T>((cursor) =>
      this.zscan(ownKey, cursor, own as ZscanMembersOptions)
    );
  }

  /**
   * Gets the score of a member.
   *
   * Complexity O(1) · since 1.2.0 · read-only
   *
   * @example Reading a score back
   * ```ts
   * await client.zadd("board", { Ada: 5.5 });
   * await client.zscore("board", "Ada"); // 5.5
   * await client.zscore("board", "Hedy"); // null
   * ```
   *
   * @param key Key of the sorted set.
   * @param member The member.
   * @returns The score, or null if there is no such key or member.
   * @throws {ServerError} If the key holds something else than a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zscore/}
   */
  zscore(key: Key, member: Value): Promise<number | null> {
    return this.send(["ZSCORE", key, member], toNumberOrNull);
  }

  /**
   * Answers the members that at least one of the sorted sets has.
   *
   * Complexity O(N + M·log(M)) for N members of all sets and M in the result · since 6.2.0 · read-only
   *
   * @example The better of two rounds
   * ```ts
   * await client.zadd("{round}:1", { Ada: 3, Grace: 4 });
   * await client.zadd("{round}:2", { Ada: 5 });
   * await client.zunion(["{round}:1", "{round}:2"], { aggregate: "max" }); // ["Grace", "Ada"]
   * ```
   *
   * @param keys Keys of the sorted sets, or of sets, whose members count with score 1; one that does not exist counts
   * as empty.
   * @param options How to combine scores, and whether to answer them.
   * @returns The members, in the order of their scores.
   * @throws {RangeError} If there are no keys.
   * @throws {ServerError} If a key holds something else than a sorted set or a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zunion/}
   */
  zunion(
    keys: OneOrMany<Key>,
    options?: ZcombineOptions & WithoutScores,
  ): Promise<T[]>;
  /** Answers what at least one of the sorted sets has, with the scores. */
  zunion(
    keys: OneOrMany<Key>,
    options: ZcombineOptions & WithScores,
  ): Promise<ScoredMember<T>[]>;
  /** Answers the members that at least one of the sorted sets has, with their scores if the flag says so. */
  zunion(
    keys: OneOrMany<Key>,
    options: ZcombineOptions & MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Answers what at least one of the sorted sets has. */
  zunion(
    keys: OneOrMany<Key>,
    options?: ZcombineOptions & MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]> {
    const words: Words = ["ZUNION"];
    const given = optionsOf(words, options, ZCOMBINE_WITHSCORES);
    appendCombination(words, keys, given);
    appendFlag(words, "WITHSCORES", given.withscores);
    return given.withscores
      ? this.send<ScoredMember<T>[]>(words, toScoredMembers)
      : this.send<T[]>(words, toBulks);
  }

  /**
   * Stores the members that at least one of the sorted sets has.
   *
   * Whatever the destination held before is gone, also if the result is empty.
   *
   * Complexity O(N + M·log(M)) for N members of all sets and M in the result · since 2.0.0
   *
   * @example Points of both rounds
   * ```ts
   * await client.zadd("{round}:1", { Ada: 3, Grace: 4 });
   * await client.zadd("{round}:2", { Ada: 5 });
   * await client.zunionstore("{round}:all", ["{round}:1", "{round}:2"]); // 2
   * await client.zscore("{round}:all", "Ada"); // 8
   * ```
   *
   * @param destination Key to store them at.
   * @param keys Keys of the sorted sets, or of sets, whose members count with score 1; one that does not exist counts
   * as empty.
   * @param options How to combine scores.
   * @returns The number of members stored.
   * @throws {RangeError} If there are no keys.
   * @throws {ServerError} If one of the keys holds something else than a sorted set or a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zunionstore/}
   */
  zunionstore(
    destination: Key,
    keys: OneOrMany<Key>,
    options?: ZcombineOptions,
  ): Promise<number> {
    const words: Words = ["ZUNIONSTORE", destination];
    appendCombination(words, keys, optionsOf(words, options, ZCOMBINE_OPTIONS));
    return this.send(words, toNumber);
  }
}

function appendRange(words: Words, options: AnyZrangeOptions): Words {
  appendFlag(words, "BYSCORE", options.byscore);
  appendFlag(words, "BYLEX", options.bylex);
  appendFlag(words, "REV", options.rev);
  return appendLimit(words, options.limit);
}

function appendLimit(words: Words, limit: RangeLimit | undefined): Words {
  if (limit !== undefined) words.push("LIMIT", limit.offset, limit.count);
  return words;
}

function appendCombination(words: Words, keys: OneOrMany<Key>, options: ZcombineOptions): Words {
  appendCounted(words, keys, "keys");
  if (options.weights !== undefined) {
    words.push("WEIGHTS");
    append(words, options.weights, "weights");
  }
  appendOption(words, "AGGREGATE", options.aggregate);
  return words;
}

const toScoresOrNulls = toListOf(toNumberOrNull);

function toRankAndScoreOrNull(reply: Reply): RankAndScore | null {
  if (reply === null) return null;
  const parts = elements(reply);
  if (parts.length !== 2) return unexpected(reply, "a rank and a score");
  return { rank: toNumber(parts[0]), score: toNumber(parts[1]) };
}
