/**
 * What must hold for the keys of one round, given what its requests were told. Pure: each function gets what was
 * acknowledged and what was seen afterwards, and answers the violations in words.
 *
 * `lossy` is true where the servers may have rolled acknowledged writes back meanwhile (an asynchronous failover). What
 * was acknowledged may then be missing; everything else must hold all the same.
 *
 * A request whose fate is `maybe` may have been executed, and at any time until the end: bytes that a proxy or a kernel
 * holds reach the server when the connection is long gone. So it may also be seen after a later one.
 *
 * @module
 */

import type { Fate } from "./fate.ts";

/** A write and its fate. Writes are listed in the order of the calls. */
export interface Write {
  /** What was written; no two writes of a key write the same. */
  readonly value: string;
  /** What became of it. */
  readonly fate: Fate;
}

/** An increment, its fate and its reply. */
export interface Increment {
  /** What became of it. */
  readonly fate: Fate;
  /** The reply, where it was acknowledged with one. */
  readonly reply?: number;
}

/** The order that calls which were not awaited can be expected to have: that of the calls, or any. */
export type Order = "kept" | "any";

/**
 * Checks a key that writes have overwritten, one after the other without awaiting: the last acknowledged one wins.
 *
 * @param writes The writes.
 * @param seen The value afterwards.
 * @param lossy Whether acknowledged writes may be missing.
 * @param order The order of the writes.
 */
export function checkLastWrite(
  writes: readonly Write[],
  seen: string | null,
  lossy: boolean,
  order: Order = "kept",
): string[] {
  const last = writes.findLastIndex(({ fate }) => fate === "acknowledged");
  if (seen === null) {
    return last >= 0 && !lossy ? [`write ${last} was acknowledged, and the key is missing`] : [];
  }
  const at = writes.findIndex(({ value }) => value === seen);
  if (at < 0) return [`the value ${show(seen)} was never written to this key`];
  const { fate } = writes[at];
  if (fate === "never") return [`write ${at} was rejected as not executed, and is there`];
  if (fate === "acknowledged" && at < last && !lossy && order === "kept") {
    return [`write ${last} was acknowledged last, and write ${at} is there`];
  }
  return [];
}

/**
 * Checks a list or log to which writes have appended without awaiting: no acknowledged one is missing, none is there
 * twice, and the acknowledged ones are in the order of the calls.
 *
 * @param writes The writes.
 * @param seen The elements afterwards, in their order.
 * @param lossy Whether acknowledged writes may be missing.
 * @param order The order of the writes.
 */
export function checkSequence(
  writes: readonly Write[],
  seen: readonly string[],
  lossy: boolean,
  order: Order = "kept",
): string[] {
  const problems: string[] = [];
  const positions = new Map(writes.map(({ value }, i) => [value, i]));
  const counts = new Map<number, number>();
  let highest = -1;
  for (const value of seen) {
    const at = positions.get(value);
    if (at === undefined) {
      problems.push(`the element ${show(value)} was never written to this key`);
      continue;
    }
    counts.set(at, (counts.get(at) ?? 0) + 1);
    const { fate } = writes[at];
    if (fate === "never") problems.push(`write ${at} was rejected as not executed, and is there`);
    if (fate !== "acknowledged") continue;
    if (at < highest && order === "kept") problems.push(`write ${at} is behind write ${highest}`);
    highest = Math.max(highest, at);
  }
  for (const [at, count] of counts) {
    if (count > 1) problems.push(`write ${at} is there ${count} times`);
  }
  for (const [at, { fate }] of writes.entries()) {
    if (fate === "acknowledged" && !counts.has(at) && !lossy) {
      problems.push(`write ${at} was acknowledged, and is missing`);
    }
  }
  return problems;
}

/**
 * Checks a counter that began at nothing.
 *
 * @param increments The increments by one, in the order of the calls.
 * @param final The value afterwards.
 * @param options `lossy`: whether acknowledged increments may be missing. `ordered`: whether the calls were made one
 * after the other, so that the replies must ascend. @default {{ lossy: false, ordered: false }}
 */
