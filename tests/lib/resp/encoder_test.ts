import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { type Argument, CommandEncoder, encodeCommand } from "../../../lib/resp/mod.ts";
import { binary, concatenate } from "./_chunks.ts";

const KiB = 1024;

/** What goes out, each byte as a character. */
function wire(encoder: CommandEncoder): string {
  return new TextDecoder("latin1").decode(concatenate(encoder.chunks()));
}

function encoded(...args: Argument[]): string {
  const encoder = new CommandEncoder();
  encoder.encode(args);
  return wire(encoder);
}

/** The plain way: nothing but lengths and contents. */
function expected(...args: (string | Uint8Array)[]): string {
  const words = args.map((arg) => typeof arg === "string" ? new TextEncoder().encode(arg) : arg);
  return `*${words.length}\r\n` +
    words.map((word) => `$${word.length}\r\n${latin1(word)}\r\n`).join("");
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

Deno.test("encode() writes an array of bulk strings", () => {
  assertEquals(encoded("SET", "key", "value"), "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n");
  assertEquals(encoded("PING"), "*1\r\n$4\r\nPING\r\n");
});

Deno.test("encode() writes numbers in decimal", () => {
  for (
    const [number, text] of [
      [0, "0"],
      [-0, "0"],
      [7, "7"],
      [-42, "-42"],
      [1.5, "1.5"],
      [-0.1, "-0.1"],
      [1e21, "1e+21"],
      [1e-7, "1e-7"],
      [2 ** 53, "9007199254740992"],
      [Number.MAX_VALUE, "1.7976931348623157e+308"],
      [Infinity, "inf"],
      [-Infinity, "-inf"],
      [0n, "0"],
      [-9223372036854775808n, "-9223372036854775808"],
      [10n ** 30n, "1" + "0".repeat(30)],
      [10n ** 100n, "1" + "0".repeat(100)],
    ] as const
  ) {
    assertEquals(encoded("X", number), expected("X", text));
  }
});

Deno.test("encode() writes empty arguments", () => {
  assertEquals(encoded("", new Uint8Array(0), ""), "*3\r\n$0\r\n\r\n$0\r\n\r\n$0\r\n\r\n");
});

Deno.test("encode() writes bytes as they are", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  assertEquals(encoded("X", all), expected("X", all));
  assertEquals(encoded("X", all.subarray(10, 20)), expected("X", all.slice(10, 20)));
  assertEquals(encoded("X", binary("$5\r\n*1\r\n")), expected("X", "$5\r\n*1\r\n"));
  class Derived extends Uint8Array {}
  assertEquals(encoded("X", Derived.of(1, 2)), expected("X", "\x01\x02"));
});

Deno.test("encode() writes text as UTF-8, with its length in bytes", () => {
  for (
    const text of ["é", "€", "😀", "\0", "\x7f", "\x80", "\ufeff", "\ufffd", "a\r\nb", "naïve"]
  ) {
    assertEquals(encoded("X", text), expected("X", text), JSON.stringify(text));
  }
});

Deno.test("encode() writes text of all lengths around those where it changes its way", () => {
  const lengths = [39, 40, 41, 99, 100, 5461, 5462, 16_383, 16_384, 16_385, 65_535, 65_536, 70_000];
  for (const length of lengths) {
    const ascii = "x".repeat(length);
    assertEquals(encoded("X", ascii, "Y"), expected("X", ascii, "Y"), `${length} ASCII`);
    for (const other of ["é", "€", "😀"]) {
      for (
        const text of [
          other + ascii.slice(other.length),
          ascii.slice(other.length) + other,
          other.repeat(Math.floor(length / other.length)),
        ]
      ) {
        assertEquals(encoded("X", text, "Y"), expected("X", text, "Y"), `${length} with ${other}`);
      }
    }
    const bytes = new Uint8Array(length).fill(255);
    assertEquals(encoded("X", bytes, "Y"), expected("X", bytes, "Y"), `${length} bytes`);
  }
});

Deno.test("encode() writes commands of many arguments", () => {
  for (const count of [9, 10, 11, 99, 100, 1000, 100_000]) {
    const args = Array.from({ length: count }, (_, i) => String(i));
    assertEquals(encoded(...args), expected(...args));
  }
});

Deno.test("encode() gathers commands, more than the buffer held at first", () => {
  const encoder = new CommandEncoder();
  const value = "v".repeat(1000);
  let all = "";
  for (let i = 0; i < 1000; i++) {
    encoder.encode(["SET", i, value]);
    all += expected("SET", String(i), value);
  }
  assertEquals(encoder.byteLength, all.length);
  assertEquals(encoder.chunks().length, 1);
  assert(wire(encoder) === all);
});

Deno.test("encode() refers to arguments of 16 KiB and more instead of copying them", () => {
  const encoder = new CommandEncoder();
  const large = new Uint8Array(16 * KiB).fill(1);
  const small = new Uint8Array(16 * KiB - 1).fill(2);
  encoder.encode(["SET", "a", large]);
  encoder.encode(["SET", "b", small]);
  const chunks = encoder.chunks();
  assertEquals(chunks.length, 3);
  assertStrictEquals(chunks[1], large);
  assertEquals(wire(encoder), expected("SET", "a", large) + expected("SET", "b", small));
  assertEquals(encoder.byteLength, wire(encoder).length);
});

