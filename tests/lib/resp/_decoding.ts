/**
 * One run of the decoder over an input that was cut into chunks, and what came of it.
 *
 * @module
 */

import {
  type Decoded,
  ProtocolError,
  RespDecoder,
  type RespDecoderOptions,
} from "../../../lib/resp/mod.ts";
import { show } from "./_show.ts";

/** What came of a run. Two are equal exactly if the decoder behaved the same. */
export interface Outcome {
  /** Replies, push messages and attributes, in the order in which they came. */
  readonly events: readonly string[];
  /** The error that ended it. */
  readonly error: { message: string; offset: number } | undefined;
  /** Whether it ended in the middle of something. */
  readonly unfinished: boolean;
}

/** Writes attributes down. */
export function showAttributes(attributes: Map<unknown, unknown>): string {
  return `attributes ${show(attributes as Map<never, never>)}`;
}

/**
 * Decodes chunks.
 *
 * Each chunk is given in a buffer that is overwritten afterwards, so whatever still referred to it would show.
 *
 * @param chunks The input.
 * @param options Options of the decoder. Attributes are recorded besides.
 * @param straight Whether bytes go straight to `target()` where the decoder offers it.
 */
export function outcomeOf(
  chunks: readonly Uint8Array[],
  options: RespDecoderOptions = {},
  straight = false,
): Outcome {
  const events: (Decoded | { attributes: string })[] = [];
  const decoder = new RespDecoder({
    ...options,
    // The decoder appends to the same list, so this is where they come in the order of all.
    onAttributes: (attributes) => events.push({ attributes: showAttributes(attributes) }),
  });
  let error: Outcome["error"];
  try {
    for (const chunk of chunks) feed(decoder, chunk, events as Decoded[], straight);
  } catch (thrown) {
    if (!(thrown instanceof ProtocolError)) throw thrown;
    error = { message: thrown.message, offset: thrown.offset };
  }
  return {
    events: events.map((event) =>
      event !== null && typeof event === "object" && "attributes" in event
        ? event.attributes
        : show(event)
    ),
    error,
    unfinished: error === undefined && !decoder.idle,
  };
}

function feed(decoder: RespDecoder, chunk: Uint8Array, out: Decoded[], straight: boolean): void {
  let rest = chunk;
  while (straight && rest.length > 0) {
    const target = decoder.target();
    if (target === null) break;
    const part = rest.subarray(0, target.length);
    // What a BYOB read does: the memory moves, and the view given is of no use any more.
    const from = target.byteOffset;
    const filled = new Uint8Array((target.buffer as ArrayBuffer).transfer(), from, part.length);
    filled.set(part);
    decoder.filled(filled);
    rest = rest.subarray(part.length);
  }
  const buffer = rest.slice();
  decoder.push(buffer, out);
  buffer.fill(0xee);
}
