import { assertEquals, assertMatch } from "@std/assert";
import { startServer } from "../../lib/testing/mod.ts";

Deno.test("the worker does its jobs, and ends by itself", async () => {
  await using server = await startServer();
  const program = new URL("bullmq_worker.ts", import.meta.url).pathname;
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", program, server.url, "--jobs", "10"],
    stderr: "inherit",
    signal: AbortSignal.timeout(30_000),
  }).output();
  const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
  assertEquals([success, lines.at(0), lines.at(-1)], [true, "Ready", "Done: 10 jobs"]);
  assertEquals(lines.length, 12);
  for (const line of lines.slice(1, -1)) {
    assertMatch(line, /^Job \d+: Sent "Welcome" to reader-\d+@example\.com$/);
  }
  assertEquals(await server.info("clients").then((clients) => clients.blocked_clients), "0");
});
