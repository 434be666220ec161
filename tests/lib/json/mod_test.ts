import { assert, assertEquals, assertRejects } from "@std/assert";
import { type CommandRow, lookUp } from "../../../lib/command_table/mod.ts";
import { keyPositions } from "../../../lib/command_table/mod.ts";
import { ServerError, UnexpectedReplyError } from "../../../lib/errors.ts";
import { json, JsonCommands } from "../../../lib/json/mod.ts";
import type { Argument, Reply } from "../../../lib/resp/mod.ts";
import { Answering } from "../../_kit/answering.ts";
import { commandTest } from "../../_kit/command_tests.ts";

type Commands = ReturnType<typeof json>;

/** A call, its words, and replies with what they become. */
interface Case {
  /** Where the words and the replies are described. */
  source: string;
  call: (commands: Commands) => Promise<unknown>;
  words: Argument[];
  replies: [reply: Reply, value: unknown][];
}

const REDIS = "https://redis.io/docs/latest/commands/";
const RESP3 = "https://redis.io/docs/latest/develop/data-types/json/resp3/";
const VALKEY = "https://valkey.io/commands/";

const CASES: Case[] = [
  {
    source: `${VALKEY}json.arrappend/`,
    call: (c) => c.arrappend("k", "$[*]", ["c", { d: 1 }]),
    words: ["JSON.ARRAPPEND", "k", "$[*]", '"c"', '{"d":1}'],
    replies: [[[1, 2, null], [1, 2, null]], [null, null]],
  },
  {
    source: `${VALKEY}json.arrappend/`,
    call: (c) => c.arrappend("k", "[-1]", "c"),
    words: ["JSON.ARRAPPEND", "k", "[-1]", '"c"'],
    replies: [[3, 3]],
  },
  {
    source: `${REDIS}json.arrindex/`,
    call: (c) => c.arrindex("k", "$.a", "x", { stop: 5 }),
    words: ["JSON.ARRINDEX", "k", "$.a", '"x"', 0, 5],
    replies: [[[-1, null], [-1, null]]],
  },
  {
    source: `${REDIS}json.arrinsert/`,
    call: (c) => c.arrinsert("k", ".a", -1, [["x"], null]),
    words: ["JSON.ARRINSERT", "k", ".a", -1, '["x"]', "null"],
    replies: [[4, 4]],
  },
  {
    source: `${REDIS}json.arrlen/`,
    call: (c) => c.arrlen("k"),
    words: ["JSON.ARRLEN", "k", "."],
    replies: [[2, 2], [null, null]],
  },
  {
    source: `${REDIS}json.arrpop/`,
    call: (c) => c.arrpop("k", "$.a", 0),
    words: ["JSON.ARRPOP", "k", "$.a", 0],
    replies: [[['{"x":1}', null], [{ x: 1 }, null]]],
  },
  {
    source: `${REDIS}json.arrpop/`,
    call: (c) => c.arrpop("k", ".a"),
    words: ["JSON.ARRPOP", "k", ".a"],
    replies: [['"math"', "math"], [null, null]],
  },
  {
    source: `${REDIS}json.arrtrim/`,
    call: (c) => c.arrtrim("k", "$.a", 0, 9),
    words: ["JSON.ARRTRIM", "k", "$.a", 0, 9],
    replies: [[[1], [1]]],
  },
  {
    source: `${REDIS}json.clear/`,
    call: (c) => c.clear("k"),
    words: ["JSON.CLEAR", "k", "."],
    replies: [[2, 2]],
  },
  {
    source: `${REDIS}json.debug-memory/`,
    call: (c) => c.debugMemory("k", "$..a"),
    words: ["JSON.DEBUG", "MEMORY", "k", "$..a"],
    replies: [[[8, 16], [8, 16]]],
  },
  {
    source: `${REDIS}json.del/`,
    call: (c) => c.del("k", "$.a"),
    words: ["JSON.DEL", "k", "$.a"],
    replies: [[1, 1]],
  },
  {
    source: `${REDIS}json.forget/`,
    call: (c) => c.forget("k"),
    words: ["JSON.FORGET", "k", "."],
    replies: [[1, 1]],
  },
  {
    source: `${REDIS}json.get/`,
    call: (c) => c.get("k"),
    words: ["JSON.GET", "k", "."],
    replies: [['{"a":[1,2]}', { a: [1, 2] }], [null, null], ["null", null]],
  },
  {
    source: `${REDIS}json.get/`,
    call: (c) => c.get("k", ["$..a", "$..b"]),
    words: ["JSON.GET", "k", "$..a", "$..b"],
    replies: [['{"$..a":[2],"$..b":[3,null]}', { "$..a": [2], "$..b": [3, null] }]],
  },
  {
    source: `${REDIS}json.merge/`,
    call: (c) => c.merge("k", "$", { a: null }),
    words: ["JSON.MERGE", "k", "$", '{"a":null}'],
    replies: [["OK", "OK"]],
  },
  {
    source: `${REDIS}json.mget/`,
    call: (c) => c.mget(["k", "l"], "$..a"),
    words: ["JSON.MGET", "k", "l", "$..a"],
    replies: [[["[1,3]", null], [[1, 3], null]]],
  },
  {
    source: `${REDIS}json.mset/`,
    call: (c) => c.mset([{ key: "k", path: "$", value: 1 }, { key: "l", path: ".a", value: "b" }]),
    words: ["JSON.MSET", "k", "$", "1", "l", ".a", '"b"'],
    replies: [["OK", "OK"]],
  },
  {
    source: `${REDIS}json.numincrby/ and ${RESP3}`,
    call: (c) => c.numincrby("k", "$..a", 2),
    words: ["JSON.NUMINCRBY", "k", "$..a", 2],
    replies: [["[null,4,7]", [null, 4, 7]], [[null, 4, 7], [null, 4, 7]]],
  },
  {
    source: `${REDIS}json.nummultby/ and ${RESP3}`,
    call: (c) => c.nummultby("k", ".a", 2),
    words: ["JSON.NUMMULTBY", "k", ".a", 2],
    replies: [["10", 10], [[10], 10], [10, 10]],
  },
  {
    source: `${REDIS}json.objkeys/`,
    call: (c) => c.objkeys("k", "$..a"),
    words: ["JSON.OBJKEYS", "k", "$..a"],
    replies: [[[null, ["b", "c"]], [null, ["b", "c"]]], [[["b"]], [["b"]]]],
  },
  {
    source: `${REDIS}json.objkeys/`,
    call: (c) => c.objkeys("k"),
    words: ["JSON.OBJKEYS", "k", "."],
    replies: [[["b", "c"], ["b", "c"]], [["b"], ["b"]], [null, null]],
  },
  {
    source: `${REDIS}json.objlen/`,
    call: (c) => c.objlen("k", "$..a"),
    words: ["JSON.OBJLEN", "k", "$..a"],
    replies: [[[null, 1], [null, 1]]],
  },
  {
    source: `${VALKEY}json.resp/`,
    call: (c) => c.resp("k", ".a"),
    words: ["JSON.RESP", "k", ".a"],
    replies: [[["[", "math", 1], ["[", "math", 1]]],
  },
  {
    source: `${REDIS}json.set/`,
    call: (c) => c.set("k", "$", { a: [1] }, { nx: true, xx: false }),
    words: ["JSON.SET", "k", "$", '{"a":[1]}', "NX"],
    replies: [["OK", "OK"], [null, null]],
  },
  {
    source: `${REDIS}json.strappend/`,
    call: (c) => c.strappend("k", "$..a", "baz"),
    words: ["JSON.STRAPPEND", "k", "$..a", '"baz"'],
    replies: [[[6, 8, null], [6, 8, null]]],
  },
  {
    source: `${REDIS}json.strlen/`,
    call: (c) => c.strlen("k", ".a"),
    words: ["JSON.STRLEN", "k", ".a"],
    replies: [[3, 3]],
  },
  {
    source: `${REDIS}json.toggle/`,
    call: (c) => c.toggle("k", "$.a"),
    words: ["JSON.TOGGLE", "k", "$.a"],
    replies: [[[0, 1, null], [false, true, null]]],
  },
  {
    source: `${REDIS}json.toggle/`,
    call: (c) => c.toggle("k", ".a"),
    words: ["JSON.TOGGLE", "k", ".a"],
    replies: [["true", true], ["false", false]],
  },
  {
    source: `${REDIS}json.type/ and ${RESP3}`,
    call: (c) => c.type("k", "$..a"),
    words: ["JSON.TYPE", "k", "$..a"],
    replies: [[["integer", "boolean"], ["integer", "boolean"]], [[["integer", "boolean"]], [
      ...["integer", "boolean"],
    ]]],
  },
  {
    source: `${REDIS}json.type/ and ${RESP3}`,
    call: (c) => c.type("k"),
    words: ["JSON.TYPE", "k", "."],
    replies: [["object", "object"], [["object"], "object"], [null, null]],
  },
];

