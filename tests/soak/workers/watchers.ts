/**
 * Increments by WATCH: no lost update.
 *
 * @module
 */

import { checkCounter, type Increment } from "../model.ts";
import type { Round } from "../round.ts";
import { REQUEST_TIMEOUT } from "../target.ts";

/** How long a watch with all its attempts may take, in milliseconds. */
const WHOLE = 15_000;

/** Several callers who increment one key by reading and writing it. */
export async function watchAndIncrement(round: Round): Promise<void> {
  const { random } = round;
  const key = round.key();
  const callers = Array.from({ length: random.integer(1, 4) }, async (_, caller) => {
    const increments: Increment[] = [];
    for (let i = random.integer(1, 3); i > 0; i--) {
      const budget = round.budget();
      const label = `watch ${i} of caller ${caller}`;
      const { fate, value } = await round.perform(
        "WATCH",
        label,
        WHOLE,
        () =>
          round.view(budget).watch(key, async (session) => {
            const n = Number(await session.get(key) ?? 0) + 1;
            await session.transaction((t) => [t.set(key, n)]);
            return n;
          }, { retries: 30 }),
        { fails: budget < REQUEST_TIMEOUT },
      );
      increments.push({ fate, reply: value });
    }
    return increments;
  });
  const increments = (await Promise.all(callers)).flat();
  const final = Number(await round.read("GET", (client) => client.get(key)) ?? 0);
  await round.check(
    "watched increments are not lost",
    (lossy) => checkCounter(increments, final, { lossy }),
  );
  await round.clean(key);
}
