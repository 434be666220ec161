/**
 * Decides by the answers of sentinels which node is the primary.
 *
 * @module
 */

import { type Endpoint, show } from "../lib/connection/transport.ts";
import type { SentinelAnswer } from "./sentinel_answer.ts";

/** A node that may be the primary. */
export interface Candidate extends Endpoint {
  /** Number of the failover that made it the primary. */
  readonly epoch: number;
}

/** What sentinels say together. */
export interface Decision {
  /** The nodes that may be the primary, the likeliest first. Each must confirm it itself. */
  readonly candidates: readonly Candidate[];
  /** The replicas of the likeliest one that can be read from. */
  readonly replicas: readonly Endpoint[];
  /** More replicas that are up, and may be in sync. */
  readonly doubtful: readonly Endpoint[];
}

interface Group {
  readonly primary: Candidate;
  readonly answers: SentinelAnswer[];
}

/**
 * Decides which nodes may be the primary.
 *
 * The highest epoch wins, then the number of sentinels. An answer with an epoch below the highest, or below the one that
 * the client has followed, is that of a stale sentinel, unless a majority of all sentinels says so: those may have been
 * set up anew. Otherwise a node that was replaced, and does not know it yet, could get writes again.
 *
 * @param answers What the sentinels said that have answered.
 * @param followed The present primary, as sentinels have named it; null if they have named none so far. Of two with equal
 * claims it comes first: they may be two names of one node.
 * @returns The decision. Without candidates, no sentinel knows a primary that is up.
 */
export function decide(answers: readonly SentinelAnswer[], followed: Candidate | null): Decision {
  const voters = Math.max(0, ...answers.map(({ voters }) => voters));
  const known = answers.filter(({ primary }) => primary !== undefined);
  const newest = Math.max(followed?.epoch ?? -1, ...known.map(({ epoch }) => epoch));
  const groups = new Map<string, Group>();
  for (const answer of known) {
    if (answer.down !== undefined) continue;
    const primary = { ...answer.primary!, epoch: answer.epoch };
    const name = `${show(primary)} ${primary.epoch}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { primary, answers: [answer] });
    else group.answers.push(answer);
  }
  const eligible = [...groups.values()]
    .filter(({ primary, answers }) => primary.epoch >= newest || answers.length > voters / 2)
    .sort((a, b) =>
      b.primary.epoch - a.primary.epoch || b.answers.length - a.answers.length ||
      Number(isAt(b.primary, followed)) - Number(isAt(a.primary, followed))
    );
  const first = eligible[0]?.primary;
  // Those that see the primary down know its replicas as well.
  const winners = known.filter(({ primary, epoch }) =>
    first !== undefined && show(primary!) === show(first) && epoch === first.epoch
  );
  return {
    candidates: distinct(eligible.map(({ primary }) => primary)),
    // A sentinel that does not reach a replica has only its own reasons.
    replicas: distinct(winners.flatMap(({ replicas }) => replicas)),
    doubtful: distinct(winners.flatMap(({ doubtful }) => doubtful)),
  };
}

/** Whether two decisions are the same. */
export function agree(one: Decision, other: Decision): boolean {
  return namesIn(one) === namesIn(other);
}

function isAt(one: Endpoint, other: Endpoint | null): boolean {
  return other !== null && show(one) === show(other);
}

function namesIn({ candidates, replicas, doubtful }: Decision): string {
  const names = [
    candidates.map((each) => `${show(each)} ${each.epoch}`),
    replicas.map(show),
    doubtful.map(show),
  ];
  return names.map((each) => each.join()).join(";");
}

function distinct<E extends Endpoint>(endpoints: readonly E[]): E[] {
  return [...new Map(endpoints.toReversed().map((each) => [show(each), each])).values()]
    .toReversed();
}
