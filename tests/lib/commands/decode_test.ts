import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { ByteMap } from "../../../lib/commands/mod.ts";
import {
  toBigint,
  toBoolean,
  toBulk,
  toBulkOrNull,
  toBulks,
  toBulkSet,
  toBulksOrNulls,
  toBytesOrNull,
  toDecimal,
  toFields,
  toInteger,
  toNumber,
  toNumbers,
  toOk,
  toOkOrNull,
  toPairs,
  toText,
} from "../../../lib/commands/_decode.ts";
import { toClientInfo, toClientInfos } from "../../../lib/commands/_client_info.ts";
import { toBulksPage } from "../../../lib/commands/_scan.ts";
import { ServerError, UnexpectedReplyError } from "../../../lib/errors.ts";
import type { Reply } from "../../../lib/resp/mod.ts";
import { startFakeServer } from "../../../lib/testing/mod.ts";
import { RedisClient } from "../../../standalone/mod.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("toNumber() reads integers, doubles and their texts", () => {
  const cases: [Reply, number][] = [
    [5, 5],
    [-1.5, -1.5],
    [5n, 5],
    ["3.0e3", 3000],
    [bytes("10.50"), 10.5],
    ["inf", Infinity],
    ["-inf", -Infinity],
    ["nan", NaN],
  ];
  for (const [reply, value] of cases) assertStrictEquals(toNumber(reply), value);
  for (const reply of ["", " ", "0x10", "5x", "Infinity", null, true, [], new Map()]) {
    assertThrows(() => toNumber(reply), UnexpectedReplyError, "expected a number");
  }
});

Deno.test("toInteger() and toBigint() lose no digit", () => {
  assertStrictEquals(toInteger(5), 5);
  assertStrictEquals(toInteger(2n ** 60n), 2n ** 60n);
  assertStrictEquals(toInteger("9007199254740993"), 9007199254740993n);
  assertStrictEquals(toBigint(5), 5n);
  assertStrictEquals(toBigint(bytes("-7")), -7n);
  for (const reply of [1.5, NaN, "1.5", "", null]) {
    assertThrows(() => toInteger(reply), UnexpectedReplyError, "expected an integer");
  }
});

Deno.test("toDecimal() keeps the text", () => {
  assertStrictEquals(
    toDecimal("9007199254740993.00000000000000001"),
    "9007199254740993.00000000000000001",
  );
  assertStrictEquals(toDecimal(bytes("0.1")), "0.1");
  // Some servers answer a double to RESP3.
  assertStrictEquals(toDecimal(0.5), "0.5");
  assertThrows(() => toDecimal(null), UnexpectedReplyError, "expected a string");
});

Deno.test("toBoolean() takes 0, 1 and booleans only", () => {
  assertEquals([1, 0, true, false].map(toBoolean), [true, false, true, false]);
  for (const reply of [2, -1, "1", null, "OK"]) {
    assertThrows(() => toBoolean(reply), UnexpectedReplyError, "expected 0 or 1");
  }
});

Deno.test("decoders of strings refuse everything else", () => {
  assertStrictEquals(toBulk("a"), "a");
  assertEquals(toBulk(bytes("a")), bytes("a"));
  assertStrictEquals(toBulkOrNull(null), null);
  assertStrictEquals(toText(bytes("\ufeffä")), "\ufeffä");
  assertStrictEquals(toOk(bytes("OK")), "OK");
  assertStrictEquals(toOkOrNull(null), null);
  assertEquals(toBytesOrNull(bytes("a")), bytes("a"));
  for (const decode of [toBulk, toText, toOk, toBytesOrNull, toBulkOrNull, toOkOrNull]) {
    for (const reply of [5, true, [], new Set<Reply>()]) {
      assertThrows(() => decode(reply), UnexpectedReplyError);
    }
  }
  assertThrows(() => toOk("QUEUED"), UnexpectedReplyError, "expected OK, got a string");
  assertThrows(() => toBulk(null), UnexpectedReplyError, "expected a string, got null");
  assertThrows(() => toBytesOrNull("text"), UnexpectedReplyError);
});

