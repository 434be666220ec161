/**
 * The decoder as a stage of a Web-Streams pipeline.
 *
 * @module
 */

import { type Decoded, RespDecoder, type RespDecoderOptions } from "./decoder.ts";

/** Size of the read buffer, and about the most that one read brings. */
const READ_SIZE = 64 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * A transform stream from bytes to replies.
 *
 * For each chunk that completes at least one reply it passes on one array: a stage costs per chunk then, not per reply.
 * Bytes that are not RESP make both of its ends fail with a `ProtocolError`, after the replies in front of them. An end
 * of the input in the middle of a reply is an end like any other: that reply does not come.
 *
 * @example Decoding a stream of bytes
 * ```ts
 * import { RespDecoderStream } from "@babushka/redis/resp";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = ReadableStream.from([new TextEncoder().encode("+PONG\r\n:1\r\n")]);
 * const batches = await Array.fromAsync(bytes.pipeThrough(new RespDecoderStream()));
 * assertEquals(batches, [["PONG", 1]]);
 * ```
 */
export class RespDecoderStream implements TransformStream<Uint8Array<ArrayBuffer>, Decoded[]> {
  /** Where the replies come out, an array for each chunk that completes any. */
  readonly readable: ReadableStream<Decoded[]>;
  /** Where the bytes go in. */
  readonly writable: WritableStream<Uint8Array<ArrayBuffer>>;

  /**
   * Makes a stage.
   *
   * @param options Mode and limits of its decoder.
   */
  constructor(options?: RespDecoderOptions) {
    const { readable, writable } = new TransformStream<Bytes, Bytes>();
    const reader = readable.getReader();
    const decoder = new RespDecoder(options);
    this.writable = writable;
    this.readable = replyStream(reader, async (replies) => {
      const { value, done } = await reader.read();
      if (!done) decoder.push(value, replies);
      return done;
    });
  }

  /**
   * Decodes what a connection brings, without what piping costs.
   *
   * The same as piping its byte stream through a stage, but it reads into one buffer that is used over and over, and a
   * long bulk string straight into its place. A read is begun only when replies are asked for.
   *
   * @example Decoding what a server sends
   * ```ts no-eval
   * import { RespDecoderStream } from "@babushka/redis/resp";
   *
   * const conn = await Deno.connect({ port: 6379 });
   * for await (const replies of RespDecoderStream.from(conn)) console.log(replies);
   * ```
   *
   * @param source Where the bytes come from. It is closed when the replies are cancelled, or not RESP.
   * @param options Mode and limits of the decoder.
   * @param onRead Called after each read that brought bytes with their number, whether they complete a reply or not.
   * @returns Replies, an array for each read that completes any.
   */
  static from(
    source: ByteReader,
    options?: RespDecoderOptions,
    onRead?: (count: number) => void,
  ): ReadableStream<Decoded[]> {
    const decoder = new RespDecoder(options);
    const buffer: Bytes = new Uint8Array(READ_SIZE);
    const end = {
      // Async, so that what close() throws rejects.
      cancel: async (): Promise<void> => {
        await source.close();
      },
    };
    return replyStream(end, async (replies) => {
      const target = decoder.target() as Bytes | null;
      const count = await source.read(target ?? buffer);
      if (count === null) return true;
      onRead?.(count);
      if (target === null) decoder.push(buffer.subarray(0, count), replies);
      else decoder.filled(target.subarray(0, count));
      return false;
    });
  }
}

/** Something to read bytes from, such as a `Deno.Conn`. */
export interface ByteReader {
  /**
   * Reads into the beginning of a buffer.
   *
   * @param buffer The buffer.
   * @returns How many bytes were read, at least one; null at the end.
   */
  read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null>;
  /** Ends it: nobody will read any more. */
  close(): void;
}

/**
 * A stream of what `read` brings.
 *
 * It reads only when somebody waits. That is also why no reply is lost when a later one is malformed: the replies in
 * front of it are handed over before the stream fails.
 *
 * @param source Where `read` reads, to be cancelled with the stream.
 * @param read Reads one chunk and appends the replies that it completes; true at the end of the source.
 */
function replyStream(
  source: { cancel(reason?: unknown): Promise<void> },
  read: (replies: Decoded[]) => Promise<boolean>,
): ReadableStream<Decoded[]> {
  return new ReadableStream<Decoded[]>({
    async pull(controller): Promise<void> {
      const replies: Decoded[] = [];
      try {
        while (replies.length === 0) {
          if (await read(replies)) return controller.close();
        }
      } catch (error) {
        // There is no reader any more: without this, the writer of the source would wait for ever.
        source.cancel(error).catch(() => {});
        throw error;
      } finally {
        if (replies.length > 0) controller.enqueue(replies);
      }
    },
    cancel: (reason) => source.cancel(reason),
  }, { highWaterMark: 0 });
}
