import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { drawChart } from "../../bench/peers/chart.ts";
import { ratioText, shortCount, threeDigits } from "../../bench/peers/number_text.ts";
import { parseOptions } from "../../bench/peers/options.ts";
import { report } from "../../bench/peers/report.ts";
import { readmeTables } from "../../bench/peers/readme_tables.ts";
import { type Measurement, Results } from "../../bench/peers/results.ts";
import { estimate } from "../../bench/peers/spread.ts";

const options = parseOptions(["--only", "ours,ioredis-deno,bun", "--workloads", "c100,tls-c100"])!;

const FIGURES: Omit<Measurement, "id" | "round"> = {
  workload: "c100",
  opsPerSec: 1000,
  p50Us: 100,
  p99Us: 250,
  cpuUsPerOp: 1000,
  rssMb: null,
};

/** Three rounds of c100: ours at 300k, ioredis at 100k. */
function resultsOfThreeRounds(): Results {
  const results = new Results();
  const add = (id: string, round: number, opsPerSec: number) =>
    results.add({
      id,
      workload: "c100",
      round,
      opsPerSec,
      p50Us: 100,
      p99Us: 250,
      cpuUsPerOp: 1.5,
      rssMb: null,
    });
  [310_000, 20, 300_000].forEach((ops, i) => add("ours", i + 1, ops));
  [100_000, 120_000, 90_000].forEach((ops, i) => add("ioredis-deno", i + 1, ops));
  results.addMiss({ id: "bun", workload: "c100", kind: "absent", reason: "No program" });
  return results;
}

Deno.test("Results.median() takes the middle of the rounds and leaves out what was not measured", () => {
  const results = resultsOfThreeRounds();
  assertEquals(results.median("ours", "c100", "opsPerSec"), 300_000);
  assertEquals(results.median("ours", "c100", "rssMb"), undefined);
  assertEquals(results.median("ours", "tls-c100", "opsPerSec"), undefined);
});

Deno.test("Results.median() takes no account of a client of which a round failed", () => {
  const results = resultsOfThreeRounds();
  results.addMiss({ id: "ours", workload: "c100", kind: "failed", reason: "Wrong value" });
  assertEquals(results.median("ours", "c100", "opsPerSec"), undefined);
});

Deno.test("Results.ratio() compares round by round", () => {
  const results = new Results();
  // The machine is ten times slower in one round and twice as fast in another: the ratio is 2 in all of them.
  [100, 10, 200, 100].forEach((speed, i) => {
    results.add({ ...FIGURES, id: "ours", round: i + 1, opsPerSec: 2 * speed });
    results.add({ ...FIGURES, id: "bun", round: i + 1, opsPerSec: speed });
  });
  results.add({ ...FIGURES, id: "bun", round: 5, opsPerSec: 77 });
  const ratio = results.ratio("bun", "c100", "opsPerSec")!;
  assertEquals(ratio, { median: 2, low: 2, high: 2, spread: 0, count: 4 });
  assertEquals(results.ratio("ours", "c100", "opsPerSec", "bun")?.median, 0.5);
  assertEquals(results.ratio("ioredis-deno", "c100", "opsPerSec"), undefined);
});

Deno.test("Results.isSteady() asks for a small spread of both verdicts, throughput and CPU time", () => {
  const resultsWith = (ops: number[], cpu: number[]) => {
    const results = new Results();
    ops.forEach((opsPerSec, i) => {
      results.add({ ...FIGURES, id: "ours", round: i });
      results.add({ ...FIGURES, id: "bun", round: i, opsPerSec, cpuUsPerOp: cpu[i] });
    });
    return results;
  };
  const steady = [1000, 1010, 990];
  const varying = [1000, 1300, 900];
  assertEquals(resultsWith(steady, steady).isSteady("bun", "c100"), true);
  assertEquals(resultsWith(varying, steady).isSteady("bun", "c100"), false);
  assertEquals(resultsWith(steady, varying).isSteady("bun", "c100"), false);
  assertEquals(resultsWith(steady.slice(1), steady).isSteady("bun", "c100"), false);
});

