import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startServer } from "../../lib/testing/mod.ts";

const server = await startServer();
server.unref();

function program(name: string, flags: string[]): Deno.Command {
  const path = new URL(`programs/${name}.ts`, import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", ...flags, path, server.host, String(server.port)],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  });
}

/** Runs a program to its end, which must be a good one. */
async function run(name: string, flags: string[]): Promise<string> {
  const child = program(name, flags).spawn();
  await child.stdin.close();
  const { code, stdout, stderr } = await child.output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("a client needs the permission for the network and no other", async () => {
  assertEquals(await run("work", ["--allow-net"]), 'ran ["list","x"]');
  const onlyThere = [`--allow-net=${server.host}:${server.port}`];
  assertEquals(await run("work", onlyThere), 'ran ["list","x"]');
});

Deno.test("create() without the permission for the network ends at once and names it", async () => {
  for (const flags of [[], ["--allow-net=127.0.0.1:1"]]) {
    const { name, message, cause, elapsed } = JSON.parse(await run("forbidden", flags));
    assertEquals([name, cause], ["ConnectionError", "NotCapable"]);
    assertStringIncludes(message, "--allow-net");
    assertStringIncludes(message, `${server.host}:${server.port}`);
    assert(!message.includes("correct-horse-battery"));
    assert(elapsed < 1000, `${elapsed} ms`);
  }
});

Deno.test("a program that closes its client while the server hangs comes to its end", async () => {
  const child = program("close_stalled", ["--allow-net"]).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  const { value: ready } = await lines.next();
  assertEquals(ready?.trim(), "ready");
  server.pause();
  const start = performance.now();
  await child.stdin.close();
  const { value: report } = await lines.next();
  const { code } = await child.status;
  const ended = performance.now() - start;
  server.resume();
  await lines.return?.();
  await child.stderr.cancel();
  const { rejected, elapsed } = JSON.parse(report ?? "{}");
  assertEquals([code, rejected], [0, 1000]);
  assert(elapsed >= 290 && elapsed < 600, `close() took ${elapsed} ms`);
  assert(ended < elapsed + 1000, `the process took ${ended} ms to end`);
});