for (const { source, call, words, replies } of CASES) {
  Deno.test(`${words.join(" ")} as in ${source}`, async () => {
    const executor = new Answering();
    for (const [reply, value] of replies) {
      assertEquals(await call(json(executor.answer(reply))), value);
      assertEquals(executor.words, words);
    }
    await assertRejects(() => call(json(executor.answer(new Map()))), UnexpectedReplyError)
      .catch((error) => assert(words[0] === "JSON.RESP", error));
  });
}

Deno.test("every JSON command is called, and in the table with its keys", () => {
  const called = new Set(CASES.map(({ words }) => words[0]));
  const methods = Object.getOwnPropertyNames(JsonCommands.prototype);
  assertEquals(methods.length - 2, called.size);
  assertEquals(called.size, 24);
  for (const { words } of CASES) {
    const row: CommandRow | undefined = lookUp(words);
    assert(row !== undefined, `${words[0]} is not in the table`);
    assertEquals(row.readOnly, !row.write, `${words[0]}`);
    const keys = words.filter((word) => word === "k" || word === "l");
    assertEquals(keyPositions(row, words).map((position) => words[position]), keys);
  }
});

Deno.test("what has no JSON form is refused, and so are unknown options and surplus arguments", async () => {
  const commands = json(new Answering());
  for (const value of [undefined, () => {}, 1n, Symbol("s")]) {
    await assertRejects(
      () => commands.set("k", "$", value),
      TypeError,
      "cannot be serialized as JSON",
    );
  }
  const untyped = commands as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  await assertRejects(() => untyped.set("k", "$", 1, { NX: true }), TypeError, 'no option "NX"');
  await assertRejects(() => untyped.get("k", ".a", ".b"), TypeError, "Cannot call get() with 3");
  await assertRejects(() => commands.mget([], "$"), RangeError, "one or more keys");
  await assertRejects(() => commands.mset([]), RangeError, "one or more entries");
});