Deno.test("lists come from arrays and sets", () => {
  assertEquals(toBulks(["a", "b"]), ["a", "b"]);
  assertEquals(toBulks(new Set(["a", "b"])), ["a", "b"]);
  assertEquals(toBulkSet(["a", "a"]), new Set(["a"]));
  assertEquals(toBulksOrNulls(["a", null]), ["a", null]);
  assertEquals(toNumbers([1, "2.5"], false), [1, 2.5]);
  assertThrows(() => toBulks(["a", null]), UnexpectedReplyError);
  assertThrows(() => toBulks(["a", 5]), UnexpectedReplyError);
  assertThrows(() => toBulksOrNulls(["a", 5]), UnexpectedReplyError);
  assertThrows(() => toBulks(null), UnexpectedReplyError, "expected a list, got null");
  assertThrows(() => toBulks(new Map()), UnexpectedReplyError, "got a map of 0");
});

Deno.test("an error inside of a list is thrown as it is", () => {
  const error = new ServerError("WRONGTYPE No");
  assertStrictEquals(assertThrows(() => toBulks(["a", error]), ServerError), error);
});

Deno.test("fields come from maps, flat lists and pairs", () => {
  const shapes: Reply[] = [
    new Map([["a", "1"], ["b", "2"]]),
    ["a", "1", "b", "2"],
    [["a", "1"], ["b", "2"]],
  ];
  for (const shape of shapes) {
    assertEquals({ ...toFields(shape, false) }, { a: "1", b: "2" });
    assertEquals([...toPairs(shape)], [["a", "1"], ["b", "2"]]);
  }
  assertEquals(toFields([bytes("a"), bytes("1")], true), new ByteMap([[bytes("a"), bytes("1")]]));
  assertEquals([...toPairs([])], []);
  assertThrows(() => toFields(["a"], false), UnexpectedReplyError, "expected pairs");
  assertThrows(() => toFields("a", false), UnexpectedReplyError);
  assertThrows(() => toFields(["a", 1], false), UnexpectedReplyError, "expected a string");
});

Deno.test("a page has a cursor and items", () => {
  assertEquals(toBulksPage(["17", ["a"]]), { cursor: "17", items: ["a"] });
  assertEquals(toBulksPage([bytes("0"), []]), { cursor: "0", items: [] });
  assertThrows(() => toBulksPage(["17"]), UnexpectedReplyError, "a cursor and a list");
});

Deno.test("reports on connections are parsed, whatever is in the values", () => {
  const info = toClientInfo(
    "id=3 addr=/tmp/my socket:0 laddr=/tmp/my socket:0 name=42 qbuf-free=20 user=a=b lib-ver=7 new-field=9 other=x\n",
  );
  assertEquals(info, {
    ...{ id: 3, addr: "/tmp/my socket:0", laddr: "/tmp/my socket:0", name: "42", qbufFree: 20 },
    ...{ user: "a=b", libVer: "7", newField: 9, other: "x" },
    // deno-lint-ignore no-explicit-any -- a report of a made-up server
  } as any);
  assertEquals(toClientInfos("id=1 addr=a:1\nid=2 addr=b:2\n").map(({ id }) => id), [1, 2]);
  assertEquals(toClientInfos(""), []);
  assertThrows(() => toClientInfo("nonsense"), UnexpectedReplyError, "a report on a connection");
});

Deno.test("a reply of another shape rejects its own call, and no other", async () => {
  await using server = await startFakeServer({ GET: [1, 2] });
  await using client = await RedisClient.create(server.url);
  const [rejected, pong] = await Promise.all([
    assertRejects(() => client.get("k"), UnexpectedReplyError),
    client.ping(),
  ]);
  assertEquals(rejected.message, "Cannot read the reply: expected a string, got an array of 2");
  assertEquals(pong, "PONG");
});
