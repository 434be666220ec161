/**
 * The sorted set commands, `ZADD` to `ZUNIONSTORE`.
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

/** The end of a sorted set to remove members from: `"min"` for the lowest scores, `"max"` for the highest. */
export type SortedSetEnd = AnyCase<"min" | "max">;

/** The part of a result to return, as in SQL: skip `offset` members, then return `count`. */
export interface RangeLimit {
  /** Number of members to skip. */
  offset: number;
  /** Largest number of members to return; a negative number returns all. */
  count: number;
}

/**
 * When {@linkcode SortedSetCommands.prototype.zadd | SortedSetCommands.zadd} writes a member; always by default.
 *
 * - `nx`: only add new members. Cannot be combined with the others.
 * - `xx`: only change the scores of existing members.
 * - `gt` or `lt`: only change a score to a greater or to a lower one. New members are still added, unless `xx` is set.
 */
export type ZaddCondition =
  | {
    /** Only add new members; never change the score of an existing one. */
    nx?: boolean;
    /** Cannot be combined with `nx`. */
    xx?: false;
    /** Cannot be combined with `nx`. */
    gt?: false;
    /** Cannot be combined with `nx`. */
    lt?: false;
  }
  | (
    & {
      /** Cannot be combined with `xx`, `gt` or `lt`. */
      nx?: false;
      /** Only change the scores of existing members; never add one. */
      xx?: boolean;
    }
    & AtMostOne<{
      /** Only change a score to a greater one. New members are still added, unless `xx` is set. */
      gt: boolean;
      /** Only change a score to a lower one. New members are still added, unless `xx` is set. */
      lt: boolean;
    }>
  );

/**
 * Options for {@linkcode SortedSetCommands.prototype.zadd | SortedSetCommands.zadd}: {@linkcode ZaddCondition}, and
 * `ch` to count changed scores as well.
 */
export type ZaddOptions = ZaddCondition & {
  /**
   * Count added members and changed scores, instead of added members alone.
   *
   * @default {false}
   */
  ch?: boolean;
  /**
   * Add to the score of the member instead of setting it. Takes exactly one member.
   *
   * @default {false}
   */
  incr?: false;
};

/**
 * Options for {@linkcode SortedSetCommands.prototype.zadd | SortedSetCommands.zadd} with `incr`, which returns the new
 * score.
 */
export type ZaddIncrOptions = ZaddCondition & {
  /** Add to the score of the member instead of setting it. Takes exactly one member. */
  incr: true;
  /** Cannot be combined with `incr`. */
  ch?: false;
};

/**
 * Options for {@linkcode SortedSetCommands.prototype.zadd | SortedSetCommands.zadd} where `incr` is a boolean known
 * only at run time.
 */
export type ZaddAnyOptions = ZaddCondition & {
  /** Cannot be combined with `incr`. */
  ch?: false;
  /**
   * Add to the score of the member instead of setting it. Takes exactly one member.
   *
   * @default {false}
   */
  incr?: boolean;
};

/** Option to return members without their scores. */
export interface WithoutScores {
  /**
   * Return the scores as well.
   *
   * @default {false}
   */
  withscores?: false;
}

/** Option to return members with their scores. */
export interface WithScores {
  /** Return the scores as well. */
  withscores: true;
}

/** Option to return members with or without their scores, decided at run time. */
export interface MaybeScores {
  /**
   * Return the scores as well.
   *
   * @default {false}
   */
  withscores?: boolean;
}

/** Option to return a rank without the score. */
export interface WithoutScore {
  /**
   * Return the score as well (Redis 7.2, Valkey 7.2).
   *
   * @default {false}
   */
  withscore?: false;
}

/** Option to return a rank with the score. */
export interface WithScore {
  /** Return the score as well (Redis 7.2, Valkey 7.2). */
  withscore: true;
}

/** Option to return a rank with or without the score, decided at run time. */
export interface MaybeScore {
  /**
   * Return the score as well (Redis 7.2, Valkey 7.2).
   *
   * @default {false}
   */
  withscore?: boolean;
}

/**
 * How to combine the scores of a member that is in several of the sets.
 *
 * `"sum"` adds them, `"min"` keeps the lowest, `"max"` the highest. `"count"` counts the sets that have the member,
 * each
 * with its weight (Redis 8.8).
 */
export type ScoreAggregate = AnyCase<"sum" | "min" | "max" | "count">;

/**
 * Options for commands that combine the scores of several sorted sets, such as
 * {@linkcode SortedSetCommands.prototype.zunionstore | SortedSetCommands.zunionstore} and
 * {@linkcode SortedSetCommands.prototype.zinter | SortedSetCommands.zinter}.
 */
export interface ZcombineOptions {
  /**
   * One factor per key, in the order of the keys. Scores are multiplied by it before they are combined.
   *
   * @default {1}
   */
  weights?: Many<number>;
  /**
   * How to combine the scores of a member that is in several of the sets.
   *
   * @default {"sum"}
   */
  aggregate?: ScoreAggregate;
}

/**
 * Options for {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} with `start` and `stop` as
 * positions.
 */
export interface ZrangeOptions {
  /** Use {@linkcode ZrangeByscoreOptions} for a range of scores. */
  byscore?: false;
  /** Use {@linkcode ZrangeBylexOptions} for a range of members. */
  bylex?: false;
  /**
   * Count positions from the highest score down.
   *
   * @default {false}
   */
  rev?: boolean;
  /** Only for ranges of scores or members. */
  limit?: undefined;
}

/**
 * Options for {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} with `start` and `stop` as
 * scores.
 */
export interface ZrangeByscoreOptions {
  /** Read `start` and `stop` as scores. */
  byscore: true;
  /** Cannot be combined with `byscore`. */
  bylex?: false;
  /**
   * Go from the highest score down. Then `start` is the highest score and `stop` the lowest.
   *
   * @default {false}
   */
  rev?: boolean;
  /** Return only a part of the range; all of it by default. */
  limit?: RangeLimit;
}

/**
 * Options for {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} with `start` and `stop` as
 * members.
 *
 * The result is only defined if all members have the same score.
 */