Deno.test("estimate() gives the median and the range of ranks around it", () => {
  assertEquals(estimate([]), undefined);
  assertEquals(estimate([3, 1])?.median, 2);
  assertEquals(estimate([3, 1])?.spread, Infinity);
  assertEquals(estimate([4, 5, 6]), { median: 5, low: 4, high: 6, spread: 0.2, count: 3 });
  const many = Array.from({ length: 15 }, (_, i) => (i * 7) % 15);
  assertEquals(estimate(many), { median: 7, low: 3, high: 11, spread: 4 / 7, count: 15 });
});

Deno.test("estimate() has the true median in its range at least nine times out of ten", () => {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  for (const count of [5, 8, 9, 11, 15]) {
    let hits = 0;
    for (let i = 0; i < 2000; i++) {
      const { low, high } = estimate(Array.from({ length: count }, random))!;
      if (low <= 0.5 && high >= 0.5) hits++;
    }
    assert(hits > 1800 && hits < 1980, `${hits} of 2000 with ${count} readings`);
  }
});

Deno.test("readmeTables() has a row for each workload, and the widest spread of each", () => {
  const [setting, throughput, cpu] = readmeTables(resultsOfThreeRounds(), options, [
    "Made in a test",
  ])
    .split("\n\n**");
  assertEquals(setting.split("\n")[0], "Made in a test.");
  assertStringIncludes(throughput, "| c100     | 300k |   ~3.1× |   – | 54% |");
  assertStringIncludes(throughput, "| tls-c100 |    – |       – |   – |   – |");
  assertStringIncludes(cpu, "| c100     | 1.50 |   1.00× |   – | 0% |");
});

Deno.test("ours on Node is compared with others on Node, and is not in the chart", () => {
  const both = parseOptions([
    "--only",
    "ours,ours-node,ioredis-deno,ioredis-node",
    "--workloads",
    "c100",
  ])!;
  const results = resultsOfThreeRounds();
  for (const round of [1, 2, 3]) {
    results.add({ ...FIGURES, id: "ours-node", round, opsPerSec: 400_000 });
    results.add({ ...FIGURES, id: "ioredis-node", round, opsPerSec: 80_000 });
  }
  const [, , , onNode] = readmeTables(results, both, []).split("\n\n**");
  assertStringIncludes(onNode, "Ours ÷ theirs on Node. Requests per second");
  assertStringIncludes(onNode, "| c100 | 400k |    5.0× | 0% |");
  assertStringIncludes(drawChart(results, both, []), ">300k</text>");
  assertEquals(drawChart(results, both, []).includes(">400k"), false);
});

Deno.test("--only takes a whole id before the beginnings of ids", () => {
  const ids = (only: string) => parseOptions(["--only", only])!.contestants.map(({ id }) => id);
  assertEquals(ids("ours"), ["ours"]);
  assertEquals(ids("ours-bun,ioredis-auto"), [
    "ours-bun",
    "ioredis-auto-deno",
    "ioredis-auto-node",
  ]);
});

Deno.test("report() has figures and ratios, and says who is absent and why", () => {
  const text = report(resultsOfThreeRounds(), options, ["Made in a test"]);
  assertStringIncludes(text, "Made in a test");
  assertStringIncludes(text, "100k (~3.1× ±54%)");
  assertStringIncludes(text, "1.50 (1.00× ±0%)");
  assertStringIncludes(text, "1 of 1 pairs have one");
  assertStringIncludes(text, "100 / 250");
  assertStringIncludes(text, "absent");
  assertStringIncludes(text, "- c100: Bun, absent: No program");
});

Deno.test("drawChart() writes our ratio on the bars of the others", () => {
  const chart = drawChart(resultsOfThreeRounds(), options, ["Valkey & <others>"]);
  assertStringIncludes(chart, ">300k</text>");
  assertStringIncludes(chart, ">100k · 3.1×</text>");
  assertStringIncludes(chart, "Valkey &amp; &lt;others>");
});

Deno.test("shortCount(), threeDigits() and ratioText() keep the digits that matter", () => {
  assertEquals(
    [0, 870, 999.6, 12_345, 99_960, 358_400, 999_600, 1_968_000].map(shortCount),
    ["0", "870", "1.0k", "12.3k", "100k", "358k", "1.00M", "1.97M"],
  );
  assertEquals([0.1234, 1.234, 12.34, 123.4].map(threeDigits), ["0.123", "1.23", "12.3", "123"]);
  assertEquals([0.5, 1.994, 2.04, 9.96, 17.2].map(ratioText), [
    "0.50×",
    "1.99×",
    "2.0×",
    "10×",
    "17×",
  ]);
});
