import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { findServerBinary } from "../../lib/testing/mod.ts";

const MAIN = new URL("../../bench/peers/main.ts", import.meta.url).pathname;

async function bench(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", MAIN, ...args],
    env,
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out, stderr: err };
}

Deno.test("the bench writes a line of JSON for each measurement and each ratio", async () => {
  const { code, stdout, stderr } = await bench(
    ["--only", "ours,raw", "--workloads", "seq,burst1000", "--slice", "20", "--rounds", "2"]
      .concat("--max-rounds", "2", "--json"),
  );
  assertEquals(code, 0, stderr);
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  const measurements = lines.filter(({ is }) => is === "measurement");
  assertEquals(measurements.length, 2 * 2 * 2);
  for (const { opsPerSec, p50Us, p99Us, cpuUsPerOp, rssMb, ...rest } of measurements) {
    for (const figure of [opsPerSec, p50Us, p99Us, cpuUsPerOp, rssMb]) assert(figure > 0);
    assertEquals(Object.keys(rest), ["is", "client", "runtime", "mode", "workload", "round"]);
  }
  const ratios = lines.filter(({ is }) => is === "ratio");
  assertEquals(ratios.map(({ client, workload }) => [client, workload]), [
    ["raw", "seq"],
    ["raw", "burst1000"],
  ]);
  for (const { throughput, cpu, isSteady } of ratios) {
    assert(throughput.median > 0 && throughput.count === 2 && cpu.median > 0);
    assertEquals(isSteady, false);
  }
});

Deno.test("the bench reports a client as absent that cannot be run", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // A PATH with what starting servers needs, and without npm and Node.
    const server = await which(await findServerBinary());
    await Deno.symlink(await which("sh"), `${folder}/sh`);
    const { code, stdout, stderr } = await bench(
      [
        "--only",
        "ours,ioredis-node",
        "--workloads",
        "seq",
        "--slice",
        "20",
        "--rounds",
        "1",
        "--max-rounds",
        "1",
      ],
      { PATH: folder, REDIS_SERVER: server, BENCH_INSTALL: `${folder}/install` },
    );
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "- seq: ioredis, Node, absent: ");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the bench refuses unknown clients, workloads and numbers", async () => {
  const cases = [
    [["--only", "nobody"], 'Cannot find the client "nobody"'],
    [["--workloads", "c100,c7"], 'Cannot find the workload "c7"'],
    [["--rounds", "0"], 'Cannot take "0" for --rounds'],
  ] as const;
  for (const [args, message] of cases) {
    const { code, stderr } = await bench([...args]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, message);
  }
});

async function which(program: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", 'command -v "$1"', "sh", program],
  }).output();
  return new TextDecoder().decode(stdout).trim();
}
