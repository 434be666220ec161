import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  type Decoded,
  ProtocolError,
  Push,
  RespDecoder,
  type RespDecoderOptions,
} from "../../../lib/resp/mod.ts";
import { elementsOf, pairsOf } from "../../../lib/resp/repeated.ts";
import { binary, concatenate, pieces } from "./_chunks.ts";

type Bytes = Uint8Array<ArrayBuffer>;

function decode(text: string, options?: RespDecoderOptions): Decoded[] {
  return new RespDecoder(options).push(binary(text));
}

function failure(run: () => unknown): ProtocolError {
  return assertThrows(run, ProtocolError) as ProtocolError;
}

Deno.test("push() appends to the list that it is given, and returns it", () => {
  const decoder = new RespDecoder();
  const replies: Decoded[] = ["before"];
  assertStrictEquals(decoder.push(binary("+a\r\n:1\r\n+b"), replies), replies);
  assertEquals(replies, ["before", "a", 1]);
  decoder.push(binary("\r\n"), replies);
  assertEquals(replies, ["before", "a", 1, "b"]);
  assertEquals(decoder.push(binary(":2\r\n")), [2]);
});

Deno.test("a decoder refuses bytes while it hands over a reply: the replies behind that one would be lost", () => {
  const decoder = new RespDecoder();
  const replies: Decoded[] = [];
  decoder.decode(binary(":1\r\n:2\r\n:3\r\n"), {
    push: (reply) => {
      replies.push(reply);
      if (reply === 2) assertThrows(() => decoder.push(binary("+a\r\n")), TypeError);
    },
  });
  assertEquals(replies, [1, 2, 3]);
  assertEquals(decoder.push(binary(":4\r\n")), [4]);
});

Deno.test("a decoder that has failed takes no more bytes", () => {
  for (const wire of [":1x\r\n", "$1\r\nabc", "@"]) {
    const decoder = new RespDecoder();
    failure(() => decoder.push(binary(wire)));
    assertThrows(() => decoder.push(binary("+a\r\n")), TypeError, "the decoder has failed");
  }
});

Deno.test("push() hands over the replies in front of an error", () => {
  for (const size of [1, 3, 100]) {
    const decoder = new RespDecoder();
    const replies: Decoded[] = [];
    const error = failure(() => {
      for (const chunk of pieces(binary(":1\r\n$1\r\nx\r\n*1\r\n?"), size)) {
        decoder.push(chunk, replies);
      }
    });
    assertEquals(replies, [1, "x"]);
    assertEquals(error.offset, 15);
  }
});

Deno.test("push() takes empty chunks anywhere", () => {
  const decoder = new RespDecoder();
  const chunks = pieces(binary("$2\r\nab\r\n+c\r\n*1\r\n_\r\n"), 1);
  const replies = chunks.flatMap((chunk) => [
    ...decoder.push(new Uint8Array(0)),
    ...decoder.push(chunk),
  ]);
  assertEquals(replies, ["ab", "c", [null]]);
});

Deno.test("the mode is asked for once for each reply, when its first byte comes", () => {
  const wire = binary("$1\r\na\r\n*2\r\n$1\r\nb\r\n$1\r\nc\r\n>2\r\n+p\r\n$1\r\nd\r\n$1\r\ne\r\n");
  const modes = [true, false, true, false];
  for (const size of [1, 2, 7, 1000]) {
    const asked: [boolean, number][] = [];
    const replies: Decoded[] = [];
    let fed = 0;
    const decoder = new RespDecoder({
      bytes: (push) => {
        asked.push([push, fed]);
        return modes[asked.length - 1];
      },
    });
    for (const chunk of pieces(wire, size)) {
      decoder.push(chunk, replies);
      fed += chunk.length;
    }
    assertEquals(replies, [
      binary("a"),
      ["b", "c"],
      new Push(["p", binary("d")]),
      "e",
    ]);
    assertEquals(asked.map(([push]) => push), [false, false, true, false]);
    const chunkOf = (offset: number) => offset - offset % size;
    assertEquals(asked.map(([, at]) => at), [0, 7, 25, 40].map(chunkOf));
  }
});

