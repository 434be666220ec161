/**
 * Transactions: all of one, or nothing.
 *
 * @module
 */

import type { Batch } from "../../../lib/client/batch.ts";
import { checkCounter, checkLastWrite, checkTogether, type Write } from "../model.ts";
import type { Round } from "../round.ts";

type Refused = (transaction: Batch<string, "one">, key: string) => Promise<unknown>;

/** Elements that the client refuses. */
const REFUSED: readonly Refused[] = [
  (t, key) => t.set(key, undefined as unknown as string),
  (t, key) => t.set(key, NaN),
  (t) => t.del([]),
  (t) => t.customCommand(["SUBSCRIBE", "channel"]),
  (t, key) => t.rpush(key, []),
];

/** Two keys that get the same value, and a counter of how often; some transactions contain what cannot be sent. */
export async function changeTogether(round: Round): Promise<void> {
  const { random } = round;
  const [a, b, counter] = ["a", "b", "n"].map((suffix) => round.key(suffix));
  const done: Promise<Write & { reply?: number }>[] = [];
  const looks: Promise<void>[] = [];
  for (let i = random.integer(2, 10); i > 0; i--) {
    const n = done.length;
    const budget = round.budget();
    const view = round.view(budget);
    const value = `${a}=${n}`;
    const refused = round.chance(25) ? random.pick(REFUSED) : undefined;
    done.push(
      round.perform(
        refused ? "MULTI with a refused element" : "MULTI",
        `${refused ? "refused " : ""}transaction ${n}`,
        budget,
        () =>
          view.transaction((t) => [
            t.set(a, value),
            t.incr(counter),
            ...(refused ? [refused(t, b)] : []),
            t.set(b, value),
          ]),
      ).then(({ fate, value: reply }) => {
        if (refused === undefined) {
          return { value, fate, reply: reply ? Number(reply[1]) : undefined };
        }
        if (fate === "acknowledged") {
          round.context.recorder.violate("refused elements reject", round.name, [
            `transaction ${n} with an element that cannot be sent was acknowledged`,
          ]);
        }
        return { value, fate: "never" as const };
      }),
    );
    if (round.chance(40)) looks.push(look(round, a, b));
    if (round.chance(40)) await Promise.all(done);
  }
  const writes = await Promise.all(done);
  await Promise.all(looks);
  const [seenA, seenB, count] = await round.read("MGET", (client) => client.mget([a, b, counter]));
  await round.check("transactions are all or nothing", () => checkTogether([seenA, seenB]));
  await round.check(
    "transactions are all or nothing",
    (lossy) => checkLastWrite(writes, seenA, lossy),
  );
  await round.check(
    "transactions are executed once",
    (lossy) => checkCounter(writes, Number(count ?? 0), { lossy, ordered: true }),
  );
  await round.clean(a, b, counter);
}

async function look(round: Round, a: string, b: string): Promise<void> {
  const budget = round.budget();
  const { value } = await round.perform(
    "MGET",
    "look at both",
    budget,
    () => round.view(budget).mget([a, b]),
  );
  if (value !== undefined) {
    await round.check("transactions are all or nothing", () => checkTogether(value));
  }
}
