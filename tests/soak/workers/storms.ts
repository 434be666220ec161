/**
 * Crowds of reads: with one signal that is aborted, or each with a timeout of its own.
 *
 * @module
 */

import { Aborted } from "../fate.ts";
import { checkOwner } from "../model.ts";
import type { Round } from "../round.ts";

/** How many requests a crowd has at most. */
const CROWD = 200;
/** Milliseconds within which aborted requests settle. */
const AT_ONCE = 100;

/** GETs of keys whose values name them; replies must be those of their callers. */
export async function readInCrowds(round: Round): Promise<void> {
  const { random } = round;
  const { keys } = round.context.stable;
  const aborted = round.chance(40);
  const abort = new AbortController();
  const patience = random.integer(0, 20);
  const reads = Array.from({ length: random.integer(10, CROWD) }, async () => {
    const key = random.pick(keys);
    const budget = aborted ? 4000 : random.integer(1, 5000);
    const view = round.view(budget, aborted ? abort.signal : undefined);
    const due = aborted ? patience + AT_ONCE : budget;
    const { value } = await round.perform("GET", "GET", due, () => view.get(key));
    return value === undefined ? [] : checkOwner(key, value);
  });
  const timer = aborted ? setTimeout(() => abort.abort(new Aborted()), patience) : undefined;
  const problems = (await Promise.all(reads)).flat();
  clearTimeout(timer);
  await round.check("replies reach their callers", () => problems);
}
