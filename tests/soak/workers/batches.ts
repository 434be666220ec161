/**
 * Batches: in order, blocking commands included, and nothing of one with an element that cannot be sent.
 *
 * @module
 */

import { REQUEST_TIMEOUT } from "../target.ts";
import type { Round } from "../round.ts";

/** Seconds that the blocking command waits at most. */
const BLOCK = 1;

/** One batch of one kind or another. */
export async function runBatches(round: Round): Promise<void> {
  const kind = round.random.integer(1, 3);
  if (kind === 1) await block(round);
  else if (kind === 2) await spread(round);
  else await refuse(round);
}

/** A list that is filled, popped by a blocking command, and read. */
async function block(round: Round): Promise<void> {
  const key = round.key();
  const budget = 2 * (BLOCK * 1000 + REQUEST_TIMEOUT);
  const elements = ["a", "b", "c"].map((name) => `${key}=${name}`);
  const { value } = await round.perform(
    "batch with BLPOP",
    "batch",
    budget,
    () =>
      round.context.client.batch((b) => [
        b.rpush(key, elements),
        b.blpop(key, BLOCK),
        b.lrange(key, 0, -1),
        b.rpush(key, "end"),
      ]),
  );
  const left = await round.read("LRANGE", (client) => client.lrange(key, 0, -1));
  await round.check("batches keep their order", (lossy) => {
    const states = [[], elements, elements.slice(1), [...elements.slice(1), "end"], ["end"]];
    // With the server's rollbacks, or with a failure in the middle, any state on the way is right.
    states.push([...elements, "end"]);
    const problems = value === undefined
      ? []
      : differences(value, [3, [key, elements[0]], elements.slice(1), 3]);
    if (value !== undefined && !lossy) problems.push(...differences(left, states[3]));
    if (!states.some((state) => same(state, left))) {
      problems.push(`the list holds ${JSON.stringify(left)}`);
    }
    return problems;
  });
  await round.clean(key);
}

/** Three commands that follow from each other, on each of several keys in several slots. */
async function spread(round: Round): Promise<void> {
  const tags = Array.from(
    { length: round.random.integer(1, 4) },
    () => round.random.pick(round.context.target.tags),
  );
  const keys = [...new Set(tags)].map((tag) => round.keyAt(tag));
  const budget = round.budget();
  const { value } = await round.perform(
    "batch",
    "batch",
    budget,
    () =>
      round.view(budget).batch((b) =>
        keys.flatMap((key) => [b.set(key, 1), b.incr(key), b.append(key, `,${key}`), b.get(key)])
      ),
  );
  if (value !== undefined) {
    const wanted = keys.flatMap((key) => ["OK", 2, key.length + 2, `2,${key}`]);
    await round.check(
      "batches keep their order",
      (lossy) => lossy ? [] : differences(value, wanted),
    );
  }
  for (const key of keys) await round.clean(key);
}

/** An element that cannot be sent: nothing is; or, where errors are values, all else is. */
async function refuse(round: Round): Promise<void> {
  const [a, b] = [round.key("a"), round.key("b")];
  const values = round.chance(50);
  const bad = round.chance(50) ? NaN : undefined as unknown as string;
  const outcome = await round.perform(
    "batch with a refused element",
    `batch, errors ${values ? "as values" : "reject"}`,
    REQUEST_TIMEOUT,
    (): Promise<unknown[]> =>
      values
        ? round.context.client.batch((t) => [t.set(a, "a"), t.set(b, bad), t.set(b, "b")], {
          errors: "values",
        })
        : round.context.client.batch((t) => [t.set(a, "a"), t.set(b, bad), t.set(b, "b")]),
  );
  const seen = await round.read("MGET", (client) => client.mget([a, b]));
  await round.check("refused elements reject", (lossy) => {
    if (!values) {
      const problems = differences(seen, [null, null]);
      if (outcome.fate === "acknowledged") problems.push("the batch was acknowledged");
      return problems;
    }
    const [first, second, third] = outcome.value ?? [];
    if (first !== "OK" || third !== "OK" || lossy) return [];
    return [
      ...second instanceof Error ? [] : [`the element that cannot be sent is ${second}`],
      ...differences(seen, ["a", "b"]),
    ];
  });
  await round.clean(a, b);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function differences(got: unknown, wanted: unknown): string[] {
  return same(got, wanted)
    ? []
    : [`got ${JSON.stringify(got)}, expected ${JSON.stringify(wanted)}`];
}
