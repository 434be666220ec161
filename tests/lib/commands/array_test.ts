import { assert, assertEquals, assertRejects } from "@std/assert";
import { ArrayCommands } from "../../../lib/commands/array.ts";
import { keyPositions, lookUp } from "../../../lib/command_table/mod.ts";
import { UnexpectedReplyError } from "../../../lib/errors.ts";
import type { Argument, Reply } from "../../../lib/resp/mod.ts";
import { type FakeReply, RawReply, startFakeServer } from "../../../lib/testing/mod.ts";
import { RedisClient } from "../../../standalone/mod.ts";
import { Answering } from "../../_kit/answering.ts";
import { commandTest } from "../../_kit/command_tests.ts";

/** A call, its words, and replies with what they become. */
interface Case {
  call: (client: Answering) => Promise<unknown>;
  words: Argument[];
  /** Where RESP2 and RESP3 differ, that of RESP2 first. */
  replies: [reply: Reply, value: unknown][];
}

/** Where words and replies are described (Redis 8.8): the page of the command. */
const PAGES = "https://redis.io/docs/latest/commands/";

const BIG = 2n ** 64n - 2n;

const BRIEF: [name: string, value: Reply][] = [
  ["count", 2],
  ["len", 10],
  ["next-insert-index", 0],
  ["slices", 1],
  ["directory-size", 1],
  ["super-dir-entries", 0],
  ["slice-size", 4096],
];

const INFO = {
  count: 2,
  len: 10,
  nextInsertIndex: 0,
  slices: 1,
  directorySize: 1,
  superDirEntries: 0,
  sliceSize: 4096,
};

const DETAILS = {
  ...INFO,
  denseSlices: 0,
  sparseSlices: 1,
  avgDenseSize: 0,
  avgDenseFill: 0,
  avgSparseSize: 2.5,
};

/** A report with averages: texts in RESP2, doubles in RESP3. */
function full(average: (value: number) => Reply): [name: string, value: Reply][] {
  return [
    ...BRIEF,
    ["dense-slices", 0],
    ["sparse-slices", 1],
    ["avg-dense-size", average(0)],
    ["avg-dense-fill", average(0)],
    ["avg-sparse-size", average(2.5)],
  ];
}

const ITEMS = [{ index: 2, value: "ERROR: cpu" }, { index: 4, value: "error: net" }];

/** Of pairs, the descriptions show both forms. */
const PAIRS: [reply: Reply, value: unknown][] = [
  [[[2, "ERROR: cpu"], [4, "error: net"]], ITEMS],
  [[2, "ERROR: cpu", 4, "error: net"], ITEMS],
  [[[BIG, "x"]], [{ index: BIG, value: "x" }]],
  [[], []],
];

