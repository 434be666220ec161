/**
 * A byte stream like that of a socket, which serves reads with and without a buffer of the reader's.
 *
 * @module
 */

type Bytes = Uint8Array<ArrayBuffer>;

/** What a test may look at. */
export interface ByteSource {
  readonly readable: ReadableStream<Bytes>;
  /** How many bytes have been taken out. */
  readonly taken: number;
  /** Sizes of the buffers that readers gave. */
  readonly buffers: readonly number[];
  /** With what it was cancelled. */
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
  const readable: ReadableStream<Bytes> = new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: 64 * 1024,
    pull(controller) {
      const request = controller.byobRequest!;
      const view = request.view as Bytes;
      buffers.push(view.byteLength);
      const count = Math.min(view.byteLength, size(), bytes.length - taken);
      if (count > 0) {
        new Uint8Array(view.buffer, view.byteOffset, count).set(
          bytes.subarray(taken, taken + count),
        );
        taken += count;
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
  return {
    readable,
    buffers,
    get taken() {
      return taken;
    },
    get cancelled() {
      return cancelled;
    },
  };
}
