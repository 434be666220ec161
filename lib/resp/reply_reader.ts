/**
 * Reads replies from a connection into memory that is used again.
 *
 * @module
 */

import { type ReplySink, RespDecoder, type RespDecoderOptions } from "./decoder.ts";

/** Size of the read buffer, and about the most that one read brings. */
const READ_SIZE = 64 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;

/** Source of bytes, such as a `Deno.Conn`. */
export interface ByteReader {
  /**
   * Reads into the beginning of a buffer.
   *
   * @param buffer The buffer.
   * @returns Number of bytes read, at least one; null at the end of the input.
   */
  read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null>;
  /** Closes the source. */
  close(): void;
}

/**
 * Reads a connection into one buffer that is used over and over, and a long bulk string straight into its place.
 *
 * Each {@linkcode ReplyReader.read} that brought bytes is followed by one {@linkcode ReplyReader.decode}.
 */
export class ReplyReader {
  readonly #source: ByteReader;
  readonly #decoder: RespDecoder;
  readonly #buffer: Bytes = new Uint8Array(READ_SIZE);
  /** Place of the bulk string that is read; null if the buffer is read into. */
  #target: Bytes | null = null;

  /**
   * Makes a reader at the start of a connection.
   *
   * @param source The connection.
   * @param options Mode and limits of the decoder.
   */
  constructor(source: ByteReader, options?: RespDecoderOptions) {
    this.#source = source;
    this.#decoder = new RespDecoder(options);
  }

  /**
   * Begins a read.
   *
   * @returns How many bytes it brought; null at the end of the connection.
   */
  read(): Promise<number | null> {
    this.#target = this.#decoder.target() as Bytes | null;
    return this.#source.read(this.#target ?? this.#buffer);
  }

  /**
   * Decodes what was read.
   *
   * @param count How many bytes.
   * @param replies Gets the replies that are complete.
   * @throws {ProtocolError} If the bytes are not RESP or exceed a limit.
   */
  decode(count: number, replies: ReplySink): void {
    const target = this.#target;
    if (target === null) this.#decoder.decode(this.#buffer.subarray(0, count), replies);
    else this.#decoder.filled(target.subarray(0, count));
  }
}
