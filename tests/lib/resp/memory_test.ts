import { assert, assertEquals } from "@std/assert";
import type { Measured } from "./_memory_probe.ts";

const MIB = 2 ** 20;

/** Only a process of its own can be told to collect its garbage. */
async function measure(): Promise<Measured> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--v8-flags=--expose-gc",
      new URL("_memory_probe.ts", import.meta.url).pathname,
    ],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("RespDecoder keeps little in memory", async (t) => {
  const { announced, partlyArrived, parts, strings, lonelyStrings, keepsReplies } = await measure();

  for (const [what, bytes] of Object.entries(announced)) {
    await t.step(`of ${what} that was announced and does not come: less than 2 MiB`, () => {
      assert(bytes < 2 * MIB, `${bytes} bytes`);
    });
  }
  await t.step("of 512 MiB of which 3 have arrived: no more than four times that", () => {
    assert(3 * MIB <= partlyArrived && partlyArrived < 12 * MIB, `${partlyArrived} bytes`);
  });
  await t.step("of a streamed string: its bytes, whatever the number of its parts", () => {
    assert(200_000 <= parts && parts < MIB, `${parts} bytes`);
  });
  for (const [length, bytes] of Object.entries(strings)) {
    await t.step(`of a string of ${length} characters: those and one header`, () => {
      assert(bytes < Number(length) + 40, `${bytes} bytes`);
    });
  }
  for (const [length, bytes] of Object.entries(lonelyStrings)) {
    await t.step(
      `of a list of which one string of ${length} characters is kept: that string`,
      () => {
        assert(bytes < 1000, `${bytes} bytes`);
      },
    );
  }
  await t.step("nothing of the replies that it gave out", () => assertEquals(keepsReplies, false));
});
