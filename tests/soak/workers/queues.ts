/**
 * Producers and consumers of a list: no element is lost, none is taken twice.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { Aborted } from "../fate.ts";
import { checkQueue, type Write } from "../model.ts";
import type { Outcome } from "../recorder.ts";
import { REQUEST_TIMEOUT } from "../target.ts";
import type { Round } from "../round.ts";

/** How long consumers may need to empty the list when all is well, in milliseconds. */
const DRAIN = 8000;

/** Milliseconds within which the client reads a reply that has arrived, on a busy machine. */
const READ = 100;

/** When a push was called, and when it settled. */
interface PushTime {
  readonly start: number;
  end: number;
}

/** RPUSH on one side, BLPOP with and without a timeout on the other; some are aborted. */
export async function produceAndConsume(round: Round): Promise<void> {
  const { random } = round;
  const key = round.key();
  const stop = new AbortController();
  const times: PushTime[] = [];
  const consumers = Array.from(
    { length: random.integer(1, 2) },
    () => consume(round, key, stop, times),
  );
  const pushes: Promise<Write>[] = [];
  for (let burst = random.integer(1, 4); burst > 0; burst--) {
    for (let i = random.integer(1, 8); i > 0; i--) {
      const n = pushes.length;
      const value = `${key}=${n}`;
      const time: PushTime = { start: performance.now(), end: Infinity };
      times.push(time);
      pushes.push(
        round.perform(
          "RPUSH",
          `push ${n}`,
          REQUEST_TIMEOUT,
          () => round.context.client.rpush(key, value),
        ).then(({ fate, end }) => {
          time.end = end;
          return { value, fate };
        }),
      );
    }
    await delay(random.integer(0, 300));
  }
  const pushed = await Promise.all(pushes);
  await drain(round, key);
  stop.abort();
  const taken = await Promise.all(consumers);
  const left = await round.read("LRANGE", (client) => client.lrange(key, 0, -1));
  const record = {
    pushed,
    popped: taken.map(({ elements }) => elements),
    uncertainPops: taken.reduce((sum, { uncertain }) => sum + uncertain, 0),
    left,
  };
  await round.check(
    "queues lose nothing and give nothing twice",
    (lossy, order) => checkQueue(record, lossy, order),
  );
  await round.clean(key);
}

/** Waits until the list is empty; a consumer that waits on a dead connection would leave it as it is. */
async function drain(round: Round, key: string): Promise<void> {
  const { recorder } = round.context;
  const start = performance.now();
  while (await round.read("LLEN", (client) => client.llen(key)) > 0) {
    const now = performance.now();
    const { names } = recorder.faultsDuring(now - DRAIN);
    if (now - start > DRAIN && names.length === 0) {
      recorder.violate("blocked commands end with their node", round.name, [
        `the list has had elements for ${Math.round(now - start)} ms, and no consumer takes them`,
      ], { start: round.started });
      return;
    }
    // Faults may go on for ever; consumers are then aborted with elements left, which is all right.
    if (now - start > 3 * DRAIN) return;
    await delay(30);
  }
}

async function consume(
  round: Round,
  key: string,
  stop: AbortController,
  pushes: readonly PushTime[],
): Promise<{ elements: string[]; uncertain: number }> {
  const { random } = round;
  const elements: string[] = [];
  let uncertain = 0;
  while (!stop.signal.aborted) {
    const seconds = round.chance(30) ? 0 : random.integer(5, 60) / 100;
    const abort = new AbortController();
    const end = () => abort.abort(new Aborted());
    stop.signal.addEventListener("abort", end);
    const timer = round.chance(25) ? setTimeout(end, random.integer(1, 300)) : undefined;
    const budget = seconds === 0 ? Infinity : 2 * (seconds * 1000 + REQUEST_TIMEOUT);
    const outcome = await round.perform(
      "BLPOP",
      `BLPOP ${seconds}`,
      budget,
      () => round.context.client.with({ signal: abort.signal }).blpop(key, seconds),
    );
    clearTimeout(timer);
    stop.signal.removeEventListener("abort", end);
    if (outcome.value) elements.push(outcome.value[1]);
    else if (mayHaveTaken(round, outcome, pushes)) uncertain++;
    if ("error" in outcome) await delay(10);
  }
  return { elements, uncertain };
}

/**
 * Whether a pop may have taken an element to nobody. One that was aborted on a sound connection must not take what is
 * pushed afterwards; but its reply may have been on its way, with the element of a push that was called before.
 */
function mayHaveTaken(
  round: Round,
  { fate, error, start, end }: Outcome<unknown>,
  pushes: readonly PushTime[],
): boolean {
  if (fate !== "maybe") return false;
  if (!(error instanceof Aborted)) return true;
  if (pushes.some((push) => push.start <= end && push.end >= end - READ)) return true;
  return round.context.recorder.faultsDuring(start, end).names.length > 0;
}
