import { assert, assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { commandTest } from "../../_kit/command_tests.ts";

const PER_NODE = { cluster: "it answers for each node" };

commandTest(
  "memoryDoctor() and memoryMallocStats() report",
  { except: PER_NODE },
  async (client) => {
    assertMatch(await client.memoryDoctor(), /\w/);
    assertMatch(await client.memoryMallocStats(), /\w/);
    assertMatch(await client.bytes.memoryDoctor(), /\w/);
  },
);

commandTest("memoryPurge() gives memory back", async (client) => {
  assertEquals(await client.memoryPurge(), "OK");
});

commandTest("memoryStats() tells what memory is used for", { except: PER_NODE }, async (client) => {
  await client.set("k", "v".repeat(1000));
  for (const stats of [await client.memoryStats(), await client.bytes.memoryStats()]) {
    assertEquals(stats.keysCount, 1);
    assert(stats.keysBytesPerKey > 0);
    assert(stats.peakAllocated > stats.startupAllocated && stats.startupAllocated > 100_000);
    assert(stats.peakPercentage > 0 && stats.peakPercentage < 101);
    assertEquals(stats.clientsReplicas, 0);
    assert(stats.databases[0].overheadHashtableMain > 0);
    assert(Number.isInteger(stats.databases[0].overheadHashtableExpires));
    for (const [name, value] of Object.entries(stats)) {
      assert(/^[a-z][A-Za-z]*$/.test(name), name);
      if (name !== "databases") assertEquals(typeof value, "number", name);
    }
  }
});

commandTest("memoryUsage() estimates what a key needs", async (client) => {
  assertStrictEquals(await client.memoryUsage("k"), null);
  await client.set("k", "v".repeat(1000));
  assert((await client.memoryUsage("k"))! > 1000);
  await client.rpush("l", ["v".repeat(1000), ...Array.from({ length: 99 }, () => "v")]);
  assert((await client.memoryUsage("l", { samples: 0 }))! > 1000);
});