Deno.test("the mode is asked for after the attributes in front of a reply, which are text", () => {
  const seen: unknown[] = [];
  const asked: boolean[] = [];
  const decoder = new RespDecoder({
    bytes: (push) => asked.push(push) > 0,
    onAttributes: (attributes) => seen.push(attributes),
  });
  assertEquals(decoder.push(binary("|1\r\n$1\r\nk\r\n$1\r\nv\r\n")), []);
  assertEquals(asked, []);
  assertEquals(seen, [new Map([["k", "v"]])]);
  assertEquals(decoder.push(binary(">1\r\n$1\r\np\r\n")).length, 1);
  assertEquals(asked, [true]);
  assertEquals(decoder.push(binary("*2\r\n$1\r\na\r\n|1\r\n$1\r\nk\r\n:1\r\n$1\r\nb\r\n")), [
    [binary("a"), binary("b")],
  ]);
  assertEquals(asked, [true, false]);
  // Inside a reply an attribute is like the rest of it.
  assertEquals(seen[1], new Map([[binary("k"), 1]]));
});

Deno.test("attributes are dropped where nobody asks for them", () => {
  assertEquals(decode("|1\r\n+a\r\n:1\r\n*1\r\n|1\r\n+b\r\n:2\r\n:3\r\n"), [[3]]);
});

Deno.test("the kind of a push message is text in both modes", () => {
  const wire = ">2\r\n$7\r\nmessage\r\n$1\r\nx\r\n";
  const [text] = decode(wire) as [Push];
  const [bytes] = decode(wire, { bytes: true }) as [Push];
  assertEquals(text.kind, "message");
  assertEquals(bytes.kind, "message");
  assertEquals(text.elements, ["message", "x"]);
  assertEquals(bytes.elements, [binary("message"), binary("x")]);
  assertEquals((decode(">1\r\n:5\r\n") as [Push])[0].kind, "5");
});

Deno.test("idle tells whether anything incomplete has arrived", () => {
  const wire = binary("*2\r\n$1\r\na\r\n*?\r\n:1\r\n.\r\n");
  const decoder = new RespDecoder();
  assert(decoder.idle);
  for (const [i, byte] of wire.entries()) {
    decoder.push(Uint8Array.of(byte));
    assertEquals(decoder.idle, i === wire.length - 1, `after byte ${i}`);
  }
});

Deno.test("bytes are values of their own, not views into a chunk or into each other", () => {
  const chunk = binary("*2\r\n$3\r\nabc\r\n$3\r\nabc\r\n");
  const [reply] = new RespDecoder({ bytes: true }).push(chunk) as [[Bytes, Bytes]];
  chunk.fill(0);
  reply[0].fill(1);
  assertEquals(reply[1], binary("abc"));
  assertEquals(reply[0].buffer.byteLength, 3);
});

Deno.test("target() is null unless a long stretch of one bulk string is missing", () => {
  const decoder = new RespDecoder({ bytes: true });
  const isNull = (wire: string) => {
    decoder.push(binary(wire));
    return decoder.target() === null;
  };
  assert(decoder.target() === null, "nothing has arrived");
  assert(isNull("*1\r\n"), "between elements");
  assert(isNull("$16383\r\n"), "a short bulk string");
  assert(isNull("x".repeat(16_383) + "\r"), "its end");
  assert(isNull("\n"), "behind it");
  assert(isNull("$2000"), "half a length");
  assert(!isNull("0\r\n"), "a long bulk string");
  assert(!isNull("x".repeat(20_000 - 16_384)), "still long");
  assert(isNull("x"), "the rest is short");
  assert(isNull("x".repeat(16_383)), "its end is missing");
  assertEquals(decoder.push(binary("\r\n:1\r\n")).length, 2);
});

Deno.test("target() and filled() take a long bulk string in, with what comes before and behind", () => {
  const content = Uint8Array.from({ length: 5_000_000 }, (_, i) => i % 251);
  const decoder = new RespDecoder({ bytes: true });
  let at = 3;
  assertEquals(
    decoder.push(concatenate([binary(":1\r\n$5000000\r\n"), content.subarray(0, at)])),
    [1],
  );
  let largest = 0;
  while (at < content.length) {
    const target = decoder.target();
    if (target === null) break;
    largest = Math.max(largest, target.length);
    // Now and then less than there is room for.
    const part = content.subarray(at, at + Math.min(target.length, 300_000));
    target.set(part);
    decoder.filled(target.subarray(0, part.length));
    at += part.length;
    assert(!decoder.idle);
  }
  assert(largest >= 1_000_000);
  const [reply] = decoder.push(concatenate([content.subarray(at), binary("\r\n")]));
  assertEquals((reply as Bytes).length, content.length);
  assert((reply as Bytes).every((byte, i) => byte === i % 251));
  assertEquals(failure(() => decoder.push(binary("?"))).offset, 4 + 10 + 5_000_000 + 2);
});