export interface ZrangeBylexOptions {
  /** Read `start` and `stop` as members, and compare them byte by byte. */
  bylex: true;
  /** Cannot be combined with `bylex`. */
  byscore?: false;
  /**
   * Go from the last member to the first. Then `start` is the last member and `stop` the first.
   *
   * @default {false}
   */
  rev?: boolean;
  /** Return only a part of the range; all of it by default. */
  limit?: RangeLimit;
}

/**
 * Options for the deprecated {@linkcode SortedSetCommands.prototype.zrangebyscore | SortedSetCommands.zrangebyscore}
 * and {@linkcode SortedSetCommands.prototype.zrevrangebyscore | SortedSetCommands.zrevrangebyscore}.
 */
export interface ZrangebyscoreOptions {
  /**
   * Return the scores as well.
   *
   * @default {false}
   */
  withscores?: boolean;
  /** Return only a part of the range; all of it by default. */
  limit?: RangeLimit;
}

/**
 * Options for the deprecated {@linkcode SortedSetCommands.prototype.zrangebylex | SortedSetCommands.zrangebylex} and
 * {@linkcode SortedSetCommands.prototype.zrevrangebylex | SortedSetCommands.zrevrangebylex}.
 */
export interface ZrangebylexOptions {
  /** Return only a part of the range; all of it by default. */
  limit?: RangeLimit;
}

/**
 * Options for {@linkcode SortedSetCommands.prototype.zmpop | SortedSetCommands.zmpop} and
 * {@linkcode SortedSetCommands.prototype.bzmpop | SortedSetCommands.bzmpop}.
 */
export interface ZmpopOptions {
  /**
   * Largest number of members to remove and return.
   *
   * @default {1}
   */
  count?: number;
}

/** Options for {@linkcode SortedSetCommands.prototype.zintercard | SortedSetCommands.zintercard}. */
export interface ZintercardOptions {
  /**
   * Stop counting at this number; 0 counts all.
   *
   * @default {0}
   */
  limit?: number;
}

/** The rank of a member together with its score. */
export interface RankAndScore {
  /** Number of members before it, so 0 for the first. */
  rank: number;
  /** The score of the member. */
  score: number;
}

/** Options for {@linkcode SortedSetCommands.prototype.zscan | SortedSetCommands.zscan} without the scores. */
export interface ZscanMembersOptions extends ScanOptions {
  /** Return members without their scores (Valkey 8.0). */
  noscores: true;
}

/** Options for {@linkcode SortedSetCommands.prototype.zscan | SortedSetCommands.zscan} with the scores. */
export interface ZscanScoresOptions extends ScanOptions {
  /**
   * Return members without their scores (Valkey 8.0).
   *
   * @default {false}
   */
  noscores?: false;
}

/**
 * Options for {@linkcode SortedSetCommands.prototype.zscan | SortedSetCommands.zscan} with or without the scores,
 * decided at run time.
 */
export interface ZscanOptions extends ScanOptions {
  /**
   * Return members without their scores (Valkey 8.0).
   *
   * @default {false}
   */
  noscores?: boolean;
}