Deno.test("an error in a list is the error of the call", async () => {
  const executor = new Answering().answer([new ServerError("ERR wrong type")]);
  await assertRejects(() => json(executor).strlen("k", "$.a"), ServerError, "wrong type");
});

commandTest("JSON documents on a server that has the module", {
  needs: "JSON.SET",
}, async (client) => {
  const commands = json(client);
  const user = { name: "Ada", tags: ["math"], visits: 1, active: true };
  assertEquals(await commands.set("k", "$", user), "OK");
  assertEquals(await commands.set("k", "$", {}, { nx: true }), null);
  assertEquals(await commands.get("k"), user);
  assertEquals(await json(client.bytes).get("k", ".name"), "Ada");
  assertEquals(await commands.get("k", "$.name"), ["Ada"]);
  assertEquals(await commands.get("missing"), null);
  assertEquals(await commands.get("k", ["$.name", "$.visits"]), {
    "$.name": ["Ada"],
    "$.visits": [1],
  });
  assertEquals(await commands.type("k"), "object");
  assertEquals(await commands.type("k", "$.*"), ["string", "array", "integer", "boolean"]);
  assertEquals(await commands.numincrby("k", "$.visits", 5), [6]);
  assertEquals(await commands.numincrby("k", ".visits", 1.5), 7.5);
  assertEquals(await commands.nummultby("k", "$.*", 2), [null, null, 15, null]);
  assertEquals(await commands.arrappend("k", "$.tags", ["b", "c"]), [3]);
  assertEquals(await commands.arrinsert("k", ".tags", 0, "z"), 4);
  assertEquals(await commands.arrindex("k", "$.tags", "b"), [2]);
  assertEquals(await commands.arrlen("k", ".tags"), 4);
  assertEquals(await commands.arrpop("k", "$.tags"), ["c"]);
  assertEquals(await commands.arrpop("k", ".tags", 0), "z");
  assertEquals(await commands.arrtrim("k", "$.tags", 0, 0), [1]);
  assertEquals(await commands.objkeys("k"), ["name", "tags", "visits", "active"]);
  assertEquals(await commands.objkeys("k", "$"), [["name", "tags", "visits", "active"]]);
  assertEquals(await commands.objlen("k", "$"), [4]);
  assertEquals(await commands.strappend("k", "$.name", " L."), [6]);
  assertEquals(await commands.strlen("k", ".name"), 6);
  assertEquals(await commands.toggle("k", "$.active"), [false]);
  assertEquals(await commands.toggle("k", ".active"), true);
  assertEquals((await commands.resp("k", ".tags") as Reply[])[0], "[");
  assert((await commands.debugMemory("k"))! > 0);
  await commands.set("l", "$", { name: "Grace" });
  assertEquals(await commands.mget(["k", "l", "missing"], ".name"), ["Ada L.", "Grace", null]);
  assertEquals(await commands.mget(["l"], "$.name"), [["Grace"]]);
  assertEquals(await commands.clear("k", "$.tags"), 1);
  assertEquals(await commands.del("k", "$.tags"), 1);
  assertEquals(await commands.forget("k"), 1);
  assertEquals(await client.exists("k"), 0);
});

