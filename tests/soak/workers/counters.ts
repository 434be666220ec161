/**
 * Counters: what is executed twice shows in them.
 *
 * @module
 */

import { checkCounter, type Increment } from "../model.ts";
import type { Round } from "../round.ts";

/** INCRs of one key, not awaited: each once, and in order. */
export async function count(round: Round): Promise<void> {
  const { random } = round;
  const key = round.key();
  const hash = round.chance(30);
  const increments: Promise<Increment>[] = [];
  for (let i = random.integer(2, 25); i > 0; i--) {
    const n = increments.length;
    const budget = round.budget();
    const view = round.view(budget);
    increments.push(
      round.perform(
        hash ? "HINCRBY" : "INCR",
        `increment ${n}`,
        budget,
        async () => Number(await (hash ? view.hincrby(key, "n", 1) : view.incr(key))),
      ).then(({ fate, value }) => ({ fate, reply: value })),
    );
    if (round.chance(20)) await Promise.all(increments);
  }
  const done = await Promise.all(increments);
  const final = Number(
    await round.read("GET", (client) => hash ? client.hget(key, "n") : client.get(key)) ?? 0,
  );
  await round.check(
    "increments are executed once",
    (lossy) => checkCounter(done, final, { lossy, ordered: true }),
  );
  await round.clean(key);
}
