import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  type Decoded,
  ProtocolError,
  type RespDecoderOptions,
  RespDecoderStream,
} from "../../../lib/resp/mod.ts";
import { type ByteSource, byteSource } from "./_byte_source.ts";
import { binary, concatenate, pieces } from "./_chunks.ts";
import { Random } from "./_random.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** All ways from bytes to replies. */
const FORMS = {
  "pipeThrough(new RespDecoderStream())": (
    { readable }: ByteSource,
    options?: RespDecoderOptions,
  ) => readable.pipeThrough(new RespDecoderStream(options)),
  "RespDecoderStream.from()": ({ reader }: ByteSource, options?: RespDecoderOptions) =>
    RespDecoderStream.from(reader, options),
};

/** Reads to the end; what came before an error is kept. */
async function read(stream: ReadableStream<Decoded[]>): Promise<[Decoded[], unknown]> {
  const replies: Decoded[] = [];
  try {
    for await (const batch of stream) {
      assert(batch.length > 0, "an empty batch");
      replies.push(...batch);
    }
    return [replies, undefined];
  } catch (error) {
    return [replies, error];
  }
}

function source(text: string, size = Infinity, failure?: Error): ByteSource {
  return byteSource(binary(text), () => size, failure);
}

for (const [name, decode] of Object.entries(FORMS)) {
  /** What the source sees of a cancellation: a reader is merely closed. */
  const seenOf = (reason: unknown): unknown =>
    decode === FORMS["RespDecoderStream.from()"] || reason;

  Deno.test(`${name} decodes whatever the chunks are`, async () => {
    const text = "+OK\r\n$5\r\nhello\r\n*2\r\n:1\r\n_\r\n-ERR x\r\n";
    for (const size of [1, 2, 3, 5, 8, 13, 1000]) {
      const [replies, error] = await read(decode(source(text, size)));
      assertEquals(error, undefined);
      assertEquals(replies.slice(0, 3), ["OK", "hello", [1, null]]);
      assertEquals(replies.length, 4);
    }
  });

  Deno.test(`${name} passes on one array for each chunk that completes replies`, async () => {
    const batches = await Array.fromAsync(decode(source("+a\r\n+b\r\n+c\r\n+d\r\n", 8)));
    assertEquals(batches, [["a", "b"], ["c", "d"]]);
  });

  Deno.test(`${name} hands over the replies in front of malformed bytes, then fails`, async () => {
    for (const size of [1, 7, 1000]) {
      const bytes = source("+OK\r\n:1\r\n:x\r\n:2\r\n", size);
      const [replies, error] = await read(decode(bytes));
      assertEquals(replies, ["OK", 1]);
      assert(error instanceof ProtocolError);
      assertEquals(error.offset, 10);
      assertEquals(error.message, "Cannot decode a malformed integer");
    }
  });

  Deno.test(`${name} cancels its source when the bytes are malformed`, async () => {
    const bytes = source("+OK\r\nHTTP", 4);
    const [, error] = await read(decode(bytes));
    assert(error instanceof ProtocolError);
    // A pipe passes a cancellation on in turns of its own.
    for (let turn = 0; bytes.cancelled === undefined && turn < 100; turn++) await Promise.resolve();
    assertStrictEquals(bytes.cancelled, seenOf(error));
  });

  Deno.test(`${name} fails as its source does, after the replies in front`, async () => {
    const failure = new Error("Broken pipe");
    const [replies, error] = await read(decode(source("+OK\r\n+hal", 6, failure)));
    assertEquals(replies, ["OK"]);
    assertStrictEquals(error, failure);
  });

  Deno.test(`${name} ends with its source, even in the middle of a reply`, async () => {
    assertEquals(await read(decode(source("+OK\r\n$5\r\nhel"))), [["OK"], undefined]);
    assertEquals(await read(decode(source(""))), [[], undefined]);
  });

  Deno.test(`${name} cancels its source when its reader stops`, async () => {
    const bytes = source("+a\r\n+b\r\n", 4);
    const reason = new Error("Enough");
    const reader = decode(bytes).getReader();
    assertEquals((await reader.read()).value, ["a"]);
    await reader.cancel(reason);
    assertStrictEquals(bytes.cancelled, seenOf(reason));
  });

  Deno.test(`${name} reads no further than it is asked to`, async () => {
    const bytes = source("+a\r\n".repeat(1000), 4);
    const reader = decode(bytes).getReader();
    await reader.read();
    await reader.read();
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    // A pipe holds one chunk at each of its ends besides.
    assert(bytes.taken <= 4 * 4, `${bytes.taken} bytes were taken for 2 replies of 4`);
    await reader.cancel();
  });

  Deno.test(`${name} decodes bulk strings of all sizes out of random chunks`, async () => {
    const random = new Random(7);
    for (let run = 0; run < 30; run++) {
      const values = random.list(6, () => random.bytes(random.pick([0, 3, 100, 16_384, 70_000])));
      if (run % 10 === 0) values.push(random.bytes(1_200_000));
      const wire = concatenate(
        values.flatMap((value) => [binary(`:1\r\n$${value.length}\r\n`), value, binary("\r\n")]),
      );
      const longest = random.pick([500, 5000, 100_000]);
      const bytes = byteSource(wire, () => random.integer(1, longest));
      const [replies, error] = await read(decode(bytes, { bytes: true }));
      assertEquals(error, undefined);
      assertEquals(replies.length, values.length * 2);
      for (const [i, value] of values.entries()) {
        assert(same(replies[2 * i + 1] as Bytes, value), `run ${run}: value ${i} differs`);
      }
    }
  });
}

