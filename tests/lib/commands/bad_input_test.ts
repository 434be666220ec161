import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Commands, groups } from "../../../lib/commands/mod.ts";
import type { Decoder, Words } from "../../../lib/executor.ts";
import { type MethodDocs, readGroupDocs } from "./_group_docs.ts";
import { makeUp } from "./_made_up_calls.ts";

const { methods } = await readGroupDocs();

/** A surface that rejects as clients do, and keeps what comes of the last call. */
class Surface extends Commands {
  outcome: Words | Error | undefined;

  protected override send<R>(words: Words, _decode: Decoder<R>): Promise<R> {
    const bad = words.find((word) => word instanceof Error);
    this.outcome = bad ?? words;
    return bad === undefined ? new Promise(() => {}) : Promise.reject(bad);
  }
}

/** What comes of a call: the words that would be sent, or the error that it rejects with. */
function outcomeOf(name: string, args: readonly unknown[]): Words | Error {
  const surface = new Surface();
  const method = Reflect.get(surface, name) as (...args: unknown[]) => unknown;
  const result = method.apply(surface, [...args]) as Promise<unknown> | AsyncGenerator;
  const promise = "next" in result ? result.next() : result;
  promise.catch(() => {});
  return surface.outcome!;
}

/** Arguments that a method takes, for all of its parameters. */
function argumentsOf({ group, implementation }: MethodDocs): unknown[] {
  return implementation.map((parameter) =>
    parameter.optional && parameter.structured ? undefined : makeUp(parameter, group)
  );
}

function assertRefused(outcome: Words | Error, call: string): void {
  assert(outcome instanceof TypeError, `${call}: ${outcome}`);
  assert(/^Cannot (send|call) /.test(outcome.message), `${call}: ${outcome.message}`);
}

Deno.test("methods have no parameters with a default value, so that their number can be read", () => {
  for (const { prototype } of groups) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (name === "constructor") continue;
      const { implementation } = methods.find((method) => method.name === name)!;
      assertEquals(Reflect.get(prototype, name).length, implementation.length, name);
    }
  }
});

Deno.test("every method refuses a surplus argument", () => {
  for (const method of methods) {
    const args = argumentsOf(method);
    assertRefused(outcomeOf(method.name, [...args, "surplus"]), method.name);
  }
});

Deno.test("no method takes undefined for a surplus argument", () => {
  for (const method of methods) {
    const args = argumentsOf(method);
    const outcome = outcomeOf(method.name, [...args, undefined]);
    assert(Array.isArray(outcome), `${method.name}: ${outcome}`);
  }
});

Deno.test("every method refuses unknown options, and anything but an object of options", () => {
  let count = 0;
  for (const method of methods) {
    const args = argumentsOf(method);
    for (const [i, { name, structured }] of method.implementation.entries()) {
      if (!structured) continue;
      count++;
      for (const bad of [{ nonsense: 1 }, "WITHSCORES", null, new Map([["nx", true]]), ["NX"]]) {
        assertRefused(
          outcomeOf(method.name, args.with(i, bad)),
          `${method.name}() with ${name}: ${Deno.inspect(bad)}`,
        );
      }
    }
  }
  assert(count > 90, `${count} parameters`);
});

Deno.test("no method throws, whatever it is given", () => {
  const hostile = [
    ...[undefined, null, true, 5, NaN, 5n, "", "text", Symbol("s"), () => {}, {}, [], [null]],
    ...[[[]], [["a"]], [undefined, 1], new Map(), new Set(["a"]), new Date(0), [{}], ["a", "b"]],
    ...[Object.create(null), { a: undefined }, { a: null }, { a: {} }, new Uint8Array(1)],
  ];
  for (const method of methods) {
    const args = argumentsOf(method);
    for (const i of args.keys()) {
      for (const bad of hostile) {
        const call = `${method.name}() with ${Deno.inspect(bad)} as argument ${i}`;
        let outcome: Words | Error;
        try {
          outcome = outcomeOf(method.name, args.with(i, bad));
        } catch (error) {
          throw new Error(`${call} throws`, { cause: error });
        }
        if (outcome instanceof Error) {
          assert(/^Cannot /.test(outcome.message), `${call}: ${outcome}`);
        }
      }
    }
  }
});