/** Options of ZRANGE and ZRANGESTORE without the scores. */
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
 * The sorted set commands. A sorted set holds unique members, each with a score, and keeps them in ascending order of
 * score. Members with the same score are ordered by their bytes.
 *
 * Scores are doubles. Methods that return a member with its score return a {@linkcode ScoredMember}.
 *
 * Methods whose name begins with `b` wait for a member if there is none. Their timeout is in seconds, and 0 waits for
 * ever. Other requests of the same client go on meanwhile. In a transaction these methods return at once.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class SortedSetCommands<T extends string | Uint8Array = string>
  extends Executor<T> {
  /**
   * Removes and returns members from one end of the first sorted set that has any, and waits if none has.
   *
   * Complexity O(K + M·log(N)) for K keys and M members removed from N · since 7.0.0 · blocking
   *
   * @example Take the next job, from the urgent queue if it has one
   * ```ts
   * await client.zadd("{jobs}:normal", { mail: 1, report: 2 });
   * const taken = await client.bzmpop(["{jobs}:urgent", "{jobs}:normal"], "min", 5);
   * taken; // ["{jobs}:normal", [{ member: "mail", score: 1 }]]
   * ```
   *
   * @param keys One key or several, checked in this order.
   * @param end `"min"` removes the lowest scores first, `"max"` the highest.
   * @param timeout Longest time to wait, in seconds; `0.5` is half a second, 0 waits for ever.
   * @param options `count`: how many members at most, 1 by default.
   * @returns The key of the sorted set and the members removed from it, or null after the timeout.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a sorted set (`WRONGTYPE`).
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
   * Removes and returns the member with the highest score of the first sorted set that has any, and waits if none has.
   *
   * Complexity O(log(N)) for N members · since 5.0.0 · blocking
   *
   * @example Wait up to five seconds for the most important job
   * ```ts
   * await client.zadd("jobs", { mail: 1, backup: 9 });
   * await client.bzpopmax("jobs", 5); // ["jobs", { member: "backup", score: 9 }]
   * ```
   *
   * @param keys One key or several, checked in this order.
   * @param timeout Longest time to wait, in seconds; `0.5` is half a second, 0 waits for ever.
   * @returns The key of the sorted set and the member removed from it, or null after the timeout.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a sorted set (`WRONGTYPE`).
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
   * Removes and returns the member with the lowest score of the first sorted set that has any, and waits if none has.
   *
   * Complexity O(log(N)) for N members · since 5.0.0 · blocking
   *
   * @example Wait up to five seconds for the job that is due first
   * ```ts
   * await client.zadd("jobs", { mail: 1700000000, backup: 1800000000 });
   * await client.bzpopmin("jobs", 5); // ["jobs", { member: "mail", score: 1700000000 }]
   * ```
   *
   * @param keys One key or several, checked in this order.
   * @param timeout Longest time to wait, in seconds; `0.5` is half a second, 0 waits for ever.
   * @returns The key of the sorted set and the member removed from it, or null after the timeout.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a sorted set (`WRONGTYPE`).
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
   * Adds members to a sorted set, and changes the scores of members that are already in it.
   *
   * Creates the sorted set if the key does not exist. With `incr` it adds to the score of one member, which starts at 0
   * if it is new.
   *
   * Complexity O(M·log(N)) for M members given and N in the sorted set · since 1.2.0
   *
   * @example A leaderboard: keep the best score of each player, show the top three
   * ```ts
   * await client.zadd("board", { Ada: 310, Grace: 275, Joan: 190, Hedy: 120 }); // 4
   * await client.zadd("board", { Ada: 240, Joan: 280 }, { gt: true, ch: true }); // 1
   * await client.zrange("board", 0, 2, { rev: true }); // ["Ada", "Joan", "Grace"]
   * await client.zrevrank("board", "Hedy"); // 3
   * ```
   *
   * @example Add to a score
   * ```ts
   * await client.zadd("goals", { Ada: 2 }, { incr: true }); // 2
   * await client.zadd("goals", { Ada: 1 }, { incr: true }); // 3
   * ```
   *
   * @param key Key of the sorted set.
   * @param members The members with their scores, such as `{ Ada: 310 }` or `[["Ada", 310]]`. Members that are bytes
   * need pairs.
   * @param options When to write a member (`nx`, `xx`, `gt`, `lt`), what to count (`ch`), whether to add to the score
   * (`incr`).
   * @returns The number of members added; with `ch` the number of members added or changed. With `incr` the new score,
   * or null if the condition did not hold.
   * @throws {RangeError} If `members` is empty.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`), if `incr` is given with
   * several members, or if the new score is not a number.
   * @see {@link https://valkey.io/commands/zadd/}
   */
  zadd(key: Key, members: ScoredMembers, options?: ZaddOptions): Promise<number>;
  /** Adds to the score of a member, and returns the new score. */
  zadd(key: Key, members: ScoredMembers, options: ZaddIncrOptions): Promise<number | null>;
  /** Adds members, or with `incr` adds to the score of one member, decided at run time. */
  zadd(
    key: Key,
    members: ScoredMembers,
    options: ZaddAnyOptions,
  ): Promise<number | null>;
  /** Adds members to a sorted set, and changes the scores of members that are already in it. */
  zadd(
    key: Key,
    members: ScoredMembers,
    options?: ZaddOptions | ZaddAnyOptions,
  ): Promise<number | null> {
    const words: Words = ["ZADD", key];
    // `zadd(key, score, member)`: refuse it here, before the member is read as options.
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
   * @example Number of players
   * ```ts
   * await client.zadd("board", { Ada: 3, Grace: 4 });
   * await client.zcard("board"); // 2
   * ```
   *
   * @param key Key of the sorted set.
   * @returns The number of members, 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
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
   * @example Scores above 3
   * ```ts
   * await client.zadd("board", { Ada: 3, Grace: 4, Joan: 5 });
   * await client.zcount("board", "(3", Infinity); // 2
   * ```
   *
   * @param key Key of the sorted set.
   * @param min Lowest score; `"(3"` excludes 3, `-Infinity` means no limit.
   * @param max Highest score; `"(3"` excludes 3, `Infinity` means no limit.
   * @returns The number of members, 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zcount/}
   */
  zcount(key: Key, min: ScoreBound, max: ScoreBound): Promise<number> {
    return this.send(["ZCOUNT", key, min, max], toNumber);
  }

  /**
   * Returns the members that are in the first sorted set and in none of the others.
   *
   * Complexity O(L + N·log(N)) for N members of the first set and L of all · since 6.2.0 · read-only
   *
   * @example Members who have not voted
   * ```ts
   * await client.zadd("{vote}:all", { Ada: 36, Grace: 85 });
   * await client.zadd("{vote}:done", { Grace: 1 });
   * await client.zdiff(["{vote}:all", "{vote}:done"]); // ["Ada"]
   * await client.zdiff(["{vote}:all", "{vote}:done"], { withscores: true }); // [{ member: "Ada", score: 36 }]
   * ```
   *
   * @param keys Keys of sorted sets or sets. A key that does not exist counts as empty.
   * @param options `withscores`: return the scores as well.
   * @returns The members in ascending order of score.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a sorted set or a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zdiff/}
   */
  zdiff(keys: OneOrMany<Key>, options?: WithoutScores): Promise<T[]>;
  /** Returns the members that are only in the first sorted set, with their scores. */
  zdiff(keys: OneOrMany<Key>, options: WithScores): Promise<ScoredMember<T>[]>;
  /** Returns the members that are only in the first sorted set, with their scores if `withscores` is true. */
  zdiff(
    keys: OneOrMany<Key>,
    options: MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Returns the members that are only in the first sorted set. */
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
   * Stores the members that are in the first sorted set and in none of the others.
   *
   * Replaces any value at the destination. If the result is empty, the destination is deleted.
   *
   * Complexity O(L + N·log(N)) for N members of the first set and L of all · since 6.2.0
   *
   * @example Store the members who have not voted
   * ```ts
   * await client.zadd("{vote}:all", { Ada: 36, Grace: 85 });
   * await client.zadd("{vote}:done", { Grace: 1 });
   * await client.zdiffstore("{vote}:open", ["{vote}:all", "{vote}:done"]); // 1
   * ```
   *
   * @param destination Key of the sorted set to write.
   * @param keys Keys of sorted sets or sets. A key that does not exist counts as empty.
   * @returns The number of members in the result.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a source key holds a value that is not a sorted set or a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zdiffstore/}
   */
  zdiffstore(destination: Key, keys: OneOrMany<Key>): Promise<number> {
    return this.send(appendCounted(["ZDIFFSTORE", destination], keys, "keys"), toNumber);
  }

  /**
   * Adds a number to the score of a member, which starts at 0 if it is new.
   *
   * Complexity O(log(N)) for N members · since 1.2.0
   *
   * @example Count goals
   * ```ts
   * await client.zincrby("goals", 1, "Ada"); // 1
   * await client.zincrby("goals", 1, "Ada"); // 2
   * ```
   *
   * @param key Key of the sorted set.
   * @param increment The number to add, possibly negative or a fraction.
   * @param member The member, added if it is not in the sorted set.
   * @returns The new score.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`), or the new score is not a
   * number, as for `Infinity` plus `-Infinity`.
   * @see {@link https://valkey.io/commands/zincrby/}
   */
  zincrby(key: Key, increment: Score, member: Value): Promise<number> {
    return this.send(["ZINCRBY", key, increment, member], toNumber);
  }

  /**
   * Returns the members that are in all of the sorted sets.
   *
   * Complexity O(N·K + M·log(M)) for N members of the smallest of K sets and M in the result · since 6.2.0 · read-only
   *
   * @example Total points of the players of both rounds
   * ```ts
   * await client.zadd("{round}:1", { Ada: 3, Grace: 4 });
   * await client.zadd("{round}:2", { Ada: 5 });
   * await client.zinter(["{round}:1", "{round}:2"], { withscores: true }); // [{ member: "Ada", score: 8 }]
   * ```
   *
   * @param keys Keys of sorted sets or sets. Members of a set have score 1. A key that does not exist counts as empty.
   * @param options `weights` and `aggregate`: how to combine scores; `withscores`: return the scores as well.
   * @returns The members in ascending order of the combined score.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a sorted set or a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zinter/}
   */
  zinter(
    keys: OneOrMany<Key>,
    options?: ZcombineOptions & WithoutScores,
  ): Promise<T[]>;
  /** Returns the members that are in all of the sorted sets, with their scores. */
  zinter(
    keys: OneOrMany<Key>,
    options: ZcombineOptions & WithScores,
  ): Promise<ScoredMember<T>[]>;
  /** Returns the members that are in all of the sorted sets, with their scores if `withscores` is true. */
  zinter(
    keys: OneOrMany<Key>,
    options: ZcombineOptions & MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Returns the members that are in all of the sorted sets. */
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
   * Counts the members that are in all of the sorted sets.
   *
   * Complexity O(N·K) for N members of the smallest of K sets · since 7.0.0 · read-only
   *
   * @example Check whether anybody played both rounds
   * ```ts
   * await client.zadd("{round}:1", { Ada: 3, Grace: 4 });
   * await client.zadd("{round}:2", { Ada: 5, Grace: 1 });
   * await client.zintercard(["{round}:1", "{round}:2"], { limit: 1 }); // 1
   * ```
   *
   * @param keys Keys of sorted sets or sets. A key that does not exist counts as empty.
   * @param options `limit`: stop counting at this number.
   * @returns The number of members, or `limit` if there are more.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a sorted set or a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zintercard/}
   */
  zintercard(keys: OneOrMany<Key>, options?: ZintercardOptions): Promise<number> {
    const words = appendCounted(["ZINTERCARD"], keys, "keys");
    appendOption(words, "LIMIT", optionsOf(words, options, ZINTERCARD_OPTIONS).limit);
    return this.send(words, toNumber);
  }

  /**
   * Stores the members that are in all of the sorted sets.
   *
   * Replaces any value at the destination. If the result is empty, the destination is deleted.
   *
   * Complexity O(N·K + M·log(M)) for N members of the smallest of K sets and M in the result · since 2.0.0
   *
   * @example Total points of both rounds, where the second one counts double
   * ```ts
   * await client.zadd("{round}:1", { Ada: 3, Grace: 4 });
   * await client.zadd("{round}:2", { Ada: 5 });
   * await client.zinterstore("{round}:all", ["{round}:1", "{round}:2"], { weights: [1, 2] }); // 1
   * await client.zscore("{round}:all", "Ada"); // 13
   * ```
   *
   * @param destination Key of the sorted set to write.
   * @param keys Keys of sorted sets or sets. Members of a set have score 1. A key that does not exist counts as empty.
   * @param options `weights` and `aggregate`: how to combine the scores of a member.
   * @returns The number of members in the result.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a source key holds a value that is not a sorted set or a set (`WRONGTYPE`).
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
   * Counts the members from `min` to `max` in byte order, in a sorted set whose scores are all equal.
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
   * @param min First member: `"[b"` includes `b`, `"(b"` excludes it, `"-"` is the very first.
   * @param max Last member: `"[b"` includes `b`, `"(b"` excludes it, `"+"` is the very last.
   * @returns The number of members, 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`), or `min` or `max` is not a
   * valid bound.
   * @see {@link https://valkey.io/commands/zlexcount/}
   */
  zlexcount(key: Key, min: LexBound, max: LexBound): Promise<number> {
    return this.send(["ZLEXCOUNT", key, min, max], toNumber);
  }

  /**
   * Removes and returns members from one end of the first sorted set that has any.
   *
   * Complexity O(K + M·log(N)) for K keys and M members removed from N · since 7.0.0
   *
   * @example Take up to ten jobs, from the urgent queue if it has any
   * ```ts
   * await client.zadd("{jobs}:normal", { mail: 1 });
   * const taken = await client.zmpop(["{jobs}:urgent", "{jobs}:normal"], "min", { count: 10 });
   * taken; // ["{jobs}:normal", [{ member: "mail", score: 1 }]]
   * ```
   *
   * @param keys One key or several, checked in this order.
   * @param end `"min"` removes the lowest scores first, `"max"` the highest.
   * @param options `count`: how many members at most, 1 by default.
   * @returns The key of the sorted set and the members removed from it, or null if all are empty.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a sorted set (`WRONGTYPE`).
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
   * Returns the scores of several members.
   *
   * Complexity O(N) for N members · since 6.2.0 · read-only
   *
   * @example A member and a missing one
   * ```ts
   * await client.zadd("board", { Ada: 3 });
   * await client.zmscore("board", ["Ada", "Grace"]); // [3, null]
   * ```
   *
   * @param key Key of the sorted set.
   * @param members One member, or several in an array or other iterable.
   * @returns The scores in the order of `members`, with null for each one that is not in the sorted set.
   * @throws {RangeError} If `members` is empty.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zmscore/}
   */
  zmscore(key: Key, members: OneOrMany<Value>): Promise<(number | null)[]> {
    return this.send(append(["ZMSCORE", key], members, "members"), toScoresOrNulls);
  }

  /**
   * Removes and returns the members with the highest scores.
   *
   * Complexity O(M·log(N)) for M members removed from N · since 5.0.0
   *
   * @example The winner, then the next two
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4 });
   * await client.zpopmax("board"); // { member: "Ada", score: 5 }
   * await client.zpopmax("board", 2); // [{ member: "Grace", score: 4 }]
   * ```
   *
   * @param key Key of the sorted set.
   * @param count Largest number of members to remove; without it, one member is removed and returned without an array.
   * @returns The member, or null if the key does not exist. With `count` an array, highest score first; it is empty if
   * the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zpopmax/}
   */
  zpopmax(key: Key): Promise<ScoredMember<T> | null>;
  /** Removes and returns up to `count` members with the highest scores, as an array. */
  zpopmax(key: Key, count: number): Promise<ScoredMember<T>[]>;
  /** Removes and returns the members with the highest scores. */
  zpopmax(key: Key, count?: number): Promise<ScoredMember<T> | null | ScoredMember<T>[]> {
    return count === undefined
      ? this.send<ScoredMember<T> | null>(["ZPOPMAX", key], toScoredMemberOrNull)
      : this.send<ScoredMember<T>[]>(["ZPOPMAX", key, count], toScoredMembers);
  }

  /**
   * Removes and returns the members with the lowest scores.
   *
   * Complexity O(M·log(N)) for M members removed from N · since 5.0.0
   *
   * @example The task that is due first, then the next two
   * ```ts
   * await client.zadd("due", { mail: 1, backup: 2 });
   * await client.zpopmin("due"); // { member: "mail", score: 1 }
   * await client.zpopmin("due", 2); // [{ member: "backup", score: 2 }]
   * ```
   *
   * @param key Key of the sorted set.
   * @param count Largest number of members to remove; without it, one member is removed and returned without an array.
   * @returns The member, or null if the key does not exist. With `count` an array, lowest score first; it is empty if
   * the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zpopmin/}
   */
  zpopmin(key: Key): Promise<ScoredMember<T> | null>;
  /** Removes and returns up to `count` members with the lowest scores, as an array. */
  zpopmin(key: Key, count: number): Promise<ScoredMember<T>[]>;
  /** Removes and returns the members with the lowest scores. */
  zpopmin(key: Key, count?: number): Promise<ScoredMember<T> | null | ScoredMember<T>[]> {
    return count === undefined
      ? this.send<ScoredMember<T> | null>(["ZPOPMIN", key], toScoredMemberOrNull)
      : this.send<ScoredMember<T>[]>(["ZPOPMIN", key, count], toScoredMembers);
  }

  /**
   * Returns random members of a sorted set, without removing them.
   *
   * A positive `count` returns that many different members, or all if there are fewer. A negative `count` returns
   * exactly that many, and a member may come several times.
   *
   * Complexity O(N) for N members returned · since 6.2.0 · read-only
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
   * @param count Number of members; negative to allow repeats. Without it, one member is returned without an array.
   * @param options `withscores`: return the scores as well.
   * @returns The member, or null if the key does not exist. With `count` an array, which is empty if the key does not
   * exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zrandmember/}
   */
  zrandmember(key: Key): Promise<T | null>;
  /** Returns several random members. */
  zrandmember(key: Key, count: number, options?: WithoutScores): Promise<T[]>;
  /** Returns several random members with their scores. */
  zrandmember(
    key: Key,
    count: number,
    options: WithScores,
  ): Promise<ScoredMember<T>[]>;
  /** Returns several random members, with their scores if `withscores` is true. */
  zrandmember(
    key: Key,
    count: number,
    options: MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Returns random members of a sorted set, without removing them. */
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
   * Returns the members in a range of positions, of scores (`byscore`), or of members (`bylex`).
   *
   * Complexity O(log(N) + M) for M members returned of N · since 1.2.0 · read-only
   *
   * @example By position, by score, and by member
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
   * @param start First position: 0 is the first member, −1 the last one. With `byscore` or `bylex`: the lowest score or
   * member, or the highest if `rev` is set.
   * @param stop Last position, included. With `byscore` or `bylex`: the highest score or member, or the lowest if `rev`
   * is set.
   * @param options What `start` and `stop` are (`byscore`, `bylex`), the direction (`rev`), the part of the range
   * (`limit`), and whether to return the scores (`withscores`).
   * @returns The members in order; an empty array if the key does not exist or nothing is in the range.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`), or `start` or `stop` is not
   * a valid bound.
   * @see {@link https://valkey.io/commands/zrange/}
   */
  zrange(
    key: Key,
    start: number,
    stop: number,
    options?: ZrangeOptions & WithoutScores,
  ): Promise<T[]>;
  /** Returns the members in a range of positions, with their scores. */
  zrange(
    key: Key,
    start: number,
    stop: number,
    options: ZrangeOptions & WithScores,
  ): Promise<ScoredMember<T>[]>;
  /** Returns the members whose scores are in a range. */
  zrange(
    key: Key,
    start: ScoreBound,
    stop: ScoreBound,
    options: ZrangeByscoreOptions & WithoutScores,
  ): Promise<T[]>;
  /** Returns the members whose scores are in a range, with their scores. */
  zrange(
    key: Key,
    start: ScoreBound,
    stop: ScoreBound,
    options: ZrangeByscoreOptions & WithScores,
  ): Promise<ScoredMember<T>[]>;
  /** Returns the members in a range of positions, with their scores if `withscores` is true. */
  zrange(
    key: Key,
    start: number,
    stop: number,
    options: ZrangeOptions & MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Returns the members whose scores are in a range, with their scores if `withscores` is true. */
  zrange(
    key: Key,
    start: ScoreBound,
    stop: ScoreBound,
    options: ZrangeByscoreOptions & MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Returns the members from `start` to `stop` in byte order. */
  zrange(
    key: Key,
    start: LexBound,
    stop: LexBound,
    options: ZrangeBylexOptions & WithoutScores,
  ): Promise<T[]>;
  /** Returns the members in a range. */
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
   * Returns the members from `min` to `max` in byte order, of a sorted set whose scores are all equal.
   *
   * Complexity O(log(N) + M) for M members returned of N · since 2.8.9 · read-only
   *
   * @deprecated Use {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} with `bylex`.
   *
   * @example Words from "b" on
   * ```ts
   * await client.zadd("words", { apple: 0, banana: 0, cherry: 0 });
   * await client.zrangebylex("words", "[b", "+"); // ["banana", "cherry"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param min First member: `"[b"` includes `b`, `"(b"` excludes it, `"-"` is the very first.
   * @param max Last member: `"[b"` includes `b`, `"(b"` excludes it, `"+"` is the very last.
   * @param options `limit`: the part of the range to return.
   * @returns The members in order; an empty array if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`), or `min` or `max` is not a
   * valid bound.
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
   * Returns the members whose scores are in a range.
   *
   * Complexity O(log(N) + M) for M members returned of N · since 1.0.5 · read-only
   *
   * @deprecated Use {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} with `byscore`.
   *
   * @example Scores above 3
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zrangebyscore("board", "(3", "inf"); // ["Grace", "Ada"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param min Lowest score; `"(3"` excludes 3, `-Infinity` means no limit.
   * @param max Highest score; `"(3"` excludes 3, `Infinity` means no limit.
   * @param options `limit`: the part of the range to return; `withscores`: return the scores as well.
   * @returns The members in ascending order of score; an empty array if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zrangebyscore/}
   */
  zrangebyscore(
    key: Key,
    min: ScoreBound,
    max: ScoreBound,
    options?: ZrangebyscoreOptions & WithoutScores,
  ): Promise<T[]>;
  /**
   * Returns the members whose scores are in a range, with their scores.
   *
   * @deprecated Use {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} with `byscore`.
   */
  zrangebyscore(
    key: Key,
    min: ScoreBound,
    max: ScoreBound,
    options: ZrangebyscoreOptions & WithScores,
  ): Promise<ScoredMember<T>[]>;
  /**
   * Returns the members whose scores are in a range, with their scores if `withscores` is true.
   *
   * @deprecated Use {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} with `byscore`.
   */
  zrangebyscore(
    key: Key,
    min: ScoreBound,
    max: ScoreBound,
    options: ZrangebyscoreOptions,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Returns the members whose scores are in a range. */
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
   * Stores a range of a sorted set in another key: by positions, by scores (`byscore`), or by members (`bylex`).
   *
   * Replaces any value at the destination. If the result is empty, the destination is deleted.
   *
   * Complexity O(log(N) + M) for M members stored of N · since 6.2.0
   *
   * @example Store the best two
   * ```ts
   * await client.zadd("{board}", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zrangestore("{board}:best", "{board}", 0, 1, { rev: true }); // 2
   * ```
   *
   * @param destination Key of the sorted set to write.
   * @param source Key of the sorted set to read.
   * @param start First position: 0 is the first member, −1 the last one. With `byscore` or `bylex`: the lowest score or
   * member, or the highest if `rev` is set.
   * @param stop Last position, included. With `byscore` or `bylex`: the highest score or member, or the lowest if `rev`
   * is set.
   * @param options What `start` and `stop` are (`byscore`, `bylex`), the direction (`rev`), and the part of the range
   * (`limit`).
   * @returns The number of members in the result.
   * @throws {ServerError} If the source holds a value that is not a sorted set (`WRONGTYPE`), or `start` or `stop` is
   * not a valid bound.
   * @see {@link https://valkey.io/commands/zrangestore/}
   */
  zrangestore(
    destination: Key,
    source: Key,
    start: number,
    stop: number,
    options?: ZrangeOptions,
  ): Promise<number>;
  /** Stores the members whose scores are in a range. */
  zrangestore(
    destination: Key,
    source: Key,
    start: ScoreBound,
    stop: ScoreBound,
    options: ZrangeByscoreOptions,
  ): Promise<number>;
  /** Stores the members from `start` to `stop` in byte order. */
  zrangestore(
    destination: Key,
    source: Key,
    start: LexBound,
    stop: LexBound,
    options: ZrangeBylexOptions,
  ): Promise<number>;
  /** Stores a range of a sorted set in another key. */
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
   * Returns the rank of a member, counted from the lowest score.
   *
   * Complexity O(log(N)) for N members · since 2.0.0 · read-only
   *
   * @example Second lowest score
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zrank("board", "Grace"); // 1
   * await client.zrank("board", "Hedy"); // null
   * ```
   *
   * @param key Key of the sorted set.
   * @param member The member to look up.
   * @param options `withscore`: return the score as well (Redis 7.2, Valkey 7.2).
   * @returns The rank, 0 for the lowest score; with `withscore` an object of rank and score. Null if the member or the
   * key does not exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zrank/}
   */
  zrank(key: Key, member: Value, options?: WithoutScore): Promise<number | null>;
  /** Returns the rank of a member, counted from the lowest score, and its score. */
  zrank(key: Key, member: Value, options: WithScore): Promise<RankAndScore | null>;
  /** Returns the rank of a member, counted from the lowest score, and its score if `withscore` is true. */
  zrank(
    key: Key,
    member: Value,
    options: MaybeScore,
  ): Promise<number | RankAndScore | null>;
  /** Returns the rank of a member, counted from the lowest score. */
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
   * When the last member is removed, the key is deleted.
   *
   * Complexity O(M·log(N)) for M members removed from N · since 1.2.0
   *
   * @example Remove a member and a missing one
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4 });
   * await client.zrem("board", ["Ada", "Hedy"]); // 1
   * ```
   *
   * @param key Key of the sorted set.
   * @param members One member, or several in an array or other iterable.
   * @returns The number of members removed; members that were not in the sorted set do not count.
   * @throws {RangeError} If `members` is empty.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zrem/}
   */
  zrem(key: Key, members: OneOrMany<Value>): Promise<number> {
    return this.send(append(["ZREM", key], members, "members"), toNumber);
  }

  /**
   * Removes the members from `min` to `max` in byte order, from a sorted set whose scores are all equal.
   *
   * Complexity O(log(N) + M) for M members removed from N · since 2.8.9
   *
   * @example Remove the words before "b"
   * ```ts
   * await client.zadd("words", { apple: 0, banana: 0, cherry: 0 });
   * await client.zremrangebylex("words", "-", "(b"); // 1
   * ```
   *
   * @param key Key of the sorted set.
   * @param min First member: `"[b"` includes `b`, `"(b"` excludes it, `"-"` is the very first.
   * @param max Last member: `"[b"` includes `b`, `"(b"` excludes it, `"+"` is the very last.
   * @returns The number of members removed.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`), or `min` or `max` is not a
   * valid bound.
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
   * @example Keep only the best two
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zremrangebyrank("board", 0, -3); // 1
   * ```
   *
   * @param key Key of the sorted set.
   * @param start First position: 0 is the lowest score, −1 the highest.
   * @param stop Last position, included.
   * @returns The number of members removed.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
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
   * @example A sliding window: count the requests of the last minute
   * ```ts
   * const now = Date.now();
   * await client.zadd("requests:Ada", [["a", now - 90_000], ["b", now - 30_000], ["c", now]]);
   * await client.zremrangebyscore("requests:Ada", 0, now - 60_000); // 1
   * await client.zcard("requests:Ada"); // 2
   * ```
   *
   * @param key Key of the sorted set.
   * @param min Lowest score; `"(3"` excludes 3, `-Infinity` means no limit.
   * @param max Highest score; `"(3"` excludes 3, `Infinity` means no limit.
   * @returns The number of members removed.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zremrangebyscore/}
   */
  zremrangebyscore(key: Key, min: ScoreBound, max: ScoreBound): Promise<number> {
    return this.send(["ZREMRANGEBYSCORE", key, min, max], toNumber);
  }

  /**
   * Returns the members in a range of positions, counted from the highest score down.
   *
   * Complexity O(log(N) + M) for M members returned of N · since 1.2.0 · read-only
   *
   * @deprecated Use {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} with `rev`.
   *
   * @example The best two
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zrevrange("board", 0, 1); // ["Ada", "Grace"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param start First position: 0 is the highest score, −1 the lowest.
   * @param stop Last position, included.
   * @param options `withscores`: return the scores as well.
   * @returns The members, highest score first; an empty array if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zrevrange/}
   */
  zrevrange(
    key: Key,
    start: number,
    stop: number,
    options?: WithoutScores,
  ): Promise<T[]>;
  /**
   * Returns the members in a range of positions from the highest score down, with their scores.
   *
   * @deprecated Use {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} with `rev`.
   */
  zrevrange(
    key: Key,
    start: number,
    stop: number,
    options: WithScores,
  ): Promise<ScoredMember<T>[]>;
  /**
   * Returns the members in a range of positions from the highest score down, with their scores if `withscores` is true.
   *
   * @deprecated Use {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} with `rev`.
   */
  zrevrange(
    key: Key,
    start: number,
    stop: number,
    options: MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Returns the members in a range of positions from the highest score down. */
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
   * Returns the members from `max` down to `min` in byte order, of a sorted set whose scores are all equal.
   *
   * Complexity O(log(N) + M) for M members returned of N · since 2.8.9 · read-only
   *
   * @deprecated Use {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} with `bylex` and `rev`.
   *
   * @example Words before "c", backwards
   * ```ts
   * await client.zadd("words", { apple: 0, banana: 0, cherry: 0 });
   * await client.zrevrangebylex("words", "(c", "-"); // ["banana", "apple"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param max Last member: `"[b"` includes `b`, `"(b"` excludes it, `"+"` is the very last.
   * @param min First member: `"[b"` includes `b`, `"(b"` excludes it, `"-"` is the very first.
   * @param options `limit`: the part of the range to return.
   * @returns The members, last one first; an empty array if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`), or `max` or `min` is not a
   * valid bound.
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
   * Returns the members whose scores are in a range, highest score first.
   *
   * Complexity O(log(N) + M) for M members returned of N · since 2.2.0 · read-only
   *
   * @deprecated Use {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} with `byscore` and `rev`.
   *
   * @example Scores above 3
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zrevrangebyscore("board", Infinity, "(3"); // ["Ada", "Grace"]
   * ```
   *
   * @param key Key of the sorted set.
   * @param max Highest score; `"(3"` excludes 3, `Infinity` means no limit.
   * @param min Lowest score; `"(3"` excludes 3, `-Infinity` means no limit.
   * @param options `limit`: the part of the range to return; `withscores`: return the scores as well.
   * @returns The members, highest score first; an empty array if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zrevrangebyscore/}
   */
  zrevrangebyscore(
    key: Key,
    max: ScoreBound,
    min: ScoreBound,
    options?: ZrangebyscoreOptions & WithoutScores,
  ): Promise<T[]>;
  /**
   * Returns the members whose scores are in a range, highest score first, with their scores.
   *
   * @deprecated Use {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} with `byscore` and `rev`.
   */
  zrevrangebyscore(
    key: Key,
    max: ScoreBound,
    min: ScoreBound,
    options: ZrangebyscoreOptions & WithScores,
  ): Promise<ScoredMember<T>[]>;
  /**
   * Returns the members whose scores are in a range, highest score first, with their scores if `withscores` is true.
   *
   * @deprecated Use {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} with `byscore` and `rev`.
   */
  zrevrangebyscore(
    key: Key,
    max: ScoreBound,
    min: ScoreBound,
    options: ZrangebyscoreOptions,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Returns the members whose scores are in a range, highest score first. */
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
   * Returns the rank of a member, counted from the highest score.
   *
   * Complexity O(log(N)) for N members · since 2.0.0 · read-only
   *
   * @example The place of a player on a leaderboard
   * ```ts
   * await client.zadd("board", { Ada: 5, Grace: 4, Joan: 3 });
   * await client.zrevrank("board", "Grace"); // 1
   * ```
   *
   * @param key Key of the sorted set.
   * @param member The member to look up.
   * @param options `withscore`: return the score as well (Redis 7.2, Valkey 7.2).
   * @returns The rank, 0 for the highest score; with `withscore` an object of rank and score. Null if the member or the
   * key does not exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zrevrank/}
   */
  zrevrank(key: Key, member: Value, options?: WithoutScore): Promise<number | null>;
  /** Returns the rank of a member, counted from the highest score, and its score. */
  zrevrank(key: Key, member: Value, options: WithScore): Promise<RankAndScore | null>;
  /** Returns the rank of a member, counted from the highest score, and its score if `withscore` is true. */
  zrevrank(
    key: Key,
    member: Value,
    options: MaybeScore,
  ): Promise<number | RankAndScore | null>;
  /** Returns the rank of a member, counted from the highest score. */
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
   * Returns one page of the members of a sorted set, with their scores.
   *
   * {@linkcode SortedSetCommands.prototype.zscanIterator | SortedSetCommands.zscanIterator} reads all pages. A member
   * that exists from the first page to the last is returned at least once, possibly several times. A small sorted set is
   * returned as one page, whatever `count` is.
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
   * @param cursor `"0"` for the first page, then the `cursor` of the page before.
   * @param options `match`: only members that match this pattern; `count`: members per page; `noscores`: without the
   * scores.
   * @returns The cursor of the next page, and the members with their scores; with `noscores` the members alone.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zscan/}
   */
  zscan(
    key: Key,
    cursor: Cursor,
    options?: ZscanScoresOptions,
  ): Promise<ScanPage<ScoredMember<T>>>;
  /** Returns one page of the members of a sorted set, without their scores. */
  zscan(key: Key, cursor: Cursor, options: ZscanMembersOptions): Promise<ScanPage<T>>;
  /** Returns one page of the members of a sorted set, without their scores if `noscores` is true. */
  zscan(
    key: Key,
    cursor: Cursor,
    options: ZscanOptions,
  ): Promise<ScanPage<ScoredMember<T>> | ScanPage<T>>;
  /** Returns one page of the members of a sorted set. */
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
   * The members come in no order. Use {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange} to read
   * them in order.
   *
   * A member that exists during the whole iteration is yielded at least once, possibly several times. Each page is one
   * request, and the iteration rejects if a request fails: `client.with({ timeout: 10_000 })` waits longer for a server
   * that is being restarted. After a restart or failover of the server the iteration starts over, because a cursor is
   * only valid in the process that made it. The loop can end early: the server keeps no state.
   *
   * Complexity O(N) for N members in all · since 2.8.0 · read-only
   *
   * @example Add up the scores of the members that match a pattern
   * ```ts
   * await client.zadd("goals", { "red:Ada": 2, "red:Grace": 3, "blue:Joan": 4 });
   * let red = 0;
   * for await (const { score } of client.zscanIterator("goals", { match: "red:*" })) red += score;
   * red; // 5
   * ```
   *
   * @param key Key of the sorted set.
   * @param options `match`: only members that match this pattern; `count`: members per page; `noscores`: without the
   * scores.
   * @returns An iterator of members with their scores; with `noscores` of members alone.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zscan/}
   */
  zscanIterator(
    key: Key,
    options?: ZscanScoresOptions,
  ): AsyncGenerator<ScoredMember<T>, void, undefined>;
  /** Iterates over the members of a sorted set, without their scores. */
  zscanIterator(key: Key, options: ZscanMembersOptions): AsyncGenerator<T, void, undefined>;
  /** Iterates over the members of a sorted set, without their scores if `noscores` is true. */
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
    // The value of `noscores` decides what the pages contain, whichever overload was called.
    return iteratePages<ScoredMember<T> | T>((cursor) =>
      this.zscan(ownKey, cursor, own as ZscanMembersOptions)
    );
  }

  /**
   * Returns the score of a member.
   *
   * Complexity O(1) · since 1.2.0 · read-only
   *
   * @example A member and a missing one
   * ```ts
   * await client.zadd("board", { Ada: 5.5 });
   * await client.zscore("board", "Ada"); // 5.5
   * await client.zscore("board", "Hedy"); // null
   * ```
   *
   * @param key Key of the sorted set.
   * @param member The member to look up.
   * @returns The score, or null if the member or the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a sorted set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zscore/}
   */
  zscore(key: Key, member: Value): Promise<number | null> {
    return this.send(["ZSCORE", key, member], toNumberOrNull);
  }

  /**
   * Returns the members that are in at least one of the sorted sets.
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
   * @param keys Keys of sorted sets or sets. Members of a set have score 1. A key that does not exist counts as empty.
   * @param options `weights` and `aggregate`: how to combine scores; `withscores`: return the scores as well.
   * @returns The members in ascending order of the combined score.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a sorted set or a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/zunion/}
   */
  zunion(
    keys: OneOrMany<Key>,
    options?: ZcombineOptions & WithoutScores,
  ): Promise<T[]>;
  /** Returns the members that are in at least one of the sorted sets, with their scores. */
  zunion(
    keys: OneOrMany<Key>,
    options: ZcombineOptions & WithScores,
  ): Promise<ScoredMember<T>[]>;
  /** Returns the members that are in at least one of the sorted sets, with their scores if `withscores` is true. */
  zunion(
    keys: OneOrMany<Key>,
    options: ZcombineOptions & MaybeScores,
  ): Promise<T[] | ScoredMember<T>[]>;
  /** Returns the members that are in at least one of the sorted sets. */
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
   * Stores the members that are in at least one of the sorted sets.
   *
   * Replaces any value at the destination. If the result is empty, the destination is deleted.
   *
   * Complexity O(N + M·log(M)) for N members of all sets and M in the result · since 2.0.0
   *
   * @example Total points of both rounds
   * ```ts
   * await client.zadd("{round}:1", { Ada: 3, Grace: 4 });
   * await client.zadd("{round}:2", { Ada: 5 });
   * await client.zunionstore("{round}:all", ["{round}:1", "{round}:2"]); // 2
   * await client.zscore("{round}:all", "Ada"); // 8
   * ```
   *
   * @param destination Key of the sorted set to write.
   * @param keys Keys of sorted sets or sets. Members of a set have score 1. A key that does not exist counts as empty.
   * @param options `weights` and `aggregate`: how to combine the scores of a member.
   * @returns The number of members in the result.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a source key holds a value that is not a sorted set or a set (`WRONGTYPE`).
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
