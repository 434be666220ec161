import { assert, assertEquals } from "@std/assert";
import { Lateness } from "../_kit/elapsed.ts";
import { runFailovers } from "./sentinel_failovers.ts";

Deno.test("writers go on through failovers of Sentinel: nothing is lost that was replicated, and nothing executed twice", async () => {
  using late = new Lateness();
  const { failovers, acknowledged, missing, twice, ghosts, strays } = await runFailovers({
    writers: 20,
    failovers: 1,
    kinds: ["kill"],
    protocol: 3,
  });
  assertEquals({ missing, twice, ghosts, strays }, { missing: 0, twice: 0, ghosts: 0, strays: 0 });
  assert(acknowledged > 100, `${acknowledged}`);
  for (const { recovery } of failovers) {
    assert(recovery <= 300 + late.worst, `${recovery} ms after a majority agreed`);
  }
});