/** What people write who come from other clients or from a terminal, and what they are told. */
const HABITS: [method: string, args: unknown[], message: string][] = [
  [
    "set",
    ["k", "v", { ex: 10, NX: true }],
    'Cannot send SET: there is no option "NX", only ex, px',
  ],
  ["set", ["k", "v", "EX", 10], "Cannot call set() with 4 arguments: it takes 3 at most; several"],
  ["set", ["k", "v", "EX"], "expected options as an object { ex, px, exat, pxat, keepttl, ifeq,"],
  ["set", ["k", "v", { ex: null }], 'option "ex" is null, expected a string, number, bigint'],
  ["set", ["k", "v", { nx: "yes" }], 'option "nx" is a string, expected a boolean'],
  ["set", ["k", "v", Promise.resolve({ ex: 10 })], "got a Promise"],
  ["zrange", ["k", 0, -1, "WITHSCORES"], "Cannot send ZRANGE: expected options as an object { by"],
  ["zrange", ["k", 0, 1, { limit: 5 }], 'option "limit" is a number, expected an object { offset'],
  ["zrange", ["k", 0, 1, { limit: { offset: 0 } }], 'option "limit.count" is missing'],
  [
    "zrange",
    ["k", 0, 1, { limit: { offset: 0, count: 1, x: 1 } }],
    'no option "limit.x", only off',
  ],
  ["zrangestore", ["k", "l", 0, 1, { withscores: true }], 'there is no option "withscores", only'],
  ["del", ["a", "b"], "several items go into one array"],
  ["mset", ["a", 1, "b", 2], "Cannot call mset() with 4 arguments: it takes 1 at most"],
  ["hset", ["k", "field", "value"], "it takes 2 at most"],
  ["zadd", ["k", { score: 1, value: 42 }], "expected members with scores: { name: score }, [[mem"],
  ["zadd", ["k", { score: 1, member: "m" }], "or [{ member, score }]"],
  ["zadd", ["k", [{ score: 1, value: "m" }]], "or [{ member, score }]"],
  [
    "zadd",
    ["k", 1, "m"],
    "expected members with scores: { name: score }, [[member, score]] or [{ member, score }]",
  ],
  ["zadd", ["k", ["m", 1]], "expected members with scores"],
  ["zunion", [["a", "b"], { weights: "12" }], 'option "weights" is a string, expected an array'],
  ["geoadd", ["k", { a: undefined }], "expected a position { longitude, latitude }, got undefined"],
  [
    "geoadd",
    ["k", { a: { lon: 1, lat: 2 } }],
    'there is no option "lon", only longitude, latitude',
  ],
  [
    "geosearch",
    ["k", { frommember: "m", byradius: { radius: 1 } }],
    'option "byradius.unit" is mi',
  ],
  ["georadius", ["k", null, 1, "km"], "expected a position { longitude, latitude }, got null"],
  ["eval", ["return 1", ["k"]], "expected options as an object { keys, args }, got an array"],
  ["eval", ["return 1", 1, "k"], "Cannot call eval() with 3 arguments"],
  ["eval", ["return 1", { keys: {} }], 'option "keys" is an Object, expected a string, number'],
  ["clientList", [{ id: [] }], "Cannot send CLIENT LIST: expected one or more id, got none"],
  ["clientList", [{ type: null }], 'option "type" is null'],
  ["aclLog", [{ count: 10 }], 'there is no option "count", only reset'],
  ["aclLog", [null], "got null"],
  ["aclLog", ["RESET"], "expected a count or { reset: true }"],
  ["aclLog", [{ reset: false }], "expected a count or { reset: true }"],
  ["bitcount", ["k", 0, -1], "it takes 2 at most"],
  ["bitcount", ["k", { end: 1 }], 'option "start" is missing'],
  [
    "bitfield",
    ["k", { get: "u8" }],
    'expected an operation { get, offset }: option "offset" is mis',
  ],
  ["bitfield", ["k", "GET"], "expected operations { get, offset }, { set, offset, value }"],
  ["clusterAddslotsrange", [[0, 5]], "expected ranges of slots [[first, last]]"],
  [
    "migrate",
    ["h", 1, "k", 0, 9, { auth2: "x" }],
    'option "auth2" is a string, expected an object',
  ],
  ["xadd", ["s", "*", { f: 1 }, { limit: 10 }], 'expected one of the options "maxlen" and "minid"'],
  ["xtrim", ["s", { maxlen: 1, minid: "1" }], 'expected one of the options "maxlen" and "minid"'],
  ["xinfoStream", ["s", { count: 1 }], 'option "count" needs option "full"'],
  ["xpending", ["s", "g", { start: "-", end: "+" }], 'option "count" is missing'],
  ["moduleLoad", ["path", "args"], "expected an array of arguments"],
  [
    "scanIterator",
    ["user:*"],
    "expected options as an object { match, count, type }, got a string",
  ],
  [
    "hscanIterator",
    ["k", { MATCH: "*" }],
    'there is no option "MATCH", only match, count, novalues',
  ],
  ["zscanIterator", ["k", {}, {}], "Cannot call zscanIterator() with 3 arguments"],
];

Deno.test("methods say what they expect instead of what other clients take", () => {
  for (const [method, args, message] of HABITS) {
    const outcome = outcomeOf(method, args);
    assert(outcome instanceof Error, `${method}(${Deno.inspect(args)}) sends ${outcome}`);
    assertStringIncludes(outcome.message, message);
  }
});

Deno.test("an error of an iterator is the error of the call", () => {
  function* keys(): Generator<string> {
    yield "a";
    throw new RangeError("Cannot go on");
  }
  for (const method of ["del", "sintercard", "zunion"]) {
    const outcome = outcomeOf(method, [keys()]);
    assert(outcome instanceof RangeError, `${method}: ${outcome}`);
    assertEquals(outcome.message, "Cannot go on");
  }
});

Deno.test("options that are undefined count as not given", () => {
  assertEquals(outcomeOf("set", ["k", "v", { ex: undefined, nx: undefined }]), ["SET", "k", "v"]);
  assertEquals(outcomeOf("zrange", ["k", 0, 1, { limit: undefined }]), ["ZRANGE", "k", 0, 1]);
});

Deno.test("options may come from a class, and without a prototype", () => {
  class Expiry {
    ex = 10;
  }
  const expected = ["SET", "k", "v", "EX", 10];
  assertEquals(outcomeOf("set", ["k", "v", new Expiry()]), expected);
  assertEquals(
    outcomeOf("set", ["k", "v", Object.assign(Object.create(null), { ex: 10 })]),
    expected,
  );
});

Deno.test("members may have any names as pairs", () => {
  assertEquals(outcomeOf("zadd", ["k", [["score", 1], ["value", 42]]]), [
    ...["ZADD", "k", 1, "score", 42, "value"],
  ]);
  assertEquals(outcomeOf("zadd", ["k", { score: 1, value: 42, rank: 3 }]), [
    ...["ZADD", "k", 1, "score", 42, "value", 3, "rank"],
  ]);
});
