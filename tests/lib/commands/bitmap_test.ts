import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { BitfieldOperation } from "../../../lib/commands/mod.ts";
import { ServerError } from "../../../lib/errors.ts";
import { type CommandClient, commandTest } from "../../_kit/command_tests.ts";

commandTest("setbit() and getbit() write and read bits", async (client) => {
  assertStrictEquals(await client.getbit("k", 7), 0);
  assertStrictEquals(await client.setbit("k", 7, 1), 0);
  assertStrictEquals(await client.setbit("k", 7, 1), 1);
  assertStrictEquals(await client.getbit("k", 7), 1);
  assertStrictEquals(await client.setbit("k", 7, 0), 1);
  assertEquals(await client.bytes.get("k"), new Uint8Array([0]));
  await assertRejects(() => client.setbit("k", 2 ** 32, 1), ServerError, "offset");
});

commandTest("bitmap commands refuse a key that holds no string", async (client) => {
  await client.rpush("{k}", "x");
  for (
    const attempt of [
      () => client.bitcount("{k}"),
      () => client.bitfield("{k}", { get: "u8", offset: 0 }),
      () => client.bitfieldRo("{k}", { get: "u8", offset: 0 }),
      () => client.bitop("or", "{k}out", "{k}"),
      () => client.bitpos("{k}", 1),
      () => client.getbit("{k}", 0),
      () => client.setbit("{k}", 0, 1),
    ]
  ) {
    assertEquals((await assertRejects(attempt, ServerError)).code, "WRONGTYPE", String(attempt));
  }
});

commandTest("bitcount() counts bits, also in a part", async (client) => {
  assertEquals(await client.bitcount("k"), 0);
  await client.bytes.set("k", new Uint8Array([255, 15, 1]));
  assertEquals(await client.bitcount("k"), 13);
  assertEquals(await client.bitcount("k", { start: 1, end: -1 }), 5);
  assertEquals(await client.bitcount("k", { start: 0, end: 0, unit: "byte" }), 8);
  assertEquals(await client.bitcount("k", { start: 5, end: 12, unit: "bit" }), 4);
});

commandTest("bitpos() finds bits, also in a part", async (client) => {
  assertEquals(await client.bitpos("k", 1), -1);
  assertEquals(await client.bitpos("k", 0), 0);
  await client.bytes.set("k", new Uint8Array([255, 15, 0]));
  assertEquals(await client.bitpos("k", 1), 0);
  assertEquals(await client.bitpos("k", 0), 8);
  assertEquals(await client.bitpos("k", 1, { start: 1 }), 12);
  assertEquals(await client.bitpos("k", 1, { start: 2, end: -1 }), -1);
  assertEquals(await client.bitpos("k", 0, { start: 9, end: 30, unit: "bit" }), 9);
});

commandTest("bitop() combines bitmaps", async (client) => {
  await client.bytes.set("{k}1", new Uint8Array([0b1100, 1]));
  await client.bytes.set("{k}2", new Uint8Array([0b1010]));
  const keys = ["{k}1", "{k}2"];
  const results = { and: [0b1000, 0], or: [0b1110, 1], xor: [0b0110, 1] };
  for (const operation of ["and", "or", "xor"] as const) {
    assertEquals(await client.bitop(operation, "{k}out", keys), 2);
    assertEquals(await client.bytes.get("{k}out"), new Uint8Array(results[operation]));
  }
  assertEquals(await client.bitop("not", "{k}out", "{k}2"), 1);
  assertEquals(await client.bytes.get("{k}out"), new Uint8Array([0b11110101]));
  assertEquals(await client.bitop("and", "{k}out", ["{k}missing"]), 0);
  assertEquals(await client.exists("{k}out"), 0);
  await assertRejects(() => client.bitop("or", "{k}out", []), RangeError, "one or more keys");
  await assertRejects(() => client.bitop("not", "{k}out", keys), ServerError);
});

