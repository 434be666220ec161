/**
 * What the codec costs, without a socket: decoding by type, size and cut of the input; encoding by kind of argument.
 *
 * Within a group every benchmark handles the same amount, which its name says, so their times compare directly.
 *
 * @module
 */

import {
  type Argument,
  type ByteReader,
  CommandEncoder,
  type Decoded,
  RespDecoder,
  RespDecoderStream,
} from "../lib/resp/mod.ts";

const KiB = 1024;
const MiB = 1024 * KiB;
const READ_SIZE = 64 * KiB;

const utf8 = new TextEncoder();

/** `count` times the same frame, as one chunk. */
function repeated(frame: string, count: number): Uint8Array<ArrayBuffer> {
  return utf8.encode(frame.repeat(count));
}

function bulk(size: number, character = "x"): string {
  const text = character.repeat(size / utf8.encode(character).length);
  return `$${size}\r\n${text}\r\n`;
}

/** Cuts a chunk as a socket might. */
function pieces(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer>[] {
  const cut: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < bytes.length; at += size) cut.push(bytes.subarray(at, at + size));
  return cut;
}

/** Decodes everything with one decoder; fails if the frames did not give `expected` replies. */
function decode(decoder: RespDecoder, chunks: readonly Uint8Array[], expected: number): void {
  let count = 0;
  for (const chunk of chunks) count += decoder.push(chunk).length;
  if (count !== expected) throw new Error(`Cannot use this run: ${count} replies came out`);
}

// One thousand replies of each type, all in one chunk.

const THOUSAND = 1000;
const FRAMES: Record<string, string> = {
  "bulk string of 8 B": bulk(8),
  "OK": "+OK\r\n",
  "simple string": "+QUEUED\r\n",
  "error": "-WRONGTYPE Operation against a key\r\n",
  "blob error": "!14\r\nWRONGTYPE text\r\n",
  "integer": ":1234\r\n",
  "integer beyond 2^53": ":9223372036854775807\r\n",
  "null of RESP3": "_\r\n",
  "null bulk of RESP2": "$-1\r\n",
  "boolean": "#t\r\n",
  "double": ",3.25\r\n",
  "big number": "(340282366920938463463374607431768211456\r\n",
  "verbatim string of 8 B": "=12\r\ntxt:xxxxxxxx\r\n",
  "array of 10 integers": "*10\r\n" + ":1\r\n".repeat(10),
  "array of 10 short strings": "*10\r\n" + bulk(8).repeat(10),
  "set of 10 short strings": "~10\r\n" + Array.from({ length: 10 }, (_, i) => bulk8(i)).join(""),
  "map of 5 pairs": "%5\r\n" + Array.from({ length: 5 }, (_, i) => bulk8(i) + ":1\r\n").join(""),
  "push of 3": ">3\r\n$7\r\nmessage\r\n" + bulk(8) + bulk(8),
  "attribute and integer": "|1\r\n+ttl\r\n:3600\r\n:1\r\n",
  "streamed string of 2 parts": "$?\r\n;4\r\nxxxx\r\n;4\r\nxxxx\r\n;0\r\n",
  "streamed array of 10 integers": "*?\r\n" + ":1\r\n".repeat(10) + ".\r\n",
};

function bulk8(i: number): string {
  return `$8\r\n${String(i).padStart(8, "0")}\r\n`;
}

for (const [name, frame] of Object.entries(FRAMES)) {
  const chunks = [repeated(frame, THOUSAND)];
  const decoder = new RespDecoder();
  Deno.bench({
    name: `1000 × ${name}`,
    group: "decode: types",
    baseline: name === "bulk string of 8 B",
    fn: () => decode(decoder, chunks, THOUSAND),
  });
}

// One MiB of payload, in many small bulk strings or one large one, as text and as bytes.

const SIZES: Record<string, number> = {
  "8 B": 8,
  "64 B": 64,
  "4 KiB": 4 * KiB,
  "64 KiB": 64 * KiB,
  "1 MiB": MiB,
};

