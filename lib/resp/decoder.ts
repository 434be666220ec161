/**
 * Where a byte becomes a reply: an incremental decoder for RESP2 and RESP3.
 *
 * It owns the grammar, the limits and the memory for values that arrive in pieces. It does not know requests: its
 * caller matches the replies.
 *
 * @module
 */

import { ProtocolError, ServerError } from "../errors.ts";
import { ChunkText } from "./chunk_text.ts";
import { toMap, toSet } from "./repeated.ts";
import { Push, type Reply } from "./reply.ts";
import { decodeText } from "./text.ts";

/** What comes out of the decoder: a reply to a request, or an out-of-band message. */
export type Decoded = Reply | Push;

/** Options for {@linkcode RespDecoder}. */
export interface RespDecoderOptions {
  /**
   * Whether bulk strings become `Uint8Array` rather than text. A function is asked once for each reply, when its first
   * byte is seen, and once for each push message (`push` is then true). Attributes in front of a reply come before it is
   * asked, so they are text then.
   *
   * @default {false}
   */
  bytes?: boolean | ((push: boolean) => boolean);
  /** Told about attributes, right before the reply or element that they belong to. By default they are dropped. */
  onAttributes?: (attributes: Map<Reply, Reply>) => void;
  /**
   * How deep aggregates may nest.
   *
   * @default {128}
   */
  maxDepth?: number;
  /**
   * How long the text of a line (simple string, error, number) may be, in bytes; at least 32.
   *
   * @default {1048576}
   */
  maxLineLength?: number;
  /**
   * How long a bulk string may be, in bytes; as text never more than 2^29 − 24, which is JavaScript's limit.
   *
   * @default {536870912}
   */
  maxBulkLength?: number;
  /**
   * How many elements (of a map: pairs) an aggregate may have; sets and maps never more than 2^24, which is JavaScript's
   * limit.
   *
   * @default {134217727}
   */
  maxElements?: number;
}

const CR = 13;
const LF = 10;
const ZERO = 48;
const NINE = 57;
const MINUS = 45; // -
const PLUS = 43; // +
const COLON = 58; // :
const DOLLAR = 36; // $
const STAR = 42; // *
const PERCENT = 37; // %
const TILDE = 126; // ~
const GREATER = 62; // >
const PIPE = 124; // |
const EQUALS = 61; // =
const BANG = 33; // !
const SEMICOLON = 59; // ;
const UNDERSCORE = 95; // _
const HASH = 35; // #
const COMMA = 44; // ,
const PAREN = 40; // (
const DOT = 46; // .
const QUESTION = 63; // ?
const UPPER_O = 79;
const UPPER_K = 75;

/** Digits that a double holds exactly whatever they are. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => Number(`1e${i}`));
const MAX_COLLECTION = 2 ** 24;
const MAX_TEXT = 2 ** 29 - 24;
/** The fast paths do not look at the length of their lines, none of which is longer than this. */
const MIN_LINE_LENGTH = 32;
/** Largest bulk string for which its whole length is reserved on the peer's word alone. */
const RESERVE = 1 << 20;
const NO_BYTES = new Uint8Array(0);
/** From how many missing bytes on it pays to have them read straight into their place. */
const DIRECT = 16 * 1024;

/** For each byte, 1 if a frame may begin with it. */
const BEGINS_FRAME = new Uint8Array(256);
for (const byte of new TextEncoder().encode("+-:$*%~>|=!;_#,(.")) BEGINS_FRAME[byte] = 1;

/** Takes replies as they are decoded; an array does. */
export interface ReplySink {
  /**
   * Takes the next reply.
   *
   * @param reply The reply or push message.
   */
  push(reply: Decoded): unknown;
}

/** Where replies go while no chunk is at hand. */
const NOWHERE: Decoded[] = [];
const EMPTY = new Uint8Array(0);

/** An aggregate whose elements are still arriving. */
class Frame {
  readonly type: number;
  readonly parent: Frame | null;
  readonly items: Reply[] = [];
  /** Elements still to come; for a streamed aggregate, elements until there are too many. */
  left: number;
  /** Position of a streamed aggregate in the connection; -1 for one of known length. */
  readonly streamedFrom: number;

