import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { until } from "../../../lib/testing/_poll.ts";
import { audit } from "./audit.ts";
import { type Outcome, Traffic } from "./traffic.ts";
import { figuresOf, longestGap } from "./traffic_figures.ts";

const ok = (n: number, sent: number, settled: number, tries = 1): Outcome => {
  return { n, sent, settled, tries };
};
const failed = (n: number, sent: number, settled: number): Outcome => {
  return { n, sent, settled, tries: 3, error: new RangeError("No luck") };
};

Deno.test("Traffic keeps its pace while nothing is answered, and waits for all in the end", async () => {
  const answers: (() => void)[] = [];
  const started = performance.now();
  await using traffic = new Traffic({
    requestsPerSecond: 1000,
    request: () => new Promise<void>((resolve) => answers.push(resolve)),
    mayRepeat: () => false,
  });
  await until("some requests were made", () => Promise.resolve(traffic.made >= 50));
  const due = performance.now() - started;
  assert(traffic.made <= due, `${traffic.made} requests in ${due} ms`);
  assertEquals([traffic.waiting, answers.length], [traffic.made, traffic.made]);
  const stopped = traffic.stop();
  for (const answer of answers) answer();
  const outcomes = await stopped;
  assertEquals(outcomes.map(({ n }) => n), outcomes.map((_, i) => i));
  assertEquals([traffic.made, traffic.waiting], [outcomes.length, 0]);
  assert(outcomes.every(({ error, tries, sent, settled }) => {
    return error === undefined && tries === 1 && sent <= settled;
  }));
});

Deno.test("Traffic makes a request again where that does no harm, and gives others up", async () => {
  const calls: number[] = [];
  await using traffic = new Traffic({
    requestsPerSecond: 1000,
    request: async (n) => {
      calls[n] = (calls[n] ?? 0) + 1;
      await delay(1);
      if (n === 1 && calls[n] < 3) throw new RangeError("Again");
      if (n === 2) throw new RangeError("For ever");
      if (n === 3) throw new TypeError("Never");
    },
    mayRepeat: (error) => error instanceof RangeError,
  });
  await until("the requests were made", () => Promise.resolve(traffic.made >= 4));
  const outcomes = (await traffic.stop()).sort((a, b) => a.n - b.n);
  assertEquals(outcomes.slice(0, 4).map(({ tries, error }) => [tries, String(error)]), [
    [1, "undefined"],
    [3, "undefined"],
    [10, "RangeError: For ever"],
    [1, "TypeError: Never"],
  ]);
  assertEquals(calls.slice(0, 4), [1, 3, 10, 1]);
});

Deno.test("figuresOf() puts each request in one place", () => {
  const figures = figuresOf([
    ok(0, 0, 99),
    ok(1, 0, 100),
    ok(2, 0, 700, 2),
    failed(3, 0, 900),
    failed(4, 0, 900),
  ]);
  assertEquals(figures, {
    requests: 5,
    atOnce: 1,
    held: 1,
    repeated: 1,
    failed: 2,
    slowest: 700,
    reasons: new Map([["RangeError: No luck", 2]]),
  });
});

Deno.test("longestGap() counts answers only, and both ends", () => {
  assertEquals(longestGap([ok(0, 0, 10), ok(2, 11, 40), ok(1, 5, 20)]), {
    length: 20,
    begin: 20,
    end: 40,
  });
  assertEquals(longestGap([ok(0, 0, 10), failed(1, 5, 500)]), { length: 490, begin: 10, end: 500 });
  assertEquals(longestGap([ok(0, 100, 130), ok(1, 101, 131)]), {
    length: 30,
    begin: 100,
    end: 130,
  });
});

Deno.test("audit() forgives what a primary had acknowledged just before it died, and nothing else", async () => {
  const stored = new Map([[0, "value 0"], [1, "another"], [5, "value 5"]]);
  const found = await audit({
    byDead: ({ n }) => n !== 7,
    lastAnswer: 5000,
    read: (n) => Promise.resolve(stored.get(n) ?? null),
    valueOf: (n) => `value ${n}`,
    outcomes: [
      ok(0, 0, 10),
      ok(1, 0, 10), // wrong
      ok(2, 0, 5000), // died with the primary
      ok(3, 0, 3999), // too long ago for that
      ok(4, 0, 5001), // acknowledged by somebody else
      failed(5, 0, 10), // never acknowledged, but written
      failed(6, 0, 10),
      ok(7, 0, 4999), // acknowledged by a primary that lives
    ],
  });
  assertEquals(found, {
    acknowledged: 6,
    readable: 1,
    lostWithPrimary: 1,
    missing: 3,
    wrong: 1,
  });
});
