import { assert, assertEquals, assertRejects } from "@std/assert";
import { ServerError } from "../../../lib/errors.ts";
import { commandTest } from "../../_kit/command_tests.ts";

commandTest("pfadd() tells whether anything changed", async (client) => {
  assertEquals(await client.pfadd("k"), true);
  assertEquals(await client.pfadd("k", []), false);
  assertEquals(await client.pfcount("k"), 0);
  assertEquals(await client.pfadd("k", ["a", 1, 2n, new Uint8Array([255])]), true);
  assertEquals(await client.pfadd("k", "a"), false);
  assertEquals(await client.pfcount("k"), 4);
});

commandTest("HyperLogLog commands refuse a key that holds none", async (client) => {
  await client.set("{k}", "x");
  for (
    const attempt of [
      () => client.pfadd("{k}", "a"),
      () => client.pfcount("{k}"),
      () => client.pfdebug("encoding", "{k}"),
      () => client.pfmerge("{k}out", "{k}"),
    ]
  ) {
    assertEquals((await assertRejects(attempt, ServerError)).code, "WRONGTYPE", String(attempt));
  }
});

commandTest("pfcount() estimates over several keys", async (client) => {
  assertEquals(await client.pfcount("{k}1"), 0);
  await client.pfadd("{k}1", ["a", "b"]);
  await client.pfadd("{k}2", ["b", "c"]);
  assertEquals(await client.pfcount("{k}1"), 2);
  assertEquals(await client.pfcount(["{k}1", "{k}2", "{k}missing"]), 3);
  await assertRejects(() => client.pfcount([]), RangeError, "expected one or more keys");
});

commandTest("pfcount() is right to a few percent", async (client) => {
  await client.pfadd("k", Array.from({ length: 10_000 }, (_, i) => i));
  const estimate = await client.pfcount("k");
  assert(Math.abs(estimate - 10_000) < 400, String(estimate));
});

commandTest("pfmerge() adds up", async (client) => {
  await client.pfadd("{k}1", ["a", "b"]);
  await client.pfadd("{k}2", ["b", "c"]);
  assertEquals(await client.pfmerge("{k}out", ["{k}1", "{k}2"]), "OK");
  assertEquals(await client.pfcount("{k}out"), 3);
  await client.pfadd("{k}3", "d");
  assertEquals(await client.pfmerge("{k}out", "{k}3"), "OK");
  assertEquals(await client.pfcount("{k}out"), 4);
  assertEquals(await client.pfmerge("{k}empty", []), "OK");
  assertEquals(await client.pfcount("{k}empty"), 0);
});

commandTest("pfdebug() shows how it is stored", async (client) => {
  await client.pfadd("k", "a");
  assertEquals(await client.pfdebug("encoding", "k"), "sparse");
  assert((await client.pfdebug("decode", "k")).startsWith("Z:"));
  assertEquals(await client.pfdebug("todense", "k"), true);
  assertEquals(await client.pfdebug("todense", "k"), false);
  assertEquals(await client.pfdebug("encoding", "k"), "dense");
  const registers = await client.pfdebug("getreg", "k");
  assertEquals(registers.length, 16_384);
  assertEquals(registers.filter((register) => register > 0).length, 1);
  await assertRejects(() => client.pfdebug("encoding", "missing"), ServerError, "not exist");
});

commandTest("pfselftest() passes", async (client) => {
  assertEquals(await client.pfselftest(), "OK");
});
