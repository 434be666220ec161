import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { judgeCluster, playCluster } from "./demo/cluster.ts";
import { allHeld, printReport } from "./demo/report.ts";
import type { Scale, Stage, Verdict } from "./demo/scene.ts";
import { judgeSentinel, playSentinel } from "./demo/sentinel.ts";
import { judgeStandalone, playStandalone } from "./demo/standalone.ts";
import { Terminal } from "./demo/terminal.ts";
import { until } from "../../lib/testing/_poll.ts";

const SMALL: Scale = {
  products: 400,
  slotStep: 64,
  requestsPerSecond: 400,
  calm: 300,
  hesitation: 150,
  movedSlots: 192,
};

/** A stage whose text can be read afterwards. */
function smallStage(): { stage: Stage; text(): string } {
  let text = "";
  const terminal = new Terminal({
    write: (more) => void (text += more),
    live: false,
    colour: false,
    columns: () => 80,
  });
  return { stage: { terminal, scale: SMALL }, text: () => text };
}

function reportOf(verdicts: readonly Verdict[]): string {
  const { stage, text } = smallStage();
  printReport(stage.terminal, verdicts, 1234);
  return text();
}

/** Claims that do not hold. */
function broken(verdicts: readonly Verdict[]): string[] {
  return verdicts.flatMap(({ checks }) => checks).filter(({ held }) => !held).map(({ claim }) =>
    claim
  );
}

Deno.test("the standalone part measures what it says, and notices whatever is wrong", async () => {
  const { stage, text } = smallStage();
  const figures = await playStandalone(stage);
  const verdicts = judgeStandalone(figures);
  assertEquals(broken(verdicts), []);
  assert(allHeld(verdicts));

  const { load, replicas, cached, security, promotion } = figures;
  assertEquals([load.products, load.requests, load.keys.found], [400, 2000, 400 + 8 * 3 + 1]);
  assertEquals([load.replicas, load.groups], [2, 16]);
  assertEquals([replicas.reads, replicas.primary, replicas.replicas], [400, 0, [200, 200]]);
  assertEquals(security.attempts.map(({ outcome }) => outcome), [
    ...["ok", "ok", "NOPERM", "NOPERM", "NOPERM", "WRONGPASS"],
    ...["ConnectionError", "ConnectionError"],
  ]);
  const { traffic, audit, gap, hesitation } = promotion;
  assertEquals(traffic.atOnce + traffic.held + traffic.repeated, traffic.requests);
  assert(traffic.held > 0, "nothing had to wait");
  assertEquals(audit.acknowledged, traffic.requests);
  assert(hesitation >= SMALL.hesitation && gap >= hesitation - 20, `${gap} of ${hesitation} ms`);

  assert(!text().includes("\x1b"), "control characters where nobody looks");
  const report = reportOf(verdicts);
  assertMatch(report, /Products +400\n/);
  assertMatch(report, /Answered by each replica +200, 200\n/);
  assertMatch(report, /Attempts that ended as expected +8 of 8\n/);
  assertMatch(report, /Orders +([\d,]+) made, \1 succeeded, 0 failed\n/);
  assertMatch(report, /All 15 checks held, in 1.23 s\n$/);

  const wrong: Partial<typeof figures>[] = [
    { load: { ...load, keys: { wanted: 2, found: 1 } } },
    { load: { ...load, wrongGroups: 1 } },
    { load: { ...load, cheapestRight: false } },
    { load: { ...load, replicas: 1 } },
    { replicas: { ...replicas, wrong: 1 } },
    { replicas: { ...replicas, primary: 1 } },
    { replicas: { ...replicas, replicas: [199, 201] } },
    { cached: { ...cached, wrong: 1 } },
    { cached: { ...cached, asked: 1 } },
    { cached: { ...cached, notice: 2001 } },
    { security: { attempts: [{ what: "entry", expected: "NOPERM", outcome: "ok" }] } },
    { promotion: { ...promotion, traffic: { ...traffic, failed: 1 } } },
    { promotion: { ...promotion, audit: { ...audit, missing: 1 } } },
    { promotion: { ...promotion, audit: { ...audit, wrong: 1 } } },
    { promotion: { ...promotion, wrongProducts: { primary: 0, replica: 1 } } },
    { promotion: { ...promotion, readFromBoth: false } },
  ];
  for (const change of wrong) {
    const changed = judgeStandalone({ ...figures, ...change });
    assertEquals(broken(changed).length, 1, JSON.stringify(change));
    assertStringIncludes(reportOf(changed), "1 check of 15 did not hold");
  }
});

Deno.test("the Sentinel part measures what it says, and notices whatever is wrong", async () => {
  const { stage } = smallStage();
  const figures = await playSentinel(stage);
  assertEquals(broken(judgeSentinel(figures)), []);
  const { traffic, audit, gap, decision } = figures;
  assertEquals(audit.acknowledged, traffic.requests);
  assert(traffic.held > 0 && decision > 500 && gap > 500, `${gap} ms, ${decision} ms`);
  const wrong: Partial<typeof figures>[] = [
    { traffic: { ...traffic, failed: 1 } },
    { recovery: 301 },
    { audit: { ...audit, missing: 1 } },
    { audit: { ...audit, wrong: 1 } },
  ];
  for (const change of wrong) {
    assertEquals(broken(judgeSentinel({ ...figures, ...change })).length, 1);
  }
});