commandTest(
  "bitop() combines bitmaps in the newer ways, too",
  { needs: "BITOP DIFF1" },
  async (client) => {
    await client.bytes.set("{k}1", new Uint8Array([0b11110000]));
    await client.bytes.set("{k}2", new Uint8Array([0b11001100]));
    await client.bytes.set("{k}3", new Uint8Array([0b10101010]));
    const keys = ["{k}1", "{k}2", "{k}3"];
    const results = { diff: 0b00010000, diff1: 0b00001110, andor: 0b11100000, one: 0b00010110 };
    for (const operation of ["diff", "diff1", "andor", "one"] as const) {
      assertEquals(await client.bitop(operation, "{k}out", keys), 1);
      assertEquals(
        await client.bytes.get("{k}out"),
        new Uint8Array([results[operation]]),
        operation,
      );
    }
  },
);

commandTest("bitfield() reads, writes and adds", async (client) => {
  assertEquals(await client.bitfield("k", { get: "u8", offset: 0 }), [0]);
  assertEquals(
    await client.bitfield("k", [
      { set: "i8", offset: 0, value: -1 },
      { get: "u4", offset: 4 },
      { incrby: "u8", offset: "#1", increment: 5 },
      { set: "u8", offset: "#1", value: 7n },
    ]),
    [0, 15, 5, 5],
  );
  assertEquals(await client.bytes.get("k"), new Uint8Array([255, 7]));
  await assertRejects(
    () => client.bitfield("k", []),
    RangeError,
    "expected one or more operations",
  );
  await assertRejects(() => client.bitfield("k", { get: "u64", offset: 0 }), ServerError);
});

commandTest("bitfield() wraps, saturates or fails", async (client) => {
  const overflows: BitfieldOperation[] = (["wrap", "sat", "fail"] as const).flatMap((overflow) => [
    { set: "u8", offset: 0, value: 250 },
    { overflow },
    { incrby: "u8", offset: 0, increment: 10 },
  ]);
  assertEquals(await client.bitfield("k", overflows), [0, 4, 4, 255, 255, null]);
});

commandTest("bitfield() and bitfieldRo() lose no digit", async (client) => {
  const low = -(2n ** 63n);
  assertEquals(
    await client.bitfield("k", [
      { set: "i64", offset: 0, value: low },
      { get: "i64", offset: 0 },
      { incrby: "i64", offset: 0, increment: -1 },
    ]),
    [0, low, 2n ** 63n - 1n],
  );
  assertEquals(
    await client.bitfieldRo("k", [{ get: "i64", offset: 0 }, { get: "u8", offset: "#0" }]),
    [2n ** 63n - 1n, 127],
  );
});

commandTest("bitfieldRo() reads", async (client) => {
  assertEquals(await client.bitfieldRo("k", { get: "i16", offset: 3 }), [0]);
  assertEquals(await client.exists("k"), 0);
  await client.bytes.set("k", new Uint8Array([128, 3]));
  assertEquals(
    await client.bitfieldRo("k", [{ get: "i8", offset: 0 }, { get: "u8", offset: "#1" }]),
    [-128, 3],
  );
  await assertRejects(() => client.bitfieldRo("k", []), RangeError);
});

/** Never called: the compiler refuses what does not go together. */
function _refused(client: CommandClient): void {
  // @ts-expect-error: bits are 0 and 1.
  client.setbit("k", 0, 2);
  // @ts-expect-error: a unit needs both ends.
  client.bitcount("k", { start: 0, unit: "bit" });
  // @ts-expect-error: no such type.
  client.bitfield("k", { get: "f32", offset: 0 });
  // @ts-expect-error: it only reads.
  client.bitfieldRo("k", { set: "u8", offset: 0, value: 1 });
  // @ts-expect-error: no such operation.
  client.bitop("nand", "{k}out", ["{k}1"]);
}
