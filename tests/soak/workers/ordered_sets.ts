/**
 * Writes that overwrite each other, without awaiting one before the next.
 *
 * @module
 */

import { checkLastWrite, type Write } from "../model.ts";
import { Aborted } from "../fate.ts";
import type { Round } from "../round.ts";

/** SETs of one key; the last acknowledged one wins. */
export async function setInOrder(round: Round): Promise<void> {
  const { random } = round;
  const key = round.key();
  const writes: Promise<Write>[] = [];
  const timers: ReturnType<typeof setTimeout>[] = [];
  for (let burst = random.integer(1, 3); burst > 0; burst--) {
    const own = round.budget();
    const abort = new AbortController();
    const signal = round.chance(10) ? abort.signal : undefined;
    for (let i = random.integer(1, 15); i > 0; i--) {
      const n = writes.length;
      const budget = round.chance(80) ? own : round.budget();
      const value = `${key}=${n}`;
      const view = round.view(budget, signal);
      writes.push(
        round.perform("SET", `SET ${n}`, budget, () => view.set(key, value))
          .then(({ fate }) => ({ value, fate })),
      );
    }
    if (signal !== undefined) {
      timers.push(setTimeout(() => abort.abort(new Aborted()), random.integer(0, 5)));
    }
    if (round.chance(50)) await Promise.all(writes);
  }
  const done = await Promise.all(writes);
  for (const timer of timers) clearTimeout(timer);
  const seen = await round.read("GET", (client) => client.get(key));
  await round.check(
    "the last acknowledged write wins",
    (lossy, order) => checkLastWrite(done, seen, lossy, order),
  );
  await round.clean(key);
}
