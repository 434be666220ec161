import { assertEquals, assertNotEquals } from "@std/assert";
import { until } from "../../../lib/testing/_poll.ts";

interface Left {
  ports: number[];
  folders: string[];
}

const END_OF_LINE = 10;

/** Runs the doomed program until it has told where its servers are. */
async function start(ending: string): Promise<{ child: Deno.ChildProcess; left: Left }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--quiet",
      new URL("_doomed.ts", import.meta.url).pathname,
      ending,
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let output: number[] = [];
  for await (const chunk of child.stdout) {
    output = [...output, ...chunk];
    if (output.includes(END_OF_LINE)) break;
  }
  const left = JSON.parse(new TextDecoder().decode(new Uint8Array(output))) as Left;
  assertEquals(left.ports.length, 2);
  return { child, left };
}

async function assertNothingIsLeft({ ports, folders }: Left): Promise<void> {
  await until("the servers are gone", async () => {
    for (const port of ports) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        return false;
      } catch (error) {
        if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      }
    }
    return true;
  });
  await until("the folders are gone", async () => {
    for (const folder of folders) {
      try {
        await Deno.stat(folder);
        return false;
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    return true;
  });
}

for (const signal of ["SIGKILL", "SIGINT", "SIGTERM"] as const) {
  Deno.test(`startServer() leaves nothing behind when the process gets ${signal}`, async () => {
    const { child, left } = await start("wait");
    child.kill(signal);
    assertNotEquals((await child.status).success, true);
    await assertNothingIsLeft(left);
  });
}

Deno.test("startServer() leaves nothing behind when the process is killed while a server is paused", async () => {
  const { child, left } = await start("paused");
  child.kill("SIGKILL");
  await child.status;
  await assertNothingIsLeft(left);
});

for (
  const [ending, code] of [["exit", 3], ["throw", 1], ["unref", 0]] as const
) {
  Deno.test(`startServer() leaves nothing behind when the process ends by ${ending}`, async () => {
    const { child, left } = await start(ending);
    assertEquals((await child.status).code, code);
    await assertNothingIsLeft(left);
  });
}
