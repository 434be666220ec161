/**
 * Members of sorted sets with their scores: argument types, bounds of ranges, and decoders.
 *
 * @module
 */

import type { Origin, Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { type AnyCase, append, appendEach, type Value } from "./_args.ts";
import { elements, toBulk, toNumber, toPairs, unexpected } from "./_decode.ts";
import { refuse } from "./_options.ts";
import { type ScanPage, toScanPage } from "./_scan.ts";

/** A score: a double, written as a number, as decimal text, or as the server's words for infinity. */
export type Score = number | `${number}` | AnyCase<"inf" | "+inf" | "-inf">;

/**
 * The start or end of a range of scores.
 *
 * The score itself belongs to the range. With `(` in front of it, as in `"(5"`, it does not.
 */
export type ScoreBound = Score | `(${number}`;

/**
 * The start or end of a range of members.
 *
 * `"[b"` includes the member `b`, `"(b"` excludes it. `"-"` is before all members, `"+"` after all of them. A
 * `Uint8Array` begins with the byte of `[` or `(`, followed by the bytes of the member.
 */
export type LexBound = "-" | "+" | `[${string}` | `(${string}` | Uint8Array;

/**
 * A member of a sorted set with its score.
 *
 * @typeParam M Type of the member.
 */
export interface ScoredMember<M extends Value = string> {
  /** The member. */
  member: M;
  /** The score, a double; may be `Infinity` or `-Infinity`. */
  score: number;
}

/**
 * Members with their scores, to add to a sorted set.
 *
 * An object with a score for each member, `{ Ada: 3 }`; a `Map`; an array or other iterable of pairs, `[["Ada", 3]]`;
 * or
 * an array or other iterable of {@linkcode ScoredMember}, as commands return them.
 */
export type ScoredMembers =
  | Readonly<Record<string, Score>>
  | Iterable<readonly [member: Value, score: Score] | Readonly<ScoredMember<Value>>>;

/**
 * Appends scores and members: `score member [score member …]`.
 *
 * @param words The words of the command so far.
 * @param members The members; without any the command rejects with a `RangeError`.
 * @returns `words`.
 */
export function appendScoredMembers(words: Words, members: ScoredMembers): Words {
  // A string is iterable, but it has no scores.
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
 * Whether a record looks like `{ score, value }` or `{ score, member }`, the arguments of other clients.
 *
 * It is refused, because the names of its properties would become members. Members with these names can be passed as
 * pairs.
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

/** Decodes members with their scores, from a flat list or from a list of pairs. */
export function toScoredMembers<T extends string | Uint8Array>(reply: Reply): ScoredMember<T>[] {
  const members: ScoredMember<T>[] = [];
  for (const [member, score] of toPairs(reply)) {
    members.push({ member: toBulk<T>(member), score: toNumber(score) });
  }
  return members;
}

/** Decodes one member with its score, or null from an empty list. */
export function toScoredMemberOrNull<T extends string | Uint8Array>(
  reply: Reply,
): ScoredMember<T> | null {
  return toScoredMembers<T>(reply)[0] ?? null;
}

/** Decodes a page of members with their scores. */
export function toScoredMembersPage<T extends string | Uint8Array>(
  reply: Reply,
  _bytes?: boolean,
  origin?: Origin,
): ScanPage<ScoredMember<T>> {
  return toScanPage(reply, toScoredMembers<T>, origin);
}

/** Decodes a key and the member that was removed from it, or null. */
export function toKeyAndScoredMemberOrNull<T extends string | Uint8Array>(
  reply: Reply,
): [key: T, member: ScoredMember<T>] | null {
  if (reply === null) return null;
  const parts = elements(reply);
  if (parts.length !== 3) return unexpected(reply, "a key, a member and its score");
  return [toBulk<T>(parts[0]), { member: toBulk<T>(parts[1]), score: toNumber(parts[2]) }];
}

/** Decodes a key and the members that were removed from it, or null. */
export function toKeyAndScoredMembersOrNull<T extends string | Uint8Array>(
  reply: Reply,
): [key: T, members: ScoredMember<T>[]] | null {
  if (reply === null) return null;
  const parts = elements(reply);
  if (parts.length !== 2) return unexpected(reply, "a key and members");
  return [toBulk<T>(parts[0]), toScoredMembers<T>(parts[1])];
}
