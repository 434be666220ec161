/**
 * Commands on many keys, which a cluster client splits.
 *
 * @module
 */

import { ClusterError } from "../../../mod.ts";
import { fateOf } from "../fate.ts";
import { checkLastWrite, checkOwner, type Write } from "../model.ts";
import type { Round } from "../round.ts";

/** MSETs of keys in several slots, without awaiting one before the next; some contain a word that cannot be sent. */
export async function splitOverNodes(round: Round): Promise<void> {
  const { random } = round;
  const { tags } = round.context.target;
  const keys = [...new Set(Array.from({ length: 6 }, () => random.pick(tags)))]
    .map((tag) => round.keyAt(tag));
  const histories = new Map(keys.map((key): [string, Promise<Write>[]] => [key, []]));
  for (let n = 0, count = random.integer(1, 6); n < count; n++) {
    const budget = round.budget();
    const view = round.view(budget);
    const refused = round.chance(20);
    const entries = Object.fromEntries(keys.map((key) => [key, `${key}=${n}`]));
    if (refused) entries[random.pick(keys)] = undefined as unknown as string;
    const kind = refused ? "MSET with a refused word" : "MSET";
    const outcome = round.perform(kind, `${kind} ${n}`, budget, () => view.mset(entries));
    for (const key of keys) {
      histories.get(key)!.push(outcome.then(({ fate, error }): Write => {
        const value = `${key}=${n}`;
        if (refused) return { value, fate: "never" };
        const partial = error instanceof ClusterError ? error.partial : undefined;
        if (partial === undefined) return { value, fate };
        if (partial.applied.includes(key)) return { value, fate: "acknowledged" };
        const failed = partial.failed.find((part) => part.key === key);
        return { value, fate: failed === undefined ? "maybe" : fateOf(failed.error) ?? "maybe" };
      }));
    }
    if (round.chance(30)) await outcome;
  }
  const writes = await Promise.all(keys.map((key) => Promise.all(histories.get(key)!)));
  const seen = await round.read("MGET", (client) => client.mget(keys));
  await round.check(
    "replies reach their callers",
    () => keys.flatMap((key, i) => checkOwner(key, seen[i])),
  );
  await round.check(
    "the last acknowledged write wins",
    (lossy) =>
      keys.flatMap((key, i) =>
        checkLastWrite(writes[i], seen[i], lossy).map((problem) => `${key}: ${problem}`)
      ),
  );
  await round.clean(...keys);
}
