/**
 * A client that is asked for more than its limit of requests in flight.
 *
 * @module
 */

import { OverloadError } from "../../../mod.ts";
import { checkLastWrite } from "../model.ts";
import { REQUEST_TIMEOUT } from "../target.ts";
import type { Round } from "../round.ts";

/** Requests in flight that the client of this worker admits. */
export const LIMIT = 50;

/** SETs beyond the limit, and transactions that are refused in between: the limit stays what it is. */
export async function exceedLimit(round: Round): Promise<void> {
  const { random } = round;
  const { client, target } = round.context;
  const key = round.key();
  const tags = [...target.tags];
  const crossing = Array.from(
    { length: random.integer(0, 3) },
    () =>
      round.perform(
        "MULTI over slots",
        "transaction over slots",
        REQUEST_TIMEOUT,
        () => client.transaction((t) => tags.map((tag) => t.exists(round.keyAt(tag)))),
        { fails: true },
      ),
  );
  await Promise.all(crossing);
  const writes = Array.from({ length: random.integer(LIMIT - 10, 2 * LIMIT) }, async (_, n) => {
    const value = `${key}=${n}`;
    const outcome = await round.perform(
      "SET beyond the limit",
      `SET ${n}`,
      REQUEST_TIMEOUT,
      () => client.set(key, value),
    );
    return { value, fate: outcome.fate, refused: outcome.error instanceof OverloadError };
  });
  const done = await Promise.all(writes);
  const admitted = done.filter(({ refused }) => !refused).length;
  await round.check(
    "the limit of requests in flight is kept",
    () =>
      admitted === Math.min(LIMIT, done.length) ? [] : [
        `${admitted} of ${done.length} requests were admitted at once, with a limit of ${LIMIT}`,
      ],
  );
  const seen = await round.read("GET", (own) => own.get(key));
  await round.check(
    "the last acknowledged write wins",
    (lossy) => checkLastWrite(done, seen, lossy),
  );
  await round.clean(key);
}
