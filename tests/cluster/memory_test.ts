import { assert, assertLess } from "@std/assert";

const MiB = 2 ** 20;

Deno.test("load, cuts, timeouts and slot moves leave nothing on the heap", async () => {
  const program = new URL("_memory.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", "--v8-flags=--expose-gc", program],
  }).output();
  const text = new TextDecoder();
  assert(success, text.decode(stderr));
  const sizes: number[] = JSON.parse(text.decode(stdout));
  const [, settled] = sizes;
  const last = sizes.at(-1)!;
  console.log(`    heap: ${sizes.map((size) => (size / MiB).toFixed(1)).join(", ")} MiB`);
  assertLess(last - settled, 2 * MiB);
});