const CASES: Case[] = [
  { call: (c) => c.arcount("k"), words: ["ARCOUNT", "k"], replies: [[3, 3], [0, 0]] },
  {
    call: (c) => c.ardel("k", [0, 5n, "7"]),
    words: ["ARDEL", "k", 0, 5n, "7"],
    replies: [[2, 2]],
  },
  { call: (c) => c.ardel("k", 1), words: ["ARDEL", "k", 1], replies: [[0, 0]] },
  {
    call: (c) => c.ardelrange("k", [[0, 1], ["5", BIG]]),
    words: ["ARDELRANGE", "k", 0, 1, "5", BIG],
    replies: [[3, 3]],
  },
  { call: (c) => c.arget("k", 0), words: ["ARGET", "k", 0], replies: [["a", "a"], [null, null]] },
  {
    call: (c) => c.argetrange("k", 0, 2),
    words: ["ARGETRANGE", "k", 0, 2],
    replies: [[["a", null, "c"], ["a", null, "c"]]],
  },
  {
    call: (c) => c.argrep("k", "-", "+", { match: "error" }, { nocase: true }),
    words: ["ARGREP", "k", "-", "+", "MATCH", "error", "NOCASE"],
    replies: [[[2, 4], [2, 4]], [[BIG], [BIG]], [[], []]],
  },
  {
    call: (c) =>
      c.argrep("k", 0, 4, new Set([{ glob: "warn:*" }, { re: "net$" }]), { and: true, limit: 5 }),
    words: ["ARGREP", "k", 0, 4, "GLOB", "warn:*", "RE", "net$", "AND", "LIMIT", 5],
    replies: [[[1], [1]]],
  },
  {
    call: (c) => c.argrep("k", 4, 0, { exact: 7 }, { or: true, and: false, withvalues: true }),
    words: ["ARGREP", "k", 4, 0, "EXACT", 7, "OR", "WITHVALUES"],
    replies: PAIRS,
  },
  {
    call: (c) => c.arinfo("k"),
    words: ["ARINFO", "k"],
    replies: [[BRIEF.flat(), INFO], [new Map(BRIEF), INFO]],
  },
  {
    call: (c) => c.arinfo("k", { full: true }),
    words: ["ARINFO", "k", "FULL"],
    replies: [
      [full(String).flat(), DETAILS],
      [new Map(full((value) => value)), DETAILS],
    ],
  },
  {
    call: (c) => c.arinsert("k", ["a", 5]),
    words: ["ARINSERT", "k", "a", 5],
    replies: [[1, 1], [BIG, BIG]],
  },
  {
    call: (c) => c.arlastitems("k", 3),
    words: ["ARLASTITEMS", "k", 3],
    replies: [[["a", null], ["a", null]], [[], []]],
  },
  {
    call: (c) => c.arlastitems("k", 2, { rev: true }),
    words: ["ARLASTITEMS", "k", 2, "REV"],
    replies: [[["c", "b"], ["c", "b"]]],
  },
  { call: (c) => c.arlen("k"), words: ["ARLEN", "k"], replies: [[10, 10], [BIG, BIG], [0, 0]] },
  {
    call: (c) => c.armget("k", [1000, 5]),
    words: ["ARMGET", "k", 1000, 5],
    replies: [[["b", null], ["b", null]]],
  },
  {
    call: (c) => c.armset("k", { 0: "a", 1000: 5 }),
    words: ["ARMSET", "k", "0", "a", "1000", 5],
    replies: [[2, 2]],
  },
  {
    call: (c) => c.armset("k", new Map([[BIG, "a"]])),
    words: ["ARMSET", "k", BIG, "a"],
    replies: [[1, 1]],
  },
  {
    call: (c) => c.arnext("k"),
    words: ["ARNEXT", "k"],
    replies: [[0, 0], [BIG, BIG], [null, null]],
  },
  {
    call: (c) => c.arop("k", 0, 3, "sum"),
    words: ["AROP", "k", 0, 3, "sum"],
    replies: [["52.5", 52.5], ["-3", -3], [null, null]],
  },
  {
    call: (c) => c.arop("k", 0, 3, "XOR"),
    words: ["AROP", "k", 0, 3, "XOR"],
    replies: [[-5, -5], [2n ** 62n, 2n ** 62n], [null, null]],
  },
  {
    call: (c) => c.arop("k", 0, 3, { match: 10 }),
    words: ["AROP", "k", 0, 3, "MATCH", 10],
    replies: [[2, 2], [0, 0]],
  },
  { call: (c) => c.arop("k", 0, 3, "used"), words: ["AROP", "k", 0, 3, "used"], replies: [[4, 4]] },
  {
    call: (c) => c.arring("k", 3, [10, 11]),
    words: ["ARRING", "k", 3, 10, 11],
    replies: [[1, 1]],
  },
  {
    call: (c) => c.arscan("k", 0, "10", { limit: 2 }),
    words: ["ARSCAN", "k", 0, "10", "LIMIT", 2],
    replies: PAIRS,
  },
  {
    call: (c) => c.arseek("k", BIG),
    words: ["ARSEEK", "k", BIG],
    replies: [[1, true], [0, false]],
  },
  { call: (c) => c.arset("k", 5, "a"), words: ["ARSET", "k", 5, "a"], replies: [[1, 1]] },
  {
    call: (c) => c.arset("k", 4, ["b", "c"]),
    words: ["ARSET", "k", 4, "b", "c"],
    replies: [[1, 1]],
  },
];

