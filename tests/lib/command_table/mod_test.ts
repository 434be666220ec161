import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type CommandRow, commandRows, lookUp } from "../../../lib/command_table/mod.ts";
import { parseRow } from "../../../lib/command_table/notation.ts";
import { asBytes } from "./_call.ts";

Deno.test("lookUp() finds a command by its name in any case, as text or bytes", () => {
  const row = lookUp(["GET", "k"]);
  assertEquals(row?.name, "GET");
  assertStrictEquals(lookUp(["get", "k"]), row);
  assertStrictEquals(lookUp(["gEt", "k"]), row);
  assertStrictEquals(lookUp(asBytes(["get", "k"])), row);
});

Deno.test("lookUp() finds a subcommand", () => {
  const row = lookUp(["CONFIG", "GET", "save"]);
  assertEquals(row?.name, "CONFIG GET");
  assertStrictEquals(lookUp(["config", "get", "save"]), row);
  assertStrictEquals(lookUp(asBytes(["Config", "Get", "save"])), row);
});

Deno.test("lookUp() gives a container that stands alone its own row", () => {
  assertEquals(lookUp(["COMMAND"])?.name, "COMMAND");
  assertEquals(lookUp(["config"])?.name, "CONFIG");
});

Deno.test("lookUp() knows nothing of unknown commands", () => {
  assertEquals(lookUp(["NOSUCH", "k"]), undefined);
  assertEquals(lookUp(["CONFIG", "NOSUCH"]), undefined);
  assertEquals(lookUp([]), undefined);
  assertEquals(lookUp([""]), undefined);
  assertEquals(lookUp([5]), undefined);
  for (
    const name of ["constructor", "__proto__", "GET 2", "ACL -2\n  CAT", "\nGET", "CONFIG GET"]
  ) {
    assertEquals(lookUp([name, "k"]), undefined, name);
  }
});

Deno.test("lookUp() falls back on learned rows", () => {
  const learned = new Map<string, CommandRow>([
    ["NOSUCH", parseRow("NOSUCH -2 RW@1")],
    ["CONFIG", parseRow("CONFIG -2\n  GET 99\n  NEWER 3")],
  ]);
  assertStrictEquals(lookUp(["NOSUCH", "k"], learned), learned.get("NOSUCH"));
  assertStrictEquals(lookUp(["nosuch", "k"], learned), learned.get("NOSUCH"));
  assertEquals(lookUp(["CONFIG", "newer", "x"], learned)?.name, "CONFIG NEWER");
  assertEquals(lookUp(["CONFIG", "GET", "x"], learned)?.arity, -3, "the built-in row comes first");
  assertEquals(lookUp(["CONFIG", "newest"], learned), undefined);
  assertEquals(lookUp(["ELSE"], learned), undefined);
  assertEquals(lookUp([], learned), undefined);
});

Deno.test("commandRows() lists every command once, in alphabetical order", () => {
  const rows = commandRows();
  const names = rows.map((row) => row.name);
  assertEquals(names, [...new Set(names)].toSorted());
  assert(allRows().length > 400, `${allRows().length} rows`);
  for (const row of rows) assertStrictEquals(lookUp([row.name]), row);
});

Deno.test("the table never needs the server to find keys", () => {
  assertEquals(allRows().filter((row) => row.keysNeedServer).map((row) => row.name), []);
});

Deno.test("what is split by key has one range of keys", () => {
  const split = allRows().filter((row) => row.requestPolicy === "multi_shard");
  for (const { name, keys } of split) {
    assertEquals(
      keys.map(({ begin, find }) => [begin.type, find.type]),
      [["index", "range"]],
      name,
    );
  }
  assertEquals(
    split.map((row) => row.name),
    ["DEL", "EXISTS", "JSON.MGET", "JSON.MSET", "MGET", "MSET", "TOUCH", "UNLINK"],
  );
});

Deno.test("a command that goes to several nodes has no keys of its own", () => {
  const everywhere = allRows().filter(({ requestPolicy }) =>
    requestPolicy === "all_nodes" || requestPolicy === "all_shards"
  );
  assert(everywhere.length > 40);
  assertEquals(everywhere.filter((row) => row.keys.length > 0).map((row) => row.name), []);
});

Deno.test("no command both reads only and writes", () => {
  assertEquals(allRows().filter((row) => row.readOnly && row.write).map((row) => row.name), []);
});

function allRows(): CommandRow[] {
  return commandRows().flatMap((row) => [row, ...row.subcommands?.values() ?? []]);
}