Deno.test("encode() keeps large arguments in their places while its buffer grows", () => {
  const encoder = new CommandEncoder();
  const large = Array.from({ length: 5 }, (_, i) => new Uint8Array(20 * KiB).fill(i));
  const filler = "f".repeat(15_000);
  let all = "";
  for (const bytes of large) {
    for (let i = 0; i < 10; i++) {
      encoder.encode(["A", filler]);
      all += expected("A", filler);
    }
    encoder.encode([bytes, "between", bytes, bytes]);
    all += expected(bytes, "between", bytes, bytes);
  }
  assertEquals(encoder.byteLength, all.length);
  assert(wire(encoder) === all);
});

Deno.test("chunks() is one empty chunk when nothing was gathered", () => {
  assertEquals(new CommandEncoder().byteLength, 0);
  assertEquals(concatenate(new CommandEncoder().chunks()).length, 0);
});

Deno.test("reset() forgets everything, large arguments included", () => {
  const encoder = new CommandEncoder();
  for (let round = 0; round < 3; round++) {
    encoder.encode(["A", new Uint8Array(20 * KiB), "x".repeat(100_000)]);
    encoder.reset();
    assertEquals(encoder.byteLength, 0);
    encoder.encode(["B", 1]);
    assertEquals(wire(encoder), expected("B", "1"));
    encoder.reset();
  }
});

Deno.test("reset() keeps the buffer that a burst made large for the burst, and lets go of it later", () => {
  const encoder = new CommandEncoder();
  const buffer = () => encoder.chunks()[0].buffer;
  encoder.encode(["A"]);
  const first = buffer();
  encoder.reset();
  encoder.encode(["B"]);
  assertStrictEquals(buffer(), first);
  for (let i = 0; i < 300; i++) encoder.encode(["C", "c".repeat(10_000)]);
  const large = buffer();
  assert(large.byteLength > 2 ** 20);
  encoder.reset();
  assertStrictEquals(buffer(), large);
  for (let i = 0; i < 100; i++) {
    encoder.encode(["C"]);
    encoder.reset();
  }
  assertNotStrictEquals(buffer(), large);
  assert(buffer().byteLength <= 2 ** 16);
  // A very large one goes at once.
  encoder.encode(["C", "c".repeat(9 * 2 ** 20)]);
  const huge = buffer();
  encoder.reset();
  assertNotStrictEquals(buffer(), huge);
  encoder.encode(["D"]);
  assertEquals(wire(encoder), expected("D"));
});

const BAD: Record<string, [unknown, string]> = {
  "NaN": [NaN, "Cannot send NaN as an argument"],
  "null": [null, "Cannot send an argument of type null"],
  "undefined": [undefined, "Cannot send an argument of type undefined"],
  "a boolean": [true, "Cannot send an argument of type boolean"],
  "a symbol": [Symbol("s"), "Cannot send an argument of type symbol"],
  "a function": [() => "x", "Cannot send an argument of type function"],
  "an object": [{ secret: 1 }, "Cannot send an argument of type object"],
  "an array": [["x"], "Cannot send an argument of type object"],
  "a String object": [new String("x"), "Cannot send an argument of type object"],
  "an ArrayBuffer": [new ArrayBuffer(2), "Cannot send an argument of type object"],
  "another view": [new Uint16Array(2), "Cannot send an argument of type object"],
  "a lone high surrogate": ["secret\ud83d", "Cannot send a string with a lone surrogate"],
  "a lone low surrogate": ["\ude00secret", "Cannot send a string with a lone surrogate"],
  "surrogates in the wrong order": ["\ude00\ud83d", "Cannot send a string with a lone surrogate"],
  "a lone surrogate in a longer text": [
    "secret".repeat(20) + "\ud83d!",
    "Cannot send a string with a lone surrogate",
  ],
  "a lone surrogate in a large text": [
    "\ud83d" + "secret".repeat(20_000),
    "Cannot send a string with a lone surrogate",
  ],
};

for (const [name, [bad, message]] of Object.entries(BAD)) {
  Deno.test(`encode() refuses ${name}, and appends nothing`, () => {
    const encoder = new CommandEncoder();
    const large = new Uint8Array(20 * KiB);
    encoder.encode(["A", large]);
    const before = [encoder.byteLength, encoder.chunks().length];
    const error = assertThrows(
      () => encoder.encode(["B", "b".repeat(70_000), large, 1, bad as Argument, large]),
      TypeError,
      message,
    ) as TypeError;
    assert(!error.message.includes("secret"));
    assertEquals([encoder.byteLength, encoder.chunks().length], before);
    encoder.encode(["C", large]);
    assertEquals(wire(encoder), expected("A", large) + expected("C", large));
  });

  Deno.test(`encodeCommand() refuses ${name}`, () => {
    assertThrows(() => encodeCommand(["B", bad as Argument]), TypeError, message);
  });
}

Deno.test("encodeCommand() makes bytes of their own", () => {
  const large = new Uint8Array(20 * KiB).fill(1);
  const bytes = encodeCommand(["SET", "é", large, 5n]);
  const text = latin1(bytes);
  large.fill(2);
  assertEquals(latin1(bytes), text);
  assertEquals(text, expected("SET", "é", new Uint8Array(20 * KiB).fill(1), "5"));
  assertEquals(bytes.buffer.byteLength, bytes.length);
});