for (const { call, words, replies } of CASES) {
  Deno.test(`${words.join(" ")} as in ${PAGES}${String(words[0]).toLowerCase()}/`, async () => {
    const client = new Answering();
    for (const [reply, value] of replies) {
      assertEquals(await call(client.answer(reply)), value);
      assertEquals(client.words, words);
    }
    await assertRejects(() => call(client.answer(true)), UnexpectedReplyError).catch((error) => {
      // True is a good answer to this one.
      assert(words[0] === "ARSEEK", error);
    });
  });
}

/** Arity and access of each command in its public description, `src/commands/ar….json` of Redis 8.8. */
const DESCRIBED: Record<string, [arity: number, access: "readonly" | "write"]> = {
  ARCOUNT: [2, "readonly"],
  ARDEL: [-3, "write"],
  ARDELRANGE: [-4, "write"],
  ARGET: [3, "readonly"],
  ARGETRANGE: [4, "readonly"],
  ARGREP: [-6, "readonly"],
  ARINFO: [-2, "readonly"],
  ARINSERT: [-3, "write"],
  ARLASTITEMS: [-3, "readonly"],
  ARLEN: [2, "readonly"],
  ARMGET: [-3, "readonly"],
  ARMSET: [-4, "write"],
  ARNEXT: [2, "readonly"],
  AROP: [-5, "readonly"],
  ARRING: [-4, "write"],
  ARSCAN: [-4, "readonly"],
  ARSEEK: [3, "write"],
  ARSET: [-4, "write"],
};

Deno.test("every array command is called, and in the table with its key", () => {
  assertEquals([...new Set(CASES.map(({ words }) => words[0]))], Object.keys(DESCRIBED));
  const methods = Object.getOwnPropertyNames(ArrayCommands.prototype).slice(1);
  assertEquals(methods.map((name) => name.toUpperCase()), Object.keys(DESCRIBED));
  for (const { words } of CASES) {
    const [arity, access] = DESCRIBED[String(words[0])];
    const row = lookUp(words);
    assert(row !== undefined, `${words[0]} is not in the table`);
    assertEquals(
      [row.arity, row.readOnly, row.write],
      [arity, access === "readonly", access === "write"],
    );
    assertEquals([row.requestPolicy, row.responsePolicy], [undefined, undefined]);
    assertEquals(keyPositions(row, words), [1]);
    assert(arity < 0 ? words.length >= -arity : words.length === arity, `${words}`);
  }
});

Deno.test("array commands refuse bad arguments in words", async () => {
  const client = new Answering();
  await assertRejects(() => client.ardel("k", []), RangeError, "one or more indexes, got none");
  await assertRejects(() => client.ardelrange("k", []), RangeError, "one or more ranges");
  await assertRejects(() => client.armset("k", {}), RangeError, "one or more elements");
  await assertRejects(() => client.arset("k", 0, []), RangeError, "one or more values");
  await assertRejects(() => client.argrep("k", "-", "+", []), RangeError, "one or more predicates");
  const untyped = client as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const predicates =
    "Cannot send ARGREP: expected predicates { exact }, { match }, { glob } or { re }";
  for (const bad of ["error", null, {}, [undefined], { glob: "a", re: "b" }]) {
    await assertRejects(() => untyped.argrep("k", "-", "+", bad), TypeError, predicates);
  }
  await assertRejects(
    () => untyped.argrep("k", "-", "+", { regex: "b" }),
    TypeError,
    'there is no option "regex", only exact, match, glob, re',
  );
  for (const bad of [[0, 5], "05", [[0]], [["a", 1]], null]) {
    await assertRejects(
      () => untyped.ardelrange("k", bad),
      TypeError,
      "expected ranges of indexes",
    );
  }
  await assertRejects(() => untyped.armset("k", ["a", "b"]), TypeError, "expected pairs");
  await assertRejects(
    () => untyped.arop("k", 0, 1, { sum: true }),
    TypeError,
    "expected an operation { match }",
  );
  await assertRejects(() => untyped.arscan("k", 0, 1, 5), TypeError, "expected options");
});