Deno.test("RespDecoderStream.from() reads a long bulk string straight into its place", async () => {
  const size = 3_000_000;
  const wire = concatenate([binary(`$${size}\r\n`), new Uint8Array(size).fill(97), binary("\r\n")]);
  const bytes = byteSource(wire, () => 100_000);
  const [[reply]] = await read(RespDecoderStream.from(bytes.reader, { bytes: true }));
  assertEquals((reply as Bytes).length, size);
  assert((reply as Bytes).every((byte) => byte === 97));
  // The first read goes to the common buffer, and so do the last bytes; all others offer what is missing.
  assertEquals(bytes.buffers[0], 64 * 1024);
  assert(bytes.buffers.filter((length) => length > 64 * 1024).length >= 25);
});

Deno.test("RespDecoderStream.from() gives out text that does not change when its buffer is used again", async () => {
  const wire = binary(
    "$4\r\naaaa\r\n" + "$40\r\n" + "b".repeat(40) + "\r\n" + "+" + "c".repeat(20) + "\r\n",
  );
  const bytes = byteSource(wire, () => 10);
  const [replies] = await read(RespDecoderStream.from(bytes.reader));
  assertEquals(replies, ["aaaa", "b".repeat(40), "c".repeat(20)]);
});

Deno.test("RespDecoderStream makes whoever writes malformed bytes fail", async () => {
  const stage = new RespDecoderStream();
  const writer = stage.writable.getWriter();
  const replies = read(stage.readable);
  await writer.write(binary("+OK\r\n"));
  await assertRejects(async () => {
    while (true) await writer.write(binary("???"));
  }, ProtocolError);
  const [[reply], error] = await replies;
  assertEquals(reply, "OK");
  await assertRejects(() => writer.closed, ProtocolError);
  assert(error instanceof ProtocolError);
});

Deno.test("RespDecoderStream takes the options of the decoder", async () => {
  const attributes: unknown[] = [];
  const options = {
    bytes: true,
    maxElements: 1,
    onAttributes: (given: unknown) => attributes.push(given),
  };
  const [replies, error] = await read(
    source("|1\r\n:1\r\n:2\r\n$1\r\na\r\n*2\r\n").readable.pipeThrough(
      new RespDecoderStream(options),
    ),
  );
  assertEquals(replies, [binary("a")]);
  assertEquals(attributes, [new Map([[1, 2]])]);
  assert(error instanceof ProtocolError);
});

Deno.test("RespDecoderStream decodes chunks that are views into one buffer", async () => {
  const stage = new RespDecoderStream();
  const chunks = pieces(binary("$5\r\nhello\r\n:42\r\n"), 4);
  const [replies] = await read(ReadableStream.from(chunks).pipeThrough(stage));
  assertEquals(replies, ["hello", 42]);
});

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
