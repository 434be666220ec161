import { assertEquals } from "@std/assert";
import {
  describe,
  faultOfOptions,
  faultOfRecord,
  type OptionShape,
} from "../../lib/option_shape.ts";

interface Options {
  flag?: boolean;
  word?: string | number;
  words?: string | readonly string[];
  list?: Iterable<number> & object;
  time?: number | Date;
  nested?: { first: number; second: string };
  object?: Record<string, string>;
}

const SHAPE: OptionShape<Options> = {
  flag: "flag",
  word: "word",
  words: "words",
  list: "list",
  time: "time",
  nested: { first: "word", second: "word" },
  object: "object",
};

class Made {
  word = 1;
}

const GOOD: Record<string, unknown> = {
  "no options": {},
  "all options": {
    flag: false,
    word: 5n,
    words: ["a"],
    list: [],
    time: new Date(0),
    nested: { first: 1, second: "x" },
    object: new Map(),
  },
  "sets and generators": { words: new Set(["a"]), list: new Set([1]).values(), time: 5 },
  "bytes": { word: new Uint8Array(1), words: new Uint8Array(1) },
  "undefined options": { flag: undefined, nested: undefined },
  "an object without a prototype": Object.assign(Object.create(null), { word: 1 }),
  "an instance of a class": new Made(),
  "inherited options": Object.create({ word: 1, foreign: 1 }),
};

for (const [name, options] of Object.entries(GOOD)) {
  Deno.test(`faultOfOptions() finds nothing wrong with ${name}`, () => {
    assertEquals(faultOfOptions(options, SHAPE), undefined);
  });
}

const ALL = "{ flag, word, words, list, time, nested, object }";
const BAD: [options: unknown, fault: string][] = [
  [null, `expected options as an object ${ALL}, got null`],
  ["flag", `expected options as an object ${ALL}, got a string`],
  [[], `expected options as an object ${ALL}, got an array`],
  [new Map(), `expected options as an object ${ALL}, got a Map`],
  [Promise.resolve({}), `expected options as an object ${ALL}, got a Promise`],
  [new AbortController().signal, `expected options as an object ${ALL}, got an AbortSignal`],
  [{ Flag: true }, 'there is no option "Flag", only flag, word, words, list, time, nested, object'],
  [
    { Flag: undefined },
    'there is no option "Flag", only flag, word, words, list, time, nested, object',
  ],
  [
    { toString: 1 },
    'there is no option "toString", only flag, word, words, list, time, nested, object',
  ],
  [JSON.parse('{ "__proto__": 1 }'), `there is no option "__proto__", only ${ALL.slice(2, -2)}`],
  [{ flag: 1 }, 'option "flag" is a number, expected a boolean'],
  [{ flag: null }, 'option "flag" is null, expected a boolean'],
  [{ word: {} }, 'option "word" is an Object, expected a string, number, bigint or Uint8Array'],
  [{ word: ["a"] }, 'option "word" is an array, expected a string, number, bigint or Uint8Array'],
  [{ list: "ab" }, 'option "list" is a string, expected an array'],
  [{ list: new Uint8Array(1) }, 'option "list" is an Uint8Array, expected an array'],
  [{ list: {} }, 'option "list" is an Object, expected an array'],
  [
    { words: {} },
    'option "words" is an Object, expected a string, number, bigint or Uint8Array, or an array of them',
  ],
  [{ time: [] }, 'option "time" is an array, expected a number or a Date'],
  [{ object: "ab" }, 'option "object" is a string, expected an object'],
  [{ nested: 1 }, 'option "nested" is a number, expected an object { first, second }'],
  [{ nested: { first: 1 } }, 'option "nested.second" is missing'],
  [
    { nested: { first: 1, second: "", third: 1 } },
    'there is no option "nested.third", only first, second',
  ],
  [
    { nested: { first: null, second: "" } },
    'option "nested.first" is null, expected a string, number, bigint or Uint8Array',
  ],
];

for (const [options, fault] of BAD) {
  Deno.test(`faultOfOptions() finds out: ${fault}`, () => {
    assertEquals(faultOfOptions(options, SHAPE), fault);
  });
}

Deno.test("faultOfRecord() wants everything", () => {
  const shape: OptionShape<{ x: number; y: number }> = { x: "word", y: "word" };
  const fault = (record: unknown) => faultOfRecord(record, shape, "a point");
  assertEquals(fault({ x: 1, y: 2 }), undefined);
  assertEquals(fault({ x: 1 }), 'expected a point { x, y }: option "y" is missing');
  assertEquals(fault(undefined), "expected a point { x, y }, got undefined");
  assertEquals(fault([1, 2]), "expected a point { x, y }, got an array");
});

Deno.test("describe() tells the kind of a value, and not the value", () => {
  assertEquals(
    ["secret", 1, 1n, true, Symbol("s"), () => {}, null, undefined, [1], {}, new Date(0)].map(
      describe,
    ),
    [
      ...["a string", "a number", "a bigint", "a boolean", "a symbol", "a function", "null"],
      ...["undefined", "an array", "an Object", "a Date"],
    ],
  );
});
