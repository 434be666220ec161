import { assertEquals } from "@std/assert";
import { slotOf } from "../../../cluster/slot.ts";
import { keySlot } from "../../../lib/testing/_key_slot.ts";

Deno.test("keySlot() gives the slot that servers give", () => {
  const encoder = new TextEncoder();
  // Values of CLUSTER KEYSLOT.
  assertEquals(keySlot(encoder.encode("123456789")), 12739);
  for (const key of ["", "a", "{a}b", "x{a}", "{}a", "{a", "a}{b}", "{{a}}", "ü", "a{b}{c}"]) {
    assertEquals(keySlot(encoder.encode(key)), slotOf(key), key);
  }
});
