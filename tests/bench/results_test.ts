import { assertEquals, assertStringIncludes } from "@std/assert";
import { drawChart } from "../../bench/peers/chart.ts";
import { ratioText, shortCount, threeDigits } from "../../bench/peers/number_text.ts";
import { parseOptions } from "../../bench/peers/options.ts";
import { report } from "../../bench/peers/report.ts";
import { Results } from "../../bench/peers/results.ts";

const options = parseOptions(["--only", "ours,ioredis-deno,bun", "--workloads", "c100,tls-c100"])!;

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

Deno.test("Results.ratio() is ours divided by theirs", () => {
  assertEquals(resultsOfThreeRounds().ratio("ioredis-deno", "c100"), 3);
  assertEquals(resultsOfThreeRounds().ratio("bun", "c100"), undefined);
});

Deno.test("report() has figures and ratios, and says who is absent and why", () => {
  const text = report(resultsOfThreeRounds(), options, ["Made in a test"]);
  assertStringIncludes(text, "Made in a test");
  assertStringIncludes(text, "100k (3.0×)");
  assertStringIncludes(text, "100 / 250");
  assertStringIncludes(text, "absent");
  assertStringIncludes(text, "- c100: Bun, absent: No program");
});

Deno.test("drawChart() writes our ratio on the bars of the others", () => {
  const chart = drawChart(resultsOfThreeRounds(), options, ["Valkey & <others>"]);
  assertStringIncludes(chart, ">300k</text>");
  assertStringIncludes(chart, ">100k · 3.0×</text>");
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
