/**
 * Members of sorted sets with their scores: how they are given, how they come back, and the bounds of ranges of them.
 *
 * @module
 */

import type { Origin, Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { type AnyCase, append, appendEach, type Value } from "./_args.ts";
import { elements, toBulk, toNumber, toPairs, unexpected } from "./_decode.ts";
import { refuse } from "./_options.ts";
import { type ScanPage, toScanPage } from "./_scan.ts";

/** A score: a double, with `Infinity` or the server's own words for it. */
export type Score = number | `${number}` | AnyCase<"inf" | "+inf" | "-inf">;

/** An end of a range of scores; the score itself belongs to the range, unless it follows a `(`: `"(5"`. */
export type ScoreBound = Score | `(${number}`;

/**
 * An end of a range of members: the member behind `[` belongs to the range, the one behind `(` does not; `"-"` and
 * `"+"` are before and behind all members. Bytes begin with the byte of such a bracket.
 */
export type LexBound = "-" | "+" | `[${string}` | `(${string}` | Uint8Array;

/**
 * A member of a sorted set with its score.
 *
 * @typeParam M What the member is.
 */
export interface ScoredMember<M extends Value = string> {
  /** The member. */
  member: M;
  /** Its score; `Infinity` and `-Infinity` included. */
  score: number;
}

/**
 * Members with their scores, to be added: an object with the members as names, a `Map`, an array (or other iterable) of
 * pairs, or one of {@linkcode ScoredMember} as replies have it.
 */
export type ScoredMembers =
  | Readonly<Record<string, Score>>
  | Iterable<readonly [member: Value, score: Score] | Readonly<ScoredMember<Value>>>;

/**
 * Appends members behind their scores: `score member [score member …]`.
 *
 * @param words Where to append.
 * @param members The members; none at all makes the command reject with a `RangeError`.
 * @returns `words`.
 */
export function appendScoredMembers(words: Words, members: ScoredMembers): Words {
  // A string is iterable, but its characters are no members with scores.
  if (typeof members !== "object" || members === null || isOneByNames(members)) {
    refuse(words, FORMS);
    return words;
  }
  if (!isIterable(members)) {
    return appendEach<Value, Score>(words, members, "members", (member, score) => {
      words.push(score, member);
    });
  }
  const before = words.length;
  for (const item of members) {
    if (isPair(item)) words.push(item[1], item[0]);
    else if (isScoredMember(item)) words.push(item.score, item.member);
    else refuse(words, FORMS);
  }
  return words.length === before ? append(words, [], "members") : words;
}

const FORMS =
  "expected members with scores: { name: score }, [[member, score]] or [{ member, score }]";

/**
 * Whether a record is one member with its score, rather than scores by member: other clients take `{ score, value }`.
 * Members that really have these two names can be passed as pairs.
 */
function isOneByNames(members: object): boolean {
  return "score" in members && ("member" in members || "value" in members) &&
    Object.keys(members).length === 2;
}

function isPair(item: unknown): item is readonly [member: Value, score: Score] {
  return Array.isArray(item) && item.length === 2;
}

function isScoredMember(item: unknown): item is Readonly<ScoredMember<Value>> {
  return typeof item === "object" && item !== null && "member" in item && "score" in item;
}

function isIterable(
  members: ScoredMembers,
): members is Exclude<ScoredMembers, Readonly<Record<string, Score>>> {
  return Symbol.iterator in members;
}

/** Members with their scores, in the order of the reply: from a flat list, or one of pairs. */
export function toScoredMembers<T extends string | Uint8Array>(reply: Reply): ScoredMember<T>[] {
  const members: ScoredMember<T>[] = [];
  for (const [member, score] of toPairs(reply)) {
    members.push({ member: toBulk<T>(member), score: toNumber(score) });
  }
  return members;
}

/** One member with its score, or null for an empty list. */
export function toScoredMemberOrNull<T extends string | Uint8Array>(
  reply: Reply,
): ScoredMember<T> | null {
  return toScoredMembers<T>(reply)[0] ?? null;
}

/** A page of members with their scores. */
export function toScoredMembersPage<T extends string | Uint8Array>(
  reply: Reply,
  _bytes?: boolean,
  origin?: Origin,
): ScanPage<ScoredMember<T>> {
  return toScanPage(reply, toScoredMembers<T>, origin);
}

/** Key of a sorted set and a member that was taken from it, or null if none was. */
export function toKeyAndScoredMemberOrNull<T extends string | Uint8Array>(
  reply: Reply,
): [key: T, member: ScoredMember<T>] | null {
  if (reply === null) return null;
  const parts = elements(reply);
  if (parts.length !== 3) return unexpected(reply, "a key, a member and its score");
  return [toBulk<T>(parts[0]), { member: toBulk<T>(parts[1]), score: toNumber(parts[2]) }];
}

/** Key of a sorted set and the members that were taken from it, or null if none were. */
export function toKeyAndScoredMembersOrNull<T extends string | Uint8Array>(
  reply: Reply,
): [key: T, members: ScoredMember<T>[]] | null {
  if (reply === null) return null;
  const parts = elements(reply);
  if (parts.length !== 2) return unexpected(reply, "a key and members");
  return [toBulk<T>(parts[0]), toScoredMembers<T>(parts[1])];
}
