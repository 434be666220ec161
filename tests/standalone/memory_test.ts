import { assert, assertLess } from "@std/assert";

const MiB = 2 ** 20;

Deno.test("an idle connection keeps no reply that it has handed over", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--allow-all", "--no-check", "--quiet", "--v8-flags=--expose-gc"],
      new URL("./_reply_memory.ts", import.meta.url).pathname,
    ],
  }).output();
  const text = new TextDecoder();
  assert(success, text.decode(stderr));
  const [before, after] = JSON.parse(text.decode(stdout));
  // The items are 4 MiB.
  assertLess(after - before, MiB);
});