  constructor(type: number, left: number, streamedFrom: number, parent: Frame | null) {
    this.type = type;
    this.left = left;
    this.streamedFrom = streamedFrom;
    this.parent = parent;
  }

  get streamed(): boolean {
    return this.streamedFrom !== -1;
  }
}

function limit(value: number | undefined, fallback: number, min: number, option: string): number {
  if (value === undefined) return fallback;
  if (!Number.isInteger(value) || value < min) {
    throw new RangeError(
      `Cannot make a decoder with ${option} ${value}: expected an integer of at least ${min}`,
    );
  }
  return value;
}

function parseDouble(text: string): number | undefined {
  if (text === "inf" || text === "+inf") return Infinity;
  if (text === "-inf") return -Infinity;
  if (text === "nan" || text === "-nan") return NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** An error reply. Its stack would only lead here, to no caller, and costs more than all the rest of it. */
function errorOf(text: string): ServerError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new ServerError(text);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * An incremental RESP2 and RESP3 decoder: bytes in, replies out.
 *
 * However the input is cut into chunks, the replies are the same, and so is the error. Nothing that is handed out refers
 * to a chunk, so chunks may be reused. Memory is reserved only for what has arrived, but for one bulk string: its first
 * MiB is reserved at once, and from then on up to four times what has arrived of it.
 * After a {@linkcode ProtocolError} the decoder takes no more bytes.
 *
 * @example Decoding two replies that come in three pieces
 * ```ts
 * import { RespDecoder } from "@babushka/redis/resp";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new RespDecoder();
 * const bytes = new TextEncoder().encode("$5\r\nhello\r\n:42\r\n");
 * assertEquals(decoder.push(bytes.subarray(0, 6)), []);
 * assertEquals(decoder.push(bytes.subarray(6, 13)), ["hello"]);
 * assertEquals(decoder.push(bytes.subarray(13)), [42]);
 * ```
 */
export class RespDecoder {
  readonly #maxDepth: number;
  readonly #maxLineLength: number;
  readonly #maxBulkLength: number;
  readonly #maxTextLength: number;
  readonly #maxElements: number;
  readonly #askBytes: (push: boolean) => boolean;
  /** Mode of attributes in front of a reply. */
  readonly #attributeBytes: boolean;
  readonly #onAttributes: ((attributes: Map<Reply, Reply>) => void) | undefined;

  /** Takes the replies of the chunk at hand. */
  #out: ReplySink = NOWHERE;
  /** Decodes short strings of the chunk at hand. */
  readonly #chunkText = new ChunkText();
  /** Position of the current buffer's first byte, counted from the start of the connection. */
  #base = 0;

  /** Whether a byte of the reply, push message or attribute at hand has arrived. */
  #started = false;
  /** Mode of what is at hand. */
  #bytes = false;

  /** Innermost open aggregate. */
  #top: Frame | null = null;
  #depth = 0;

  /** Beginning of a line whose end has not arrived. */
  #line: Uint8Array = new Uint8Array(64);
  #lineLength = 0;

  /** Bulk string whose end has not arrived. */
  #bulk: Uint8Array | null = null;
  /** Memory of an earlier one that was text. */
  #spare: Uint8Array = NO_BYTES;
  #bulkType = 0;
  /** Position of its first byte in the connection. */
  #bulkFrom = 0;
  #bulkLength = 0;
  #bulkFilled = 0;
  /** Bytes of the closing CRLF that have arrived. */
  #bulkClosed = 0;

  /** What has arrived of a streamed string, in front of the part at hand. */
  #parts: Uint8Array = EMPTY;
  #partsLength = 0;

  /**
   * Makes a decoder at the start of a connection.
   *
   * @param options Mode and limits.
   * @throws {RangeError} If a limit is not an integer, or too small.
   */
  constructor(options: RespDecoderOptions = {}) {
    const { bytes = false } = options;
    this.#askBytes = typeof bytes === "function" ? bytes : () => bytes;
    this.#attributeBytes = bytes === true;
    this.#onAttributes = options.onAttributes;
    this.#maxDepth = limit(options.maxDepth, 128, 0, "maxDepth");
    this.#maxLineLength = limit(options.maxLineLength, 2 ** 20, MIN_LINE_LENGTH, "maxLineLength");
    this.#maxBulkLength = limit(options.maxBulkLength, 2 ** 29, 0, "maxBulkLength");
    this.#maxTextLength = Math.min(this.#maxBulkLength, MAX_TEXT);
    this.#maxElements = limit(options.maxElements, 2 ** 27 - 1, 0, "maxElements");
  }

  /** Whether nothing has begun to arrive that is not complete: neither a reply nor a push message nor an attribute. */
  get idle(): boolean {
    return !this.#started;
  }

  /**
   * Decodes the next bytes of the connection.
   *
   * @param chunk The bytes; they are not referred to afterwards.
   * @param replies Where to append the complete replies. On an error it holds those in front of the error.
   * @returns `replies`.
   * @throws {ProtocolError} If the bytes are not RESP or exceed a limit.
   * @throws {TypeError} If it has failed before.
   */
  push(chunk: Uint8Array, replies: Decoded[] = []): Decoded[] {
    this.decode(chunk, replies);
    return replies;
  }

  /**
   * Decodes the next bytes of the connection, as {@linkcode RespDecoder.prototype.push | RespDecoder.push} does, and
   * hands over each reply before the next one is begun.
   *
   * @param chunk The bytes; they are not referred to afterwards.
   * @param replies Takes the replies. What it throws ends the decoder.
   * @throws {ProtocolError} If the bytes are not RESP or exceed a limit.
   * @throws {TypeError} If it has failed before, or is called while it hands over a reply.
   */
  decode(chunk: Uint8Array, replies: ReplySink): void {
    if (this.#out !== NOWHERE) {
      throw new TypeError(
        "Cannot decode a chunk: the decoder has failed, or has not finished the previous chunk",
      );
    }
    this.#out = replies;
    this.#chunkText.reset();
    const pos = this.#lineLength === 0 ? 0 : this.#finishLine(chunk);
    this.#run(chunk, pos);
    this.#base += chunk.length;
    // What is kept alive is the caller's business from here on.
    this.#chunkText.reset();
    this.#out = NOWHERE;
  }

  /**
   * The place where the next bytes of the connection belong, if they are a long stretch of one bulk string.
   *
   * Reading straight into it saves a copy; what was read is then reported by
   * {@linkcode RespDecoder.prototype.filled | RespDecoder.filled} instead of
   * {@linkcode RespDecoder.prototype.push | RespDecoder.push}. The view's buffer may be transferred in between (a BYOB
   * read does).
   *
   * @returns The place, or null if the next bytes are to be pushed.
   */
  target(): Uint8Array | null {
    const bulk = this.#bulk;
    if (bulk === null) return null;
    if (bulk.length === this.#bulkFilled && this.#bulkFilled < this.#bulkLength) this.#growBulk();
    const place = this.#bulk!.subarray(this.#bulkFilled, this.#bulkLength);
    return place.length < DIRECT ? null : place;
  }

  /**
   * Takes note that the beginning of {@linkcode RespDecoder.prototype.target | RespDecoder.target} was filled with the
   * next bytes of the connection.
   *
   * @param view The filled part, over the same memory (or the buffer that it was transferred to).
   */
  filled(view: Uint8Array): void {
    this.#bulk = new Uint8Array(view.buffer as ArrayBuffer);
    this.#bulkFilled += view.length;
    this.#base += view.length;
  }

  /** Completes the line kept from earlier chunks. Returns the position behind it. */
  #finishLine(chunk: Uint8Array): number {
    const lf = chunk.indexOf(LF);
    const end = lf === -1 ? chunk.length : lf + 1;
    this.#keepLine(chunk, 0, end);
    if (lf === -1) return end;
    const line = this.#line.subarray(0, this.#lineLength);
    const chunkBase = this.#base;
    this.#base = chunkBase + end - this.#lineLength;
    this.#lineLength = 0;
    this.#run(line, 0);
    this.#base = chunkBase;
    return end;
  }

  #keepLine(buffer: Uint8Array, start: number, end: number): void {
    const length = this.#lineLength + end - start;
    // A type byte, the text, and CRLF.
    if (length > this.#maxLineLength + 3) this.#failLineLength(start - this.#lineLength);
    if (length > this.#line.length) {
      const larger = new Uint8Array(Math.max(length, this.#line.length * 2));
      larger.set(this.#line.subarray(0, this.#lineLength));
      this.#line = larger;
    }
    this.#line.set(buffer.subarray(start, end), this.#lineLength);
    this.#lineLength = length;
  }

  /** Decodes `buffer` from `pos` to its end; what is incomplete is kept. */
  #run(buffer: Uint8Array, pos: number): void {
    const end = buffer.length;
    while (pos < end) {
      if (this.#bulk !== null) {
        pos = this.#fillBulk(buffer, pos);
        continue;
      }
      const type = buffer[pos];
      if (!this.#started) this.#begin(type);
      if (this.#top?.type === DOLLAR) {
        if (type !== SEMICOLON) {
          this.#fail("Cannot decode a streamed string: expected another part of it", pos);
        }
      } else if (type === DOLLAR || type === COLON || type === STAR) {
        // The frequent types, with their number read in passing.
        let p = pos + 1;
        let n = 0;
        let digit = 0;
        while (p < end && (digit = buffer[p] - ZERO) >= 0 && digit <= 9) {
          n = n * 10 + digit;
          p++;
        }
        const digits = p - pos - 1;
        if (
          p + 1 < end && buffer[p] === CR && buffer[p + 1] === LF && digits > 0 &&
          digits <= EXACT_DIGITS
        ) {
          p += 2;
          if (type === DOLLAR) {
            const close = p + n;
            if (close + 1 < end && n <= this.#maxTextLength) {
              if (buffer[close] !== CR) this.#failClose(close);
              if (buffer[close + 1] !== LF) this.#failClose(close + 1);
              if (this.#top !== null && !this.#bytes) {
                pos = this.#texts(buffer, p, close, this.#top);
                continue;
              }
              this.#emit(
                this.#bytes ? buffer.slice(p, close) : this.#chunkText.decode(buffer, p, close),
              );
              pos = close + 2;
              continue;
            }
            this.#openBulk(type, n, pos);
          } else if (type === COLON) {
            this.#emit(n);
          } else {
            this.#open(type, n, pos);
          }
          pos = p;
          continue;
        }
      } else if (
        type === PLUS && pos + 4 < end && buffer[pos + 1] === UPPER_O &&
        buffer[pos + 2] === UPPER_K &&
        buffer[pos + 3] === CR && buffer[pos + 4] === LF
      ) {
        this.#emit("OK");
        pos += 5;
        continue;
      } else if (
        type === UNDERSCORE && pos + 2 < end && buffer[pos + 1] === CR && buffer[pos + 2] === LF
      ) {
        this.#emit(null);
        pos += 3;
        continue;
      } else if (type === COMMA) {
        const next = this.#double(buffer, pos);
        if (next !== pos) {
          pos = next;
          continue;
        }
      }
      // Found out at once: a peer that speaks something else may never send the end of a line.
      if (BEGINS_FRAME[type] === 0) {
        this.#fail(
          `Cannot decode a reply of type byte 0x${type.toString(16).padStart(2, "0")}`,
          pos,
        );
      }
      const lf = buffer.indexOf(LF, pos + 1);
      if (lf === -1) {
        this.#keepLine(buffer, pos, end);
        return;
      }
      if (lf - pos - 2 > this.#maxLineLength) this.#failLineLength(pos);
      if (buffer[lf - 1] !== CR) this.#fail("Cannot decode a line that ends without CR", lf);
      this.#decodeLine(type, buffer, pos, lf - 1);
      pos = lf + 1;
    }
  }

  /**
   * Decodes `buffer[start..close)`, an element that is text, and those behind it as long as they are whole bulk strings.
   * Nothing but their lengths has to be looked at then, which is what makes long lists fast.
   *
   * @returns Position behind the last one.
   */
  #texts(buffer: Uint8Array, start: number, close: number, frame: Frame): number {
    const { items } = frame;
    const end = buffer.length;
    const chunkText = this.#chunkText;
    const max = this.#maxTextLength;
    let { left } = frame;
    let pos = close + 2;
    while (true) {
      items.push(chunkText.decode(buffer, start, close));
      left--;
      if (left === 0 || pos >= end || buffer[pos] !== DOLLAR) break;
      let p = pos + 1;
      let n = 0;
      let digit = 0;
      while (p < end && (digit = buffer[p] - ZERO) >= 0 && digit <= 9) {
        n = n * 10 + digit;
        p++;
      }
      start = p + 2;
      close = start + n;
      if (
        close + 1 >= end || buffer[p] !== CR || buffer[p + 1] !== LF || p === pos + 1 ||
        p > pos + 1 + EXACT_DIGITS || n > max
      ) break;
      if (buffer[close] !== CR) this.#failClose(close);
      if (buffer[close + 1] !== LF) this.#failClose(close + 1);
      pos = close + 2;
    }
    frame.left = left;
    if (left === 0) this.#close();
    return pos;
  }

  /**
   * Decodes a double of no more digits than a double holds exactly, which most scores are.
   *
   * @returns Position behind it; `pos` if it is something else.
   */
  #double(buffer: Uint8Array, pos: number): number {
    const end = buffer.length;
    const negative = buffer[pos + 1] === MINUS;
    const start = negative ? pos + 2 : pos + 1;
    let p = start;
    let n = 0;
    let digit = 0;
    while (p < end && (digit = buffer[p] - ZERO) >= 0 && digit <= 9) {
      n = n * 10 + digit;
      p++;
    }
    let digits = p - start;
    if (digits === 0) return pos;
    let decimals = 0;
    if (buffer[p] === DOT) {
      const point = p++;
      while (p < end && (digit = buffer[p] - ZERO) >= 0 && digit <= 9) {
        n = n * 10 + digit;
        p++;
      }
      decimals = p - point - 1;
      digits += decimals;
    }
    if (p + 1 >= end || buffer[p] !== CR || buffer[p + 1] !== LF || digits > EXACT_DIGITS) {
      return pos;
    }
    // Both are exact, so the quotient is the double that is nearest to what was written.
    const value = n / POWERS_OF_TEN[decimals];
    this.#emit(negative ? -value : value);
    return p + 2;
  }

  /** Settles the mode of what begins with this type byte, at the top level. */
  #begin(type: number): void {
    this.#started = true;
    // Whether an attribute belongs to a reply or to a push message is not known yet.
    this.#bytes = type === PIPE ? this.#attributeBytes : this.#askBytes(type === GREATER);
  }

  /** Decodes one complete line: everything that the fast paths leave. */
  #decodeLine(type: number, buffer: Uint8Array, pos: number, end: number): void {
    const start = pos + 1;
    switch (type) {
      case PLUS:
        return this.#emit(decodeText(buffer, start, end));
      case MINUS:
        return this.#emit(errorOf(decodeText(buffer, start, end)));
      case COLON:
        return this.#emit(this.#integer(buffer, start, end));
      case UNDERSCORE:
        if (start !== end) this.#fail("Cannot decode a null with content", pos);
        return this.#emit(null);
      case HASH: {
        const flag = decodeText(buffer, start, end);
        if (flag !== "t" && flag !== "f") {
          this.#fail("Cannot decode a boolean other than t and f", pos);
        }
        return this.#emit(flag === "t");
      }
      case COMMA: {
        const value = parseDouble(decodeText(buffer, start, end));
        if (value === undefined) this.#fail("Cannot decode a malformed double", pos);
        return this.#emit(value);
      }
      case PAREN: {
        const text = decodeText(buffer, start, end);
        if (!/^[+-]?\d+$/.test(text)) this.#fail("Cannot decode a malformed big number", pos);
        return this.#emit(BigInt(text.startsWith("+") ? text.slice(1) : text));
      }
      case DOT:
        if (start !== end || !this.#top?.streamed) {
          this.#fail("Cannot decode an end marker outside a streamed aggregate", pos);
        }
        if (
          (this.#top!.type === PERCENT || this.#top!.type === PIPE) &&
          this.#top!.items.length % 2 !== 0
        ) {
          this.#fail("Cannot decode a streamed map with a key and no value", pos);
        }
        return this.#close();
      case DOLLAR:
      case EQUALS:
      case BANG:
        if (type === DOLLAR) {
          if (end - start === 1 && buffer[start] === QUESTION) {
            this.#partsLength = 0;
            return this.#push(new Frame(DOLLAR, 0, this.#base + pos, this.#top), pos);
          }
          if (this.#isNull(buffer, start, end)) return this.#emit(null);
        }
        return this.#openBulk(type, this.#length(buffer, start, end), pos);
      case SEMICOLON: {
        if (this.#top?.type !== DOLLAR) {
          this.#fail("Cannot decode a part of a streamed string outside of one", pos);
        }
        const length = this.#length(buffer, start, end);
        return length === 0 ? this.#close() : this.#openBulk(type, length, pos);
      }
      case STAR:
        if (this.#isNull(buffer, start, end)) return this.#emit(null);
      // falls through
      case TILDE:
      case PERCENT:
      case PIPE:
      case GREATER:
        if (end - start === 1 && buffer[start] === QUESTION && type !== GREATER) {
          return this.#open(type, -1, pos);
        }
        return this.#open(type, this.#length(buffer, start, end), pos);
    }
  }

  #isNull(buffer: Uint8Array, start: number, end: number): boolean {
    return end - start === 2 && buffer[start] === MINUS && buffer[start + 1] === ZERO + 1;
  }

  #length(buffer: Uint8Array, start: number, end: number): number {
    let n = 0;
    for (let p = start; p < end; p++) {
      if (buffer[p] < ZERO || buffer[p] > NINE) this.#fail("Cannot decode a malformed length", p);
      n = n * 10 + buffer[p] - ZERO;
    }
    if (start === end) this.#fail("Cannot decode an empty length", start);
    return n;
  }

  #integer(buffer: Uint8Array, start: number, end: number): number | bigint {
    const text = decodeText(buffer, start, end);
    if (!/^[+-]?\d+$/.test(text)) this.#fail("Cannot decode a malformed integer", start);
    const value = Number(text);
    // `+ 0` turns the -0 of ":-0" into 0.
    return Number.isSafeInteger(value)
      ? value + 0
      : BigInt(text.startsWith("+") ? text.slice(1) : text);
  }

  /** Opens an aggregate of `n` elements (map: pairs), or a streamed one (-1). */
  #open(type: number, n: number, pos: number): void {
    if (type === GREATER && this.#top !== null) {
      this.#fail("Cannot decode a push message inside a reply", pos);
    }
    const max = this.#limitOf(type);
    if (n > max) this.#fail(`Cannot decode an aggregate of more than ${max} elements`, pos);
    if (type === GREATER && n === 0) this.#fail("Cannot decode an empty push message", pos);
    const perElement = type === PERCENT || type === PIPE ? 2 : 1;
    const left = (n === -1 ? max + 1 : n) * perElement;
    this.#push(new Frame(type, left, n === -1 ? this.#base + pos : -1, this.#top), pos);
    if (n === 0) this.#close();
  }

  #limitOf(type: number): number {
    return type === STAR || type === GREATER
      ? this.#maxElements
      : Math.min(this.#maxElements, MAX_COLLECTION);
  }

  #push(frame: Frame, pos: number): void {
    if (++this.#depth > this.#maxDepth) {
      this.#fail(`Cannot decode a reply nested deeper than ${this.#maxDepth}`, pos);
    }
    this.#top = frame;
  }

  /** Hands a complete value to the innermost aggregate, or out. */
  #emit(value: Reply): void {
    const top = this.#top;
    if (top === null) {
      this.#started = false;
      this.#out.push(value);
      return;
    }
    top.items.push(value);
    if (--top.left === 0) this.#close();
  }

  /** Closes the innermost aggregate, and every outer one that it completes. */
  #close(): void {
    let frame = this.#top!;
    while (true) {
      if (frame.left === 0 && frame.streamed && frame.type !== DOLLAR) this.#failStreamed(frame);
      const parent = this.#top = frame.parent;
      this.#depth--;
      if (parent === null) this.#started = false;
      if (frame.type === PIPE) return this.#onAttributes?.(toMap(frame.items));
      const value = frame.type === GREATER ? new Push(frame.items) : this.#build(frame);
      if (parent === null) {
        this.#out.push(value);
        return;
      }
      parent.items.push(value as Reply);
      if (--parent.left !== 0) return;
      frame = parent;
    }
  }

  #build(frame: Frame): Reply {
    switch (frame.type) {
      case PERCENT:
        return toMap(frame.items);
      case TILDE:
        return toSet(frame.items);
      case DOLLAR: {
        const parts = this.#parts;
        const length = this.#partsLength;
        this.#parts = EMPTY;
        return this.#bytes ? parts.slice(0, length) : decodeText(parts, 0, length);
      }
      default:
        return frame.items;
    }
  }

  #openBulk(type: number, length: number, pos: number): void {
    const total = type === SEMICOLON ? this.#partsLength + length : length;
    const max = this.#bytes && type !== BANG ? this.#maxBulkLength : this.#maxTextLength;
    if (total > max) this.#fail(`Cannot decode a bulk string of more than ${max} bytes`, pos);
    const reserved = Math.min(length, RESERVE);
    const { length: spare } = this.#spare;
    if (spare >= reserved && !(this.#bytes && type === DOLLAR)) {
      this.#bulk = this.#spare;
      this.#spare = NO_BYTES;
    } else {
      this.#bulk = new Uint8Array(reserved);
    }
    this.#bulkType = type;
    this.#bulkFrom = this.#base + pos;
    this.#bulkLength = length;
    this.#bulkFilled = 0;
    this.#bulkClosed = 0;
  }

  #growBulk(): void {
    const larger = new Uint8Array(Math.min(this.#bulkLength, this.#bulkFilled * 4));
    larger.set(this.#bulk!);
    this.#bulk = larger;
  }

  /** Moves bytes of `buffer` into the open bulk string. Returns the position behind them. */
  #fillBulk(buffer: Uint8Array, pos: number): number {
    const end = buffer.length;
    while (this.#bulkFilled < this.#bulkLength) {
      if (pos === end) return pos;
      if (this.#bulkFilled === this.#bulk!.length) this.#growBulk();
      const room = Math.min(this.#bulk!.length, this.#bulkLength) - this.#bulkFilled;
      const count = Math.min(end - pos, room);
      this.#bulk!.set(buffer.subarray(pos, pos + count), this.#bulkFilled);
      this.#bulkFilled += count;
      pos += count;
    }
    while (this.#bulkClosed < 2) {
      if (pos === end) return pos;
      if (buffer[pos] !== (this.#bulkClosed === 0 ? CR : LF)) this.#failClose(pos);
      this.#bulkClosed++;
      pos++;
    }
    const whole = this.#bulk!;
    const bulk = whole.length === this.#bulkLength ? whole : whole.subarray(0, this.#bulkLength);
    this.#bulk = null;
    if (this.#bulkType === SEMICOLON) {
      this.#keepPart(bulk);
    } else {
      const value = this.#bulkValue(bulk);
      // Text is a copy, so the memory can serve the next one.
      if (value !== bulk && whole.length <= RESERVE) this.#spare = whole;
      this.#emit(value);
    }
    return pos;
  }

  #keepPart(part: Uint8Array): void {
    const length = this.#partsLength + part.length;
    if (length > this.#parts.length) {
      const larger = new Uint8Array(Math.max(length, this.#parts.length * 2));
      larger.set(this.#parts.subarray(0, this.#partsLength));
      this.#parts = larger;
    }
    this.#parts.set(part, this.#partsLength);
    this.#partsLength = length;
  }

  #bulkValue(bulk: Uint8Array): Reply {
    switch (this.#bulkType) {
      case BANG:
        return errorOf(decodeText(bulk, 0, bulk.length));
      case EQUALS: {
        // "txt:" or "mkd:" in front of the text.
        if (bulk.length < 4 || bulk[3] !== COLON) {
          this.#failAt("Cannot decode a verbatim string without a format", this.#bulkFrom);
        }
        return this.#bytes ? bulk.slice(4) : decodeText(bulk, 4, bulk.length);
      }
      default:
        return this.#bytes ? bulk : decodeText(bulk, 0, bulk.length);
    }
  }

  #failLineLength(pos: number): never {
    this.#fail(`Cannot decode a line of more than ${this.#maxLineLength} bytes`, pos);
  }

  #failStreamed(frame: Frame): never {
    const { type, streamedFrom } = frame;
    const max = this.#limitOf(type);
    this.#failAt(`Cannot decode an aggregate of more than ${max} elements`, streamedFrom);
  }

  #failClose(pos: number): never {
    this.#fail("Cannot decode a bulk string that does not end in CRLF where its length says", pos);
  }

  #fail(message: string, pos: number): never {
    this.#failAt(message, this.#base + pos);
  }

  #failAt(message: string, offset: number): never {
    throw new ProtocolError(message, offset);
  }
}