Deno.test("a bulk string that is long and badly ended fails where its end should be", () => {
  const decoder = new RespDecoder();
  decoder.push(binary("$20000\r\n"));
  const target = decoder.target()!;
  assertEquals(target.length, 20_000);
  decoder.filled(target);
  assertEquals(failure(() => decoder.push(binary("??"))).offset, 20_008);
});

Deno.test("the limits are generous by default, and kept", () => {
  const deep = (levels: number) => "*1\r\n".repeat(levels) + ":1\r\n";
  assertEquals(decode(deep(128)).length, 1);
  assertEquals(
    failure(() => decode(deep(129))).message,
    "Cannot decode a reply nested deeper than 128",
  );
  const line = (length: number) => `+${"x".repeat(length)}\r\n`;
  assertEquals(decode(line(2 ** 20)), ["x".repeat(2 ** 20)]);
  assertEquals(
    failure(() => decode(line(2 ** 20 + 1))).message,
    "Cannot decode a line of more than 1048576 bytes",
  );
  assertEquals(
    failure(() => decode("+" + "x".repeat(2 ** 20 + 3))).message,
    "Cannot decode a line of more than 1048576 bytes",
  );
  const announced = (length: number, bytes: boolean) => () => decode(`$${length}\r\n`, { bytes });
  assertEquals(announced(2 ** 29, true)(), []);
  assertEquals(
    failure(announced(2 ** 29 + 1, true)).message,
    "Cannot decode a bulk string of more than 536870912 bytes",
  );
  // No string is longer.
  assertEquals(announced(2 ** 29 - 24, false)(), []);
  assertEquals(
    failure(announced(2 ** 29 - 23, false)).message,
    "Cannot decode a bulk string of more than 536870888 bytes",
  );
});

Deno.test("a decoder cannot be made with limits that mean nothing", () => {
  for (
    const [options, message] of [
      [{ maxDepth: -1 }, "maxDepth -1: expected an integer of at least 0"],
      [{ maxDepth: 1.5 }, "maxDepth 1.5: expected an integer of at least 0"],
      [{ maxLineLength: 31 }, "maxLineLength 31: expected an integer of at least 32"],
      [{ maxBulkLength: NaN }, "maxBulkLength NaN: expected an integer of at least 0"],
      [{ maxElements: Infinity }, "maxElements Infinity: expected an integer of at least 0"],
    ] as const
  ) {
    assertThrows(
      () => new RespDecoder(options),
      RangeError,
      `Cannot make a decoder with ${message}`,
    );
  }
});

Deno.test("a streamed string of very many parts costs what its bytes do", () => {
  // With a look at all earlier parts for each part this would take minutes.
  const parts = 300_000;
  const wire = binary("$?\r\n" + ";1\r\nx\r\n".repeat(parts) + ";0\r\n");
  assertEquals(new RespDecoder().push(wire), ["x".repeat(parts)]);
});

Deno.test("replies of a hundred thousand elements come out of small chunks", () => {
  const count = 100_000;
  const wire = binary(`*${count}\r\n` + ":7\r\n".repeat(count));
  const decoder = new RespDecoder();
  const [reply] = pieces(wire, 100).flatMap((chunk) => decoder.push(chunk)) as [number[]];
  assertEquals(reply.length, count);
  assert(reply.every((item) => item === 7));
});

Deno.test("pairs of a map, and elements of a set, are all kept where some are the same", () => {
  const [map, set] = decode("%3\r\n+a\r\n:1\r\n+b\r\n:2\r\n+a\r\n:3\r\n~3\r\n+a\r\n+b\r\n+a\r\n");
  assert(map instanceof Map && set instanceof Set);
  assertEquals([...map], [["a", 3], ["b", 2]]);
  assertEquals([...pairsOf(map)], [["a", 1], ["b", 2], ["a", 3]]);
  assertEquals([...set], ["a", "b"]);
  assertEquals(elementsOf(set), ["a", "b", "a"]);
});