for (const mode of ["text", "bytes"]) {
  for (const [name, size] of Object.entries(SIZES)) {
    const count = MiB / size;
    const chunks = [repeated(bulk(size), count)];
    const decoder = new RespDecoder({ bytes: mode === "bytes" });
    Deno.bench({
      name: `${count} × ${name}, ${mode}`,
      group: `decode: 1 MiB in bulk strings, ${mode}`,
      baseline: size === 64,
      fn: () => decode(decoder, chunks, count),
    });
  }
}

for (const [name, size] of Object.entries({ "16 B": 16, "24 B": 24 })) {
  const count = MiB / size | 0;
  const chunks = [repeated(bulk(size), count)];
  const decoder = new RespDecoder();
  Deno.bench({
    name: `${count} × ${name}, text`,
    group: "decode: 1 MiB in bulk strings, text",
    fn: () => decode(decoder, chunks, count),
  });
}

for (const [name, size] of Object.entries({ "8 B": 8, "64 B": 64, "1 MiB": MiB })) {
  const count = MiB / size;
  const chunks = [repeated(bulk(size, "é"), count)];
  const decoder = new RespDecoder();
  Deno.bench({
    name: `${count} × ${name}, 2-byte characters`,
    group: "decode: 1 MiB in bulk strings, text",
    fn: () => decode(decoder, chunks, count),
  });
}

// Lists, as a server sends them: how long their strings are decides how each is made.

const LISTS: Record<string, (i: number) => string> = {
  "8 characters": (i) => String(i).padStart(8, "0"),
  "12 characters": (i) => String(i).padStart(12, "0"),
  "16 characters": (i) => String(i).padStart(16, "0"),
  "24 characters": (i) => String(i).padStart(24, "0"),
  "50 characters": (i) => String(i).padStart(50, "0"),
  "100 characters": (i) => String(i).padStart(100, "0"),
  "16 characters, every 20th with an é": (i) => (i % 20 === 7 ? "é" : "") + String(i).padStart(14),
};

for (const [name, item] of Object.entries(LISTS)) {
  const items = Array.from({ length: THOUSAND }, (_, i) => item(i));
  const frames = items.map((text) => `$${utf8.encode(text).length}\r\n${text}\r\n`);
  const chunks = pieces(utf8.encode(`*${THOUSAND}\r\n${frames.join("")}`), READ_SIZE);
  const decoder = new RespDecoder();
  Deno.bench({
    name: `a list of 1000 × ${name}`,
    group: "decode: lists",
    baseline: name === "16 characters",
    fn: () => decode(decoder, chunks, 1),
  });
}

// The same replies, the input cut ever finer.

const MIXED = repeated("+OK\r\n:42\r\n" + bulk(32) + "*2\r\n" + bulk(8) + "_\r\n", 2000);

for (
  const [name, size] of Object.entries({ "64 KiB": READ_SIZE, "1 KiB": KiB, "16 B": 16, "1 B": 1 })
) {
  const chunks = pieces(MIXED, size);
  const decoder = new RespDecoder();
  Deno.bench({
    name: `8000 replies in pieces of ${name}`,
    group: "decode: pieces",
    baseline: size === READ_SIZE,
    fn: () => decode(decoder, chunks, 8000),
  });
}

// Sixteen MiB that arrive as from a socket, by the three ways into the decoder.

const LARGE = repeated(bulk(MiB), 16);
const SMALL = repeated(bulk(64), 16 * MiB / 64);

async function count(stream: ReadableStream<Decoded[]>): Promise<number> {
  let total = 0;
  for await (const replies of stream) total += replies.length;
  return total;
}

