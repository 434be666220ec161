/**
 * Bytes like those of a socket: as a stream, or to be read without one.
 *
 * @module
 */

import type { ByteReader } from "../../../lib/resp/mod.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What a test may look at. */
export interface ByteSource {
  readonly readable: ReadableStream<Bytes>;
  /** The same bytes to be read without a stream. */
  readonly reader: ByteReader;
  /** How many bytes have been taken out. */
  readonly taken: number;
  /** Sizes of the buffers that readers gave. */
  readonly buffers: readonly number[];
  /** With what the stream was cancelled; true if the reader was closed. */
  readonly cancelled: unknown;
}

/**
 * Makes a source that hands out `bytes`.
 *
 * @param bytes All that there is.
 * @param size How much a read brings at most; asked before each.
 * @param failure What the source fails with after the last byte; by default it ends.
 */
export function byteSource(bytes: Bytes, size: () => number, failure?: Error): ByteSource {
  let taken = 0;
  let cancelled: unknown;
  const buffers: number[] = [];
  /** Fills the beginning of a view; 0 when there is nothing left. */
  const fill = (view: Bytes): number => {
    buffers.push(view.byteLength);
    const count = Math.min(view.byteLength, size(), bytes.length - taken);
    view.set(bytes.subarray(taken, taken + count));
    taken += count;
    return count;
  };
  const readable: ReadableStream<Bytes> = new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: 64 * 1024,
    pull(controller) {
      const request = controller.byobRequest!;
      const view = request.view as Bytes;
      const count = fill(view);
      if (count > 0) {
        request.respond(count);
      } else if (failure === undefined) {
        controller.close();
        request.respond(0);
      } else {
        controller.error(failure);
      }
    },
    cancel(reason) {
      cancelled = reason;
    },
  });
  const reader: ByteReader = {
    read(buffer) {
      const count = fill(buffer);
      if (count > 0) return Promise.resolve(count);
      return failure === undefined ? Promise.resolve(null) : Promise.reject(failure);
    },
    close() {
      cancelled = true;
    },
  };
  return {
    readable,
    reader,
    buffers,
    get taken() {
      return taken;
    },
    get cancelled() {
      return cancelled;
    },
  };
}