export function checkCounter(
  increments: readonly Increment[],
  final: number,
  options: { lossy?: boolean; ordered?: boolean } = {},
): string[] {
  const { lossy = false, ordered = false } = options;
  const problems: string[] = [];
  const acknowledged = increments.filter(({ fate }) => fate === "acknowledged");
  const maybe = increments.filter(({ fate }) => fate === "maybe").length;
  if (final > acknowledged.length + maybe) {
    problems.push(`it is ${final}: more than ${acknowledged.length} acknowledged + ${maybe} maybe`);
  }
  if (lossy) return problems;
  if (final < acknowledged.length) {
    problems.push(`it is ${final}: less than ${acknowledged.length} acknowledged`);
  }
  const replies = acknowledged.flatMap(({ reply }) => reply === undefined ? [] : [reply]);
  const twice = replies.filter((reply, i) => replies.indexOf(reply) !== i);
  if (twice.length > 0) problems.push(`the replies ${twice.join(", ")} came more than once`);
  if (replies.some((reply) => !(reply >= 1 && reply <= final))) {
    problems.push(`a reply of ${replies.join(", ")} is not from 1 to ${final}`);
  }
  if (ordered && replies.some((reply, i) => i > 0 && reply <= replies[i - 1])) {
    problems.push(`the replies ${replies.join(", ")} do not ascend`);
  }
  return problems;
}

/** What producers and consumers of one list were told. */
export interface QueueRecord {
  /** Elements that were pushed, in the order of the calls. */
  readonly pushed: readonly Write[];
  /** What each consumer got, in the order in which it got it. */
  readonly popped: readonly (readonly string[])[];
  /** Pops that failed so that each may have taken one element to nobody. */
  readonly uncertainPops: number;
  /** What is left in the list. */
  readonly left: readonly string[];
}

/**
 * Checks a queue: what was pushed was popped once, or is still there.
 *
 * @param record What happened.
 * @param lossy Whether acknowledged pushes may be missing, and popped elements be back.
 * @param order The order of the pushes.
 */
export function checkQueue(record: QueueRecord, lossy: boolean, order: Order = "kept"): string[] {
  const { pushed, popped, uncertainPops, left } = record;
  const problems: string[] = [];
  const positions = new Map(pushed.map(({ value }, i) => [value, i]));
  const counts = new Map<number, number>();
  const takers = [
    ...popped.map((elements, i) => [`consumer ${i}`, elements] as const),
    [
      "the list",
      left,
    ] as const,
  ];
  for (const [taker, elements] of takers) {
    let highest = -1;
    for (const element of elements) {
      const at = positions.get(element);
      if (at === undefined) {
        problems.push(`${taker} has the element ${show(element)}, which was never pushed`);
        continue;
      }
      counts.set(at, (counts.get(at) ?? 0) + 1);
      if (pushed[at].fate === "never") {
        problems.push(`push ${at} was rejected as not executed, and ${taker} has it`);
      }
      if (pushed[at].fate !== "acknowledged") continue;
      if (at < highest && !lossy && order === "kept") {
        problems.push(`${taker} has push ${at} behind push ${highest}`);
      }
      highest = Math.max(highest, at);
    }
  }
  if (lossy) return problems;
  for (const [at, count] of counts) {
    if (count > 1) problems.push(`push ${at} was taken ${count} times`);
  }
  const missing = pushed.flatMap(({ fate }, i) =>
    fate === "acknowledged" && !counts.has(i) ? [i] : []
  );
  if (missing.length > uncertainPops) {
    problems.push(
      `${missing.length} acknowledged pushes are missing (${missing.slice(0, 10).join(", ")}), ` +
        `and ${uncertainPops} pops may have taken one`,
    );
  }
  return problems;
}

/**
 * Checks keys that are only ever changed together.
 *
 * @param values Their values, read at one moment.
 */
export function checkTogether(values: readonly (string | null)[]): string[] {
  return values.every((value) => value === values[0])
    ? []
    : [`keys that change together differ: ${values.map(show).join(", ")}`];
}

/**
 * Checks a scan: what was there all the time was yielded.
 *
 * @param stable What was there all the time.
 * @param yielded What the iterator yielded.
 */
export function checkScan(stable: Iterable<string>, yielded: ReadonlySet<string>): string[] {
  const all = [...stable];
  const missing = all.filter((key) => !yielded.has(key));
  return missing.length === 0
    ? []
    : [`${missing.length} of ${all.length} were not yielded: ${missing.slice(0, 5).join(", ")}, …`];
}

/**
 * Checks that a reply belongs to the key that was asked for.
 *
 * @param key The key.
 * @param value The reply, which begins with the key that it was written to.
 */
export function checkOwner(key: string, value: string | null): string[] {
  return value === null || value.startsWith(`${key}=`)
    ? []
    : [`the reply for ${key} is ${show(value)}, which belongs to another key`];
}

function show(value: string | null): string {
  if (value === null) return "null";
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
