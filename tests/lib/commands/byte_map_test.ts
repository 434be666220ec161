import { assert, assertEquals } from "@std/assert";
import { ByteMap } from "../../../lib/commands/mod.ts";
import { commandTest } from "../../_kit/command_tests.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("ByteMap finds keys by content, as bytes and as text", () => {
  const map = new ByteMap([[bytes("a"), 1], [bytes("é"), 2], [new Uint8Array([255]), 3]]);
  assertEquals(map.get("a"), 1);
  assertEquals(map.get("é"), 2);
  assertEquals(map.get(bytes("é")), 2);
  assertEquals(map.get(new Uint8Array([255])), 3);
  // U+00FF has two bytes in UTF-8.
  assertEquals(map.get("ÿ"), undefined);
  assertEquals(map.has("a"), true);
  assertEquals(map.has("b"), false);
});

Deno.test("ByteMap keeps keys of the same content, and finds the last one", () => {
  const map = new ByteMap([[bytes("a"), 1], [bytes("a"), 2]]);
  assertEquals(map.size, 2);
  assertEquals([...map.values()], [1, 2]);
  assertEquals(map.get("a"), 2);
});

Deno.test("ByteMap can be changed", () => {
  const map = new ByteMap<number>();
  assertEquals(map.get("a"), undefined);
  assert(map.set(bytes("a"), 0) === map);
  assertEquals(map.get("a"), 0);
  assertEquals([map.delete("a"), map.delete("a"), map.size], [true, false, 0]);
  map.set(bytes("b"), 1).clear();
  assertEquals([map.get("b"), map.size], [undefined, 0]);
});

commandTest("fields as bytes can be asked for by text", async (client) => {
  await client.hset("k", { name: "Ada", [""]: "empty" });
  const fields = await client.bytes.hgetall("k");
  assertEquals(fields.get("name"), bytes("Ada"));
  assertEquals(fields.get(""), bytes("empty"));
  assertEquals(fields.has("age"), false);
  const parameters = await client.bytes.configGet("maxmemory-samples");
  assertEquals(parameters.get("maxmemory-samples")?.length, 1);
  await client.xadd("s", "*", { f: "v" });
  const [entry] = await client.bytes.xrange("s", "-", "+");
  assertEquals(entry.fields.get("f"), bytes("v"));
  assertEquals((await client.bytes.pubsubNumsub("news")).get("news"), 0);
});
