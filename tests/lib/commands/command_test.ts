import { assert, assertEquals, assertRejects } from "@std/assert";
import type { CommandInfo } from "../../../lib/commands/mod.ts";
import { ServerError } from "../../../lib/errors.ts";
import { commandTest } from "../../_kit/command_tests.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

commandTest("command() and commandCount() know all commands", async (client) => {
  const commands = await client.command();
  assertEquals(await client.commandCount(), commands.length);
  const config = commands.find(({ name }) => name === "config");
  assert(config?.subcommands.some(({ name }) => name === "config|get"));
  assertEquals((await client.bytes.command()).length, commands.length);
});

commandTest("commandInfo() tells facts", async (client) => {
  const [get, unknown, get2] = await client.commandInfo(["get", "no-such-command", "GET"]);
  assertEquals(unknown, null);
  const expected: CommandInfo = {
    name: "get",
    arity: 2,
    flags: ["readonly", "fast"],
    firstKey: 1,
    lastKey: 1,
    step: 1,
    aclCategories: ["@read", "@string", "@fast"],
    tips: [],
    keySpecifications: [{
      flags: ["RO", "access"],
      beginSearch: { type: "index", index: 1 },
      findKeys: { type: "range", lastkey: 0, keystep: 1, limit: 0 },
    }],
    subcommands: [],
  };
  assertEquals(get, expected);
  assertEquals(get2, expected);
  assertEquals(await client.bytes.commandInfo("get"), [expected]);
  assert((await client.commandInfo()).length > 200);
});

commandTest("commandInfo() tells where keys are, in every notation", async (client) => {
  const [xread, zunion, sort, dbsize] = await client.commandInfo([
    ...["xread", "zunion", "sort", "dbsize"],
  ]);
  assertEquals(xread?.keySpecifications[0].beginSearch, {
    type: "keyword",
    keyword: "STREAMS",
    startfrom: 1,
  });
  assertEquals(zunion?.keySpecifications[0].findKeys, {
    type: "keynum",
    keynumidx: 0,
    firstkey: 1,
    keystep: 1,
  });
  const incomplete = sort!.keySpecifications.at(-1)!;
  assertEquals(incomplete.beginSearch, { type: "unknown" });
  assertEquals(incomplete.findKeys, { type: "unknown" });
  assert(incomplete.notes!.length > 0);
  assert(dbsize?.tips.includes("request_policy:all_shards"));
});

commandTest("commandDocs() documents", async (client) => {
  const docs = await client.commandDocs(["set", "no-such-command", "config"]);
  assertEquals(Object.keys(docs).toSorted(), ["config", "set"]);
  assertEquals(Object.getPrototypeOf(docs), null);
  const { set, config } = docs;
  assertEquals([set.group, set.since, set.complexity], ["string", "1.0.0", "O(1)"]);
  assert(set.summary!.length > 0);
  assertEquals(set.history![0].version, "2.6.12");
  assert(set.history![0].change.length > 0);
  const [key, , condition] = set.arguments!;
  assertEquals([key.name, key.type, key.keySpecIndex], ["key", "key", 0]);
  assertEquals([condition.type, condition.flags], ["oneof", ["optional"]]);
  assertEquals(condition.arguments![0].token, "NX");
  assertEquals(config.subcommands!["config|get"].group, "server");

  const { slaveof } = await client.bytes.commandDocs("slaveof");
  assertEquals([slaveof.deprecatedSince, slaveof.docFlags], ["5.0.0", ["deprecated"]]);
  assert(slaveof.replacedBy!.includes("REPLICAOF"));
  assert(Object.keys(await client.commandDocs()).length > 200);
});

commandTest("commandGetkeys() finds keys", async (client) => {
  assertEquals(await client.commandGetkeys(["MSET", "a", 1, "b", 2]), ["a", "b"]);
  assertEquals(await client.bytes.commandGetkeys(["GET", bytes("a")]), [bytes("a")]);
  assertEquals(await client.commandGetkeys(["EVAL", "", 2, "a", "b", "c"]), ["a", "b"]);
  await assertRejects(() => client.commandGetkeys(["PING"]), ServerError);
  await assertRejects(() => client.commandGetkeys(["GET"]), ServerError);
  await assertRejects(() => client.commandGetkeys([]), RangeError);
});

commandTest("commandGetkeysandflags() tells what is done to keys", async (client) => {
  assertEquals(await client.commandGetkeysandflags(["LMOVE", "a", "b", "LEFT", "RIGHT"]), [
    { key: "a", flags: ["RW", "access", "delete"] },
    { key: "b", flags: ["RW", "insert"] },
  ]);
  assertEquals(await client.bytes.commandGetkeysandflags(["GET", "a"]), [
    { key: bytes("a"), flags: ["RO", "access"] },
  ]);
});

commandTest("commandList() lists names", async (client) => {
  const all = await client.commandList();
  assert(all.includes("get") && all.includes("config|get"));
  assert((await client.commandList({ aclcat: "hash" })).includes("hget"));
  assertEquals((await client.commandList({ pattern: "geoh*" })).toSorted(), ["geohash"]);
  assertEquals(await client.commandList({ module: "no-such-module" }), []);
  assert((await client.bytes.commandList({ pattern: "xr*" })).includes("xread"));
});
