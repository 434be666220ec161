import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { SentinelAnswer } from "../../standalone/sentinel_answer.ts";
import { Round } from "../../standalone/sentinel_round.ts";

const answer = (id?: string) => ({ id }) as SentinelAnswer;

/** A round, and how many answers there were at each decision. */
function begin(known: number, asked = known): { round: Round; decisions: number[] } {
  const decisions: number[] = [];
  const onAnswers = (answers: readonly SentinelAnswer[]) => void decisions.push(answers.length);
  return { round: new Round({ known, asked, onAnswers }), decisions };
}

Deno.test("Round is decided by a majority at once, and tells of each later answer", async () => {
  const { round, decisions } = begin(5);
  round.hear(answer("a"));
  round.hear(undefined);
  round.hear(answer("b"));
  assertEquals(decisions, []);
  round.hear(answer("c"));
  assertEquals(decisions, [3]);
  await round.decided;
  round.hear(answer("d"));
  assertEquals(decisions, [3, 4]);
  await round.over;
});

Deno.test("Round is decided 100 ms after the first answer", () => {
  using time = new FakeTime();
  const { round, decisions } = begin(3);
  time.tick(500);
  round.hear(answer("a"));
  time.tick(99);
  assertEquals(decisions, []);
  time.tick(1);
  assertEquals(decisions, [1]);
});

Deno.test("Round is decided when all that were asked have answered or failed", async () => {
  const { round, decisions } = begin(5, 2);
  round.hear(undefined);
  round.hear(answer());
  assertEquals(decisions, [1]);
  await round.over;
  const failed = begin(2);
  failed.round.hear(undefined);
  failed.round.hear(undefined);
  assertEquals(failed.decisions, [0]);
  await failed.round.decided;
});

Deno.test("Round counts a sentinel once that is known by two addresses", () => {
  const { round, decisions } = begin(3);
  round.hear(answer("a"));
  round.hear(answer("a"));
  assertEquals(decisions, []);
  round.cancel();
});

Deno.test("Round that is cancelled decides nothing", async () => {
  using time = new FakeTime();
  const { round, decisions } = begin(3);
  round.hear(answer("a"));
  round.cancel();
  time.tick(1000);
  assertEquals(decisions, []);
  await Promise.all([round.decided, round.over]);
});
