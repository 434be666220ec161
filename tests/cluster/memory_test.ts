import { assert, assertLess } from "@std/assert";

const MiB = 2 ** 20;

/** Runs a program of this folder that prints sizes in bytes. */
async function sizesOf(program: string): Promise<number[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--no-check",
      "--v8-flags=--expose-gc",
      new URL(program, import.meta.url).pathname,
    ],
  }).output();
  const text = new TextDecoder();
  assert(success, text.decode(stderr));
  return JSON.parse(text.decode(stdout));
}

Deno.test("load, cuts, timeouts and slot moves leave nothing on the heap", async () => {
  const sizes = await sizesOf("_memory.ts");
  const [, settled] = sizes;
  console.log(`    heap: ${sizes.map((size) => (size / MiB).toFixed(1)).join(", ")} MiB`);
  assertLess(sizes.at(-1)! - settled, 2 * MiB);
});

Deno.test("reading a map of 1000 shards allocates a few times its size, and replaced ones are gone", async () => {
  const [size, allocated, left] = await sizesOf("_map_memory.ts");
  console.log(
    `    map: ${(size / MiB).toFixed(1)} MiB, allocated: ${(allocated / MiB).toFixed(1)} MiB`,
  );
  assertLess(size, MiB);
  assertLess(allocated, 8 * size);
  assertLess(left, MiB / 4);
});
