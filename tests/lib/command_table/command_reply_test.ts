import { assert, assertEquals, assertThrows } from "@std/assert";
import { UnexpectedReplyError } from "../../../lib/errors.ts";
import { type CommandRow, rowsFromCommandReply } from "../../../lib/command_table/mod.ts";
import { startServer } from "../../../lib/testing/mod.ts";
import { RawConnection } from "../../maintenance/raw_connection.ts";

Deno.test("rowsFromCommandReply() makes the same rows of RESP2 and RESP3", async () => {
  await using server = await startServer();
  using connection = await RawConnection.open(server);
  const flat = await connection.command("COMMAND");
  await connection.command("HELLO", 3);
  const nested = await connection.command("COMMAND");
  assert(Array.isArray(nested));
  assert(nested.some((row) => Array.isArray(row) && row[8] instanceof Set), "sent as sets");
  const rows = rowsFromCommandReply(flat);
  assert(rows.length > 200);
  assertEquals(sorted(rowsFromCommandReply(nested)), sorted(rows));
});

Deno.test("rowsFromCommandReply() reads COMMAND INFO and leaves out what is unknown", async () => {
  await using server = await startServer();
  using connection = await RawConnection.open(server);
  for (const protocol of [2, 3]) {
    await connection.command("HELLO", protocol);
    const reply = await connection.command(
      ...["COMMAND", "INFO", "mget", "nosuch", "xread", "object", "client|kill"],
    );
    const rows = rowsFromCommandReply(reply);
    assertEquals(rows.map((row) => row.name), ["MGET", "XREAD", "OBJECT", "CLIENT KILL"]);
    const [mget, xread, object] = rows;
    assertEquals(mget.requestPolicy, "multi_shard");
    assertEquals(mget.fixedFirstKey, 1);
    assertEquals(mget.readOnly, true);
    assertEquals(xread.blocking, true);
    assertEquals(xread.movableKeys, true);
    assertEquals(xread.keysNeedServer, false, "its specification says all");
    assertEquals(object.subcommands?.get("ENCODING")?.name, "OBJECT ENCODING");
    assertEquals(object.subcommands?.get("ENCODING")?.fixedFirstKey, 2);
  }
});

Deno.test("rowsFromCommandReply() sees when only the server can tell all keys", async () => {
  await using server = await startServer();
  using connection = await RawConnection.open(server);
  const rows = rowsFromCommandReply(
    await connection.command("COMMAND", "INFO", "sort", "migrate", "eval", "get"),
  );
  assertEquals(
    rows.map((row) => [row.name, row.keysNeedServer]),
    [["SORT", true], ["MIGRATE", true], ["EVAL", false], ["GET", false]],
  );
});

Deno.test("rowsFromCommandReply() sees that a module answers for its keys itself", () => {
  const specification = [
    ...["flags", ["RW", "access", "update"]],
    ...["begin_search", ["type", "index", "spec", ["index", 1]]],
    ...["find_keys", ["type", "range", "spec", ["lastkey", 0, "keystep", 1, "limit", 0]]],
  ];
  const rows = rowsFromCommandReply([
    ["M.PLAIN", -2, ["write", "module"], 1, 1, 1, [], [], [specification], []],
    ["M.CLEVER", -2, ["write", "module", "movablekeys"], 1, 1, 1, [], [], [specification], []],
  ]);
  assertEquals(rows.map((row) => row.keysNeedServer), [false, true]);
});

Deno.test("rowsFromCommandReply() reads the rows of servers that know no key specifications", () => {
  const rows = rowsFromCommandReply([
    ["get", 2, ["readonly", "fast"], 1, 1, 1],
    ["mset", -3, ["write"], 1, -1, 2, ["@write"]],
    ["lcs", -3, ["readonly"], 1, 2, 1],
    ["eval", -3, ["noscript", "movablekeys"], 0, 0, 0],
    ["ping", -1, ["fast"], 0, 0, 0],
  ]);
  assertEquals(
    rows.map(({ name, keys }) => [name, keys.map(({ access, find }) => ({ access, ...find }))]),
    [
      ["GET", [{ access: "RO", type: "range", lastKey: 0, keyStep: 1, limit: 0 }]],
      ["MSET", [{ access: "RW", type: "range", lastKey: -1, keyStep: 2, limit: 0 }]],
      ["LCS", [{ access: "RO", type: "range", lastKey: 1, keyStep: 1, limit: 0 }]],
      ["EVAL", []],
      ["PING", []],
    ],
  );
  assertEquals(rows.map((row) => row.keysNeedServer), [false, false, false, true, false]);
});

Deno.test("rowsFromCommandReply() does not act on policies that it does not know", () => {
  const [row] = rowsFromCommandReply([
    [
      "x",
      1,
      [],
      0,
      0,
      0,
      [],
      ["request_policy:every_other_node", "response_policy:agg_sum"],
      [],
      [],
    ],
  ]);
  assertEquals(row.requestPolicy, undefined);
  assertEquals(row.responsePolicy, "agg_sum");
});

Deno.test("rowsFromCommandReply() refuses anything else", () => {
  const malformed: unknown[] = [
    null,
    "OK",
    42,
    [42],
    [["get"]],
    [["get", 2, "readonly", 1, 1, 1]],
    [["get", 2, [], "1", 1, 1]],
    [[
      "get",
      2,
      [],
      1,
      1,
      1,
      [],
      [],
      [["flags", [], "begin_search", "first", "find_keys", []]],
      [],
    ]],
    [["get", 2, [], 1, 1, 1, [], [], [
      ["flags", [], "begin_search", ["type", "index", "spec", ["index", null]], "find_keys", []],
    ], []]],
  ];
  for (const reply of malformed) {
    assertThrows(
      () => rowsFromCommandReply(reply),
      UnexpectedReplyError,
      "Cannot read the reply to COMMAND",
      JSON.stringify(reply),
    );
  }
});

function sorted(rows: CommandRow[]): CommandRow[] {
  return rows.toSorted((a, b) => a.name < b.name ? -1 : 1);
}
