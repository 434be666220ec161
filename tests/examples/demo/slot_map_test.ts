import { assert, assertEquals } from "@std/assert";
import { slotOf, SLOTS } from "../../../cluster/slot.ts";
import { drawSlotMap, readSlotRanges } from "./slot_map.ts";
import { makeSlotRecords } from "./slot_records.ts";

Deno.test("drawSlotMap() gives 64 slots a letter, small where shards share them, a dot where nobody is", () => {
  const ranges = readSlotRanges([
    [0, 8191, ["127.0.0.1", 1, "id", []], ["127.0.0.1", 2, "id", []]],
    [8192, 12_299, ["127.0.0.1", 3, "id", []]],
    [12_300, 16_319, ["127.0.0.1", 1, "id", []]],
  ]);
  assertEquals(ranges[0], { first: 0, last: 8191, ports: [1, 2] });
  assertEquals(drawSlotMap(ranges, (port) => port === 1 ? "A" : "B"), [
    `    0 ${"A".repeat(64)}`,
    ` 4096 ${"A".repeat(64)}`,
    ` 8192 ${"B".repeat(64)}`,
    `12288 b${"A".repeat(62)}.`,
  ]);
});

Deno.test("makeSlotRecords() makes one record in each slot, or in one of so many", () => {
  const all = makeSlotRecords(1);
  assertEquals(all.map(({ slot }) => slot), Array.from({ length: SLOTS }, (_, slot) => slot));
  assert(all.every(({ key, slot }) => slotOf(key) === slot));
  assertEquals(new Set(all.map(({ value }) => value)).size, SLOTS);
  assertEquals(makeSlotRecords(4096).map(({ slot }) => slot), [0, 4096, 8192, 12_288]);
});