Deno.test("the cluster part measures what it says, and notices whatever is wrong", async () => {
  const { stage, text } = smallStage();
  const figures = await playCluster(stage);
  const verdicts = judgeCluster(figures);
  assertEquals(broken(verdicts), []);
  assert(allHeld(verdicts));

  const { load, commands, replicas, kill, subscribe, move } = figures;
  assertEquals(load.records, 256);
  assertEquals(load.shards.map(({ slots }) => slots), [5461, 5462, 5461]);
  assertEquals(load.shards.map(({ keys }) => keys), [86, 85, 85]);
  assertEquals(commands.calls.map(({ what, shards }) => [what.split(" ")[0], shards]), [
    ...[["MSET", 3], ["MGET", 3], ["EXISTS", 3], ["DBSIZE", 3], ["DEL", 3], ["KEYS", 3]],
  ]);
  assertEquals(replicas.shards.map((shard) => shard.replicas), [86, 85, 85]);
  const { traffic, audit, gap } = kill;
  assertEquals(traffic.atOnce + traffic.held + traffic.repeated, traffic.requests);
  assertEquals(audit.acknowledged, traffic.requests);
  assert(traffic.held > 0, "nothing had to wait");
  assert(gap.shard > gap.others, `${gap.shard} ms, and ${gap.others} ms elsewhere`);
  assert(gap.shard > 1000, "nodes do not give each other up that soon");
  assert(subscribe.messages.received > 0 && subscribe.gaps.count >= 2);
  assert(subscribe.inGaps > 0, "nothing was lost, which is no test of gaps");
  assertEquals(move.slots, { moved: 192, gained: 192 });
  assert((move.redirections.get("MOVED") ?? 0) > 0, "nothing was redirected");

  assertMatch(text(), /\n {6}0 A{64}\n/);
  assertMatch(text(), / 3 +[\d.]+ (ms|s) +301 values in order, one of them null\n/);
  const report = reportOf(verdicts);
  assertMatch(report, /Keys by shard +86, 85, 85\n/);
  assertMatch(report, /Writes +([\d,]+) made, \1 succeeded, 0 failed\n/);
  assertMatch(report, /Redirected by the servers +\d+ MOVED/);
  assertMatch(report, /Slots moved +192 in /);
  assertMatch(report, /Gaps that were told +\d+, the longest /);
  assertMatch(report, /All 16 checks held/);

  const [call, ...calls] = commands.calls;
  const wrong: Partial<typeof figures>[] = [
    { load: { ...load, wantedKeys: [85, 86, 85] } },
    { load: { ...load, replicas: 0 } },
    { commands: { ...commands, calls: [{ ...call, right: false }, ...calls] } },
    { commands: { ...commands, calls: [{ ...call, shards: 2 }, ...calls] } },
    {
      commands: { ...commands, unsplittable: { refused: false, acceptedWithTag: true } },
    },
    { replicas: { ...replicas, wrong: 1 } },
    { replicas: { ...replicas, shards: [{ primary: 1, replicas: 85, wanted: 86 }] } },
    { kill: { ...kill, traffic: { ...traffic, failed: 1 } } },
    { kill: { ...kill, audit: { ...audit, missing: 1 } } },
    { kill: { ...kill, audit: { ...audit, wrong: 1 } } },
    { kill: { ...kill, wrongRecords: 1 } },
    { subscribe: { ...subscribe, disordered: 1 } },
    { subscribe: { ...subscribe, unexplained: 1 } },
    { subscribe: { ...subscribe, silent: 1 } },
    { move: { ...move, traffic: { ...move.traffic, failed: 1 } } },
    { move: { ...move, wrongReads: 1 } },
    { move: { ...move, wrongRecords: 1 } },
    { move: { ...move, slots: { moved: 192, gained: 191 } } },
  ];
  for (const change of wrong) {
    const changed = judgeCluster({ ...figures, ...change });
    assertEquals(broken(changed).length, 1, JSON.stringify(change));
  }
});

Deno.test("a report without checks is no success", () => {
  assert(!allHeld([]));
});

Deno.test("Ctrl-C ends the demo, its servers and their folders", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const demo = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", new URL("demo.ts", import.meta.url).pathname],
      env: { TMPDIR: folder },
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let text = "";
    const read = (async () => {
      for await (const more of demo.stdout.pipeThrough(new TextDecoderStream())) text += more;
    })();
    await until("the servers run", () => Promise.resolve(text.includes("Load a product")));
    const ports = [...text.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
    assertEquals(ports.length, 4);
    for (const port of ports) assert(await listens(port), `nobody listens on port ${port}`);
    assertEquals((await entriesOf(folder)).length, 4);
    demo.kill("SIGINT");
    assertEquals((await demo.status).code, 130);
    await read;
    assertMatch(text, /\n {2}Interrupted: .+\n$/);
    await until("the folders are gone", async () => (await entriesOf(folder)).length === 0);
    for (const port of ports) {
      await until(`nobody listens on port ${port}`, async () => !(await listens(port)));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function entriesOf(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

async function listens(port: number): Promise<boolean> {
  try {
    using _ = await Deno.connect({ hostname: "127.0.0.1", port });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
