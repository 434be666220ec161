/**
 * The decoder as a Web stream.
 *
 * @module
 */

import { type Decoded, RespDecoder, type RespDecoderOptions } from "./decoder.ts";
import { type ByteReader, ReplyReader } from "./reply_reader.ts";

export type { ByteReader } from "./reply_reader.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Transform stream from bytes to replies.
 *
 * It emits an array of replies for each input chunk that completes at least one reply. This avoids the cost of a stream
 * operation per reply.
 *
 * Invalid bytes error both sides with a {@linkcode ProtocolError}, after all replies before them were emitted. If the
 * input ends in the middle of a reply, the stream closes without that reply.
 *
 * @example Decode a stream of bytes
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
  /** Replies, as an array for each chunk that completes at least one. */
  readonly readable: ReadableStream<Decoded[]>;
  /** Input bytes. */
  readonly writable: WritableStream<Uint8Array<ArrayBuffer>>;

  /**
   * Creates a stream.
   *
   * @param options Options of the decoder: text or bytes, and limits.
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
   * Decodes the bytes of a connection, faster than by piping.
   *
   * The result is the same as piping its byte stream through a {@linkcode RespDecoderStream}. But it reuses one read
   * buffer, and reads long bulk strings directly into their final memory. It reads only when a reply is requested.
   *
   * @example Decode the replies of a server
   * ```ts no-eval
   * import { RespDecoderStream } from "@babushka/redis/resp";
   *
   * const conn = await Deno.connect({ port: 6379 });
   * for await (const replies of RespDecoderStream.from(conn)) console.log(replies);
   * ```
   *
   * @param source Connection to read from. It is closed when the stream is cancelled, or the bytes are invalid.
   * @param options Options of the decoder: text or bytes, and limits.
   * @param onRead Function that is called after each read with the number of bytes, whether they complete a reply or
   * not.
   * @returns Replies, as an array for each read that completes at least one.
   */
  static from(
    source: ByteReader,
    options?: RespDecoderOptions,
    onRead?: (count: number) => void,
  ): ReadableStream<Decoded[]> {
    const reader = new ReplyReader(source, options);
    const end = {
      // Async, so that what close() throws rejects.
      cancel: async (): Promise<void> => {
        await source.close();
      },
    };
    return replyStream(end, async (replies) => {
      const count = await reader.read();
      if (count === null) return true;
      onRead?.(count);
      reader.decode(count, replies);
      return false;
    });
  }
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
