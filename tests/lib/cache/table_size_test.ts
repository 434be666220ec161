import { assertEquals } from "@std/assert";
import { TableSize } from "../../../lib/cache/table_size.ts";

const SLOT = 28;

Deno.test("TableSize doubles when the table is full", () => {
  const table = new TableSize();
  const sizes: number[] = [];
  for (let i = 0; i < 9; i++) {
    table.add();
    sizes.push(table.bytes / SLOT);
  }
  assertEquals(sizes, [4, 4, 4, 4, 8, 8, 8, 8, 16]);
});

Deno.test("TableSize closes the gaps of removed keys instead, if they are half of it", () => {
  const table = new TableSize();
  for (let i = 0; i < 8; i++) table.add();
  for (let i = 0; i < 4; i++) table.remove();
  for (let i = 0; i < 4; i++) table.add();
  assertEquals(table.bytes / SLOT, 8);
  table.add();
  assertEquals(table.bytes / SLOT, 16);
});

Deno.test("TableSize shrinks when three quarters are empty, and when all is cleared", () => {
  const table = new TableSize();
  for (let i = 0; i < 64; i++) table.add();
  for (let i = 0; i < 48; i++) table.remove();
  assertEquals(table.bytes / SLOT, 64);
  table.remove();
  assertEquals(table.bytes / SLOT, 32);
  table.clear();
  assertEquals(table.bytes / SLOT, 4);
});
