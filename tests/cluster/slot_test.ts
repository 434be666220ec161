import { assert, assertEquals } from "@std/assert";
import { slotOf } from "../../cluster/slot.ts";
import { startServer } from "../../lib/testing/mod.ts";
import { randomNumbers } from "../_kit/random_calls.ts";
import { fromHex, readCases } from "./_cases.ts";

interface SlotCase {
  key?: string;
  hex?: string;
  slot: number;
}

const utf8 = new TextEncoder();

const cases = await readCases<SlotCase[]>("cluster_slots.yaml");

Deno.test("slotOf() gives the slots of all cases, for text and for its bytes", () => {
  assert(cases.length >= 40, `only ${cases.length} cases`);
  for (const { key, hex, slot } of cases) {
    if (key !== undefined) {
      assertEquals(slotOf(key), slot, JSON.stringify(key));
      assertEquals(slotOf(utf8.encode(key)), slot, JSON.stringify(key));
    } else {
      assertEquals(slotOf(fromHex(hex!)), slot, hex);
    }
  }
});

Deno.test("slotOf() takes numbers as the text that is sent", () => {
  assertEquals(slotOf(123456789), slotOf("123456789"));
  assertEquals(slotOf(-1.5), slotOf("-1.5"));
  assertEquals(slotOf(2n ** 70n), slotOf(String(2n ** 70n)));
});

Deno.test("slotOf() takes bytes out of a larger buffer", () => {
  const buffer = utf8.encode("}{xx{foo}yy{");
  assertEquals(slotOf(buffer.subarray(4, 9)), slotOf("foo"));
  assertEquals(slotOf(buffer.subarray(5, 8)), slotOf("foo"));
});

const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));

Deno.test(`slotOf() agrees with CLUSTER KEYSLOT on 10000 random keys (SEED=${seed})`, async () => {
  await using server = await startServer({ config: { "cluster-enabled": "yes" } });
  const random = randomNumbers(seed);
  const keys = Array.from({ length: 10_000 }, () => randomKey(random));
  const slots = await server.commands(keys.map((key) => ["CLUSTER", "KEYSLOT", key]));
  for (const [i, key] of keys.entries()) assertEquals(slotOf(key), slots[i], key.join(" "));
  assert(new Set(slots).size > 1000);
});

/** Up to 40 bytes, of which every other one in half of the keys is a brace. */
function randomKey(random: () => number): Uint8Array {
  const braces = random() < 0.5;
  return Uint8Array.from({ length: Math.floor(random() * 41) }, () => {
    if (braces && random() < 0.5) return random() < 0.5 ? 0x7b : 0x7d;
    return Math.floor(random() * 256);
  });
}
