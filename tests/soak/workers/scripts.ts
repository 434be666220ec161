/**
 * Scripts that write and then answer an error of their own.
 *
 * @module
 */

import { script, ServerError } from "../../../mod.ts";
import { checkCounter, type Increment } from "../model.ts";
import type { Round } from "../round.ts";

/** A host that is nowhere; it marks errors of the script. */
const MARK = "own.invalid";

/** Errors that look like those of servers which have executed nothing. */
const OWN_ERRORS = [
  ...[`MOVED 3300 ${MARK}:1`, `ASK 3300 ${MARK}:1`, `LOADING ${MARK}`, `READONLY ${MARK}`],
  ...[`TRYAGAIN ${MARK}`, `CLUSTERDOWN ${MARK}`, `MASTERDOWN ${MARK}`, `UNBLOCKED ${MARK}`],
  ...[`BUSY ${MARK}`, `NOSCRIPT ${MARK}`, `MINE ${MARK}`],
];

const SOURCE = `
  redis.call("INCR", KEYS[1])
  if ARGV[1] == "" then return redis.call("GET", KEYS[1]) end
  return redis.error_reply(ARGV[1])
`;
const BY_DIGEST = script(SOURCE);

/** EVALs that increment, and answer the value or an error of their own: each is executed once. */
export async function runScripts(round: Round): Promise<void> {
  const { random } = round;
  const key = round.key();
  const increments: Increment[] = [];
  for (let i = random.integer(1, 6); i > 0; i--) {
    const error = round.chance(60) ? random.pick(OWN_ERRORS) : "";
    // By digest NOSCRIPT is an answer to look into, not one of the script.
    const digest = round.chance(40) && !error.startsWith("NOSCRIPT");
    const budget = round.budget();
    const view = round.view(budget);
    const call = { keys: [key], args: [error] };
    const outcome = await round.perform(
      digest ? "EVALSHA" : "EVAL",
      `script ${increments.length}, ${error || "no error"}`,
      // By digest there may be two requests.
      digest ? 2 * budget : budget,
      () => digest ? view.run(BY_DIGEST, call) : view.eval(SOURCE, call),
    );
    const own = outcome.error instanceof ServerError && outcome.error.message.includes(MARK);
    increments.push({
      fate: own ? "acknowledged" : outcome.fate,
      reply: outcome.value === undefined ? undefined : Number(outcome.value),
    });
    if (error !== "" && outcome.fate === "acknowledged") {
      round.context.recorder.violate("errors of scripts reach the caller", round.name, [
        `the script answered ${error}, and the caller got ${outcome.value}`,
      ]);
    }
  }
  const final = Number(await round.read("GET", (client) => client.get(key)) ?? 0);
  await round.check(
    "scripts are executed once",
    (lossy) => checkCounter(increments, final, { lossy, ordered: true }),
  );
  await round.clean(key);
}