/** A byte stream like that of a socket: each read is filled from `bytes`, 64 KiB at most. */
function source(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: READ_SIZE,
    pull(controller) {
      const request = controller.byobRequest!;
      const view = request.view as Uint8Array<ArrayBuffer>;
      const size = Math.min(view.byteLength, READ_SIZE, bytes.length - at);
      if (size === 0) {
        controller.close();
        return request.respond(0);
      }
      new Uint8Array(view.buffer, view.byteOffset, size).set(bytes.subarray(at, at + size));
      at += size;
      request.respond(size);
    },
  });
}

/** The same bytes, to be read without a stream. */
function reader(bytes: Uint8Array): ByteReader {
  let at = 0;
  return {
    read(buffer) {
      const size = Math.min(buffer.length, READ_SIZE, bytes.length - at);
      buffer.set(bytes.subarray(at, at + size));
      at += size;
      return Promise.resolve(size === 0 ? null : size);
    },
    close() {},
  };
}

for (
  const [name, bytes, replies] of [
    ["16 × 1 MiB", LARGE, 16],
    ["262144 × 64 B", SMALL, 16 * MiB / 64],
  ] as const
) {
  const group = `decode: 16 MiB as ${name}`;
  const chunks = pieces(bytes, READ_SIZE);
  const decoder = new RespDecoder();
  Deno.bench({
    name: `${name}: RespDecoder.push()`,
    group,
    baseline: true,
    fn: () => decode(decoder, chunks, replies),
  });
  Deno.bench({
    name: `${name}: RespDecoderStream.from()`,
    group,
    fn: async () => checkCount(await count(RespDecoderStream.from(reader(bytes))), replies),
  });
  Deno.bench({
    name: `${name}: pipeThrough(new RespDecoderStream())`,
    group,
    fn: async () =>
      checkCount(await count(source(bytes).pipeThrough(new RespDecoderStream())), replies),
  });
}

function checkCount(count: number, expected: number): void {
  if (count !== expected) throw new Error(`Cannot use this run: ${count} replies came out`);
}

// Encoding: one thousand short commands, then one MiB of payload by size and kind of argument.

const encoder = new CommandEncoder();

function encode(commands: readonly (readonly Argument[])[]): void {
  for (const command of commands) encoder.encode(command);
  encoder.chunks();
  encoder.reset();
}

function thousand(command: (i: number) => Argument[]): Argument[][] {
  return Array.from({ length: THOUSAND }, (_, i) => command(i));
}

const VALUE = "v".repeat(100);
const COMMANDS: Record<string, Argument[][]> = {
  "GET key": thousand((i) => ["GET", `key:${i}`]),
  "SET key of 100 B text": thousand((i) => ["SET", `key:${i}`, VALUE]),
  "SET key of 100 B bytes": thousand((i) => ["SET", `key:${i}`, utf8.encode(VALUE)]),
  "SET key number": thousand((i) => ["SET", `key:${i}`, i]),
  "SET key bigint": thousand((i) => ["SET", `key:${i}`, 2n ** 60n + BigInt(i)]),
  "MGET of 10 keys": thousand((
    i,
  ) => ["MGET", ...Array.from({ length: 10 }, (_, j) => `k${i + j}`)]),
};

for (const [name, commands] of Object.entries(COMMANDS)) {
  Deno.bench({
    name: `1000 × ${name}`,
    group: "encode: commands",
    baseline: name === "GET key",
    fn: () => encode(commands),
  });
}

const CONTENTS: Record<string, (size: number) => Argument> = {
  "ASCII": (size) => "x".repeat(size),
  "2-byte characters": (size) => "é".repeat(size / 2),
  "bytes": (size) => new Uint8Array(size),
};

for (const [kind, content] of Object.entries(CONTENTS)) {
  for (const [name, size] of Object.entries(SIZES)) {
    const count = MiB / size;
    const commands = Array.from({ length: count }, () => [content(size)]);
    Deno.bench({
      name: `${count} × ${name} as ${kind}`,
      group: `encode: 1 MiB as ${kind}`,
      baseline: size === 64,
      fn: () => encode(commands),
    });
  }
}