commandTest("JSON.MSET on a server that has it", { needs: "JSON.MSET" }, async (client) => {
  const commands = json(client);
  const entries = [{ key: "k", path: "$", value: 1 }, { key: "l", path: "$", value: [2] }];
  assertEquals(await commands.mset(entries), "OK");
  assertEquals(await commands.mget(["k", "l"], "."), [1, [2]]);
});

commandTest("JSON.MERGE on a server that has it", { needs: "JSON.MERGE" }, async (client) => {
  const commands = json(client);
  await commands.set("k", "$", { a: 1, b: 2 });
  assertEquals(await commands.merge("k", "$", { a: null, c: 3 }), "OK");
  assertEquals(await commands.get("k"), { b: 2, c: 3 });
});

/** Never called: paths decide on the types of replies. */
async function _types(client: Commands, path: string): Promise<void> {
  const one: number | null = await client.arrlen("k", ".a");
  const many: (number | null)[] | null = await client.arrlen("k", "$.a");
  const either: number | (number | null)[] | null = await client.arrlen("k", path);
  // @ts-expect-error: a JSONPath leads to a list.
  const wrong: number | null = await client.arrlen("k", "$.a");
  const user: { name: string } | null = await client.get<{ name: string }>("k");
  const names: string[] | null = await client.get<string>("k", "$.name");
  // @ts-expect-error: perhaps a list.
  const name: string | null = await client.get<string>("k", path);
  void [one, many, either, wrong, user, names, name];
}