// Reply types of https://redis.io/docs/latest/commands/arinfo/, …/arscan/, …/arop/ and …/arnext/.
for (const protocol of [2, 3] as const) {
  Deno.test(`array commands read replies in RESP${protocol}`, async () => {
    await using server = await startFakeServer({
      ARGET: "a",
      ARINFO: new Map<FakeReply, FakeReply>(full((value) => value) as [string, FakeReply][]),
      ARLEN: new RawReply(new TextEncoder().encode(`:${BIG}\r\n`)),
      ARMGET: ["a", null],
      ARNEXT: null,
      AROP: "52.5",
      ARSCAN: [[0, "a"], [5, "b"]],
    });
    await using client = await RedisClient.create({
      addresses: [{ host: server.host, port: server.port }],
      protocol,
    });
    assertEquals(await client.arinfo("k", { full: true }), DETAILS);
    assertEquals(await client.bytes.arinfo("k"), INFO);
    assertEquals(await client.arlen("k"), BIG);
    assertEquals(await client.armget("k", [0, 1]), ["a", null]);
    assertEquals(await client.arnext("k"), null);
    assertEquals(await client.bytes.arop("k", 0, 1, "sum"), 52.5);
    const items = await client.bytes.arscan("k", 0, 9);
    assertEquals(items, [
      { index: 0, value: new Uint8Array([97]) },
      { index: 5, value: new Uint8Array([98]) },
    ]);
    assertEquals(await client.batch((b) => [b.arget("k", 0), b.arlen("k")]), ["a", BIG]);
  });
}

commandTest("arrays on a server that has them", { needs: "ARSET" }, async (client) => {
  assertEquals(await client.arset("k", 0, ["a", "b"]), 2);
  assertEquals(await client.armset("k", [[9, "c"], [0, "d"]]), 1);
  assertEquals([await client.arcount("k"), await client.arlen("k")], [3, 10]);
  assertEquals(await client.armget("k", [9, 5]), ["c", null]);
  assertEquals(await client.argetrange("k", 1, 0), ["b", "d"]);
  assertEquals(await client.arscan("k", 0, 9, { limit: 1 }), [{ index: 0, value: "d" }]);
  assertEquals(
    await client.argrep("k", "-", "+", [{ exact: "c" }, { re: "^B$" }], {
      nocase: true,
      withvalues: true,
    }),
    [{ index: 1, value: "b" }, { index: 9, value: "c" }],
  );
  assertEquals(await client.arop("k", 0, 9, "used"), 3);
  assertEquals(await client.arop("k", 0, 9, "sum"), null);
  assertEquals((await client.arinfo("k", { full: true })).count, 3);
  assertEquals(await client.arseek("k", 20), true);
  assertEquals(await client.arinsert("k", "e"), 20);
  assertEquals(await client.arnext("k"), 21);
  assertEquals(await client.ardelrange("k", [[0, 1], [20, 20]]), 3);
  assertEquals(await client.ardel("k", 9), 1);
  assertEquals(await client.exists("k"), 0);
  assertEquals(await client.arring("r", 3, [10, 11, 12, 13]), 0);
  assertEquals(await client.arlastitems("r", 2, { rev: true }), ["13", "12"]);
});

/** Never called: its types are checked. */
async function _typed(client: Answering, flag: boolean): Promise<void> {
  const count: number = await client.arop("k", 0, 1, { match: "a" });
  const sum: number | null = await client.arop("k", 0, 1, "MAX");
  const bits: number | bigint | null = await client.arop("k", 0, 1, "or");
  const { avgDenseFill } = await client.arinfo("k", { full: true });
  const [item] = await client.argrep("k", "-", "+", { exact: "a" }, { withvalues: true });
  const [index]: (number | bigint)[] = await client.argrep("k", "-", "+", { exact: "a" });
  const either = await client.argrep("k", "-", "+", { exact: "a" }, { withvalues: flag });
  // @ts-expect-error: it is an index or an element
  void either[0].value;
  // @ts-expect-error: there is no such report without `full`
  void (await client.arinfo("k")).denseSlices;
  // @ts-expect-error: one kind at a time
  await client.argrep("k", "-", "+", { exact: "a", re: "b" });
  // @ts-expect-error: one of both
  await client.argrep("k", "-", "+", { exact: "a" }, { and: true, or: true });
  // @ts-expect-error: there is no such operation
  await client.arop("k", 0, 1, "avg");
  void [count, sum, bits, avgDenseFill, item.value, index];
}
