/**
 * Finds messages in the received bytes without decoding their parts.
 *
 * Nearly everything on a subscriber connection is a message. The general decoder would create an array and two strings
 * (kind and channel) for each.
 *
 * @module
 */

const CR = 13;
const LF = 10;
const ZERO = 48;
const DOLLAR = 36; // $
const STAR = 42; // *
const GREATER = 62; // >

const encoder = new TextEncoder();
/** How messages of the three kinds begin, without the first byte: that depends on the protocol. */
const MESSAGE = encoder.encode("3\r\n$7\r\nmessage\r\n");
const SHARD_MESSAGE = encoder.encode("3\r\n$8\r\nsmessage\r\n");
const PATTERN_MESSAGE = encoder.encode("4\r\n$8\r\npmessage\r\n");
/** Position in these of the digit that tells `message` from `smessage`. */
const KIND_DIGIT = 4;
const EIGHT = 56;
const FOUR = 52;

/**
 * Why a scan stopped: everything was scanned, a message is incomplete, something other than a message follows, or
 * enough messages were found.
 */
export type Stop = "end" | "incomplete" | "other" | "enough";

/** Takes the messages that are found. */
export interface MessageSink {
  /**
   * Takes the message at `scanner`.
   *
   * @param scanner Where its parts are.
   * @param buffer What they are in; it is used again afterwards.
   */
  onFound(scanner: MessageScanner, buffer: Uint8Array): void;
}

/** Finds messages. The positions are those of the message that was found last. */
export class MessageScanner {
  /** Its kind. */
  kind: "message" | "pmessage" | "smessage" = "message";
  /** Position of the pattern; only of a message that came by a pattern. */
  patternStart = 0;
  /** Position behind the pattern. */
  patternEnd = 0;
  /** Position of the channel. */
  channelStart = 0;
  /** Position behind the channel. */
  channelEnd = 0;
  /** Position of the message. */
  messageStart = 0;
  /** Position behind the message. */
  messageEnd = 0;
  /** Why the last scan has stopped. */
  stop: Stop = "end";
  /** Position behind the bulk string that was read last; -1 if it is incomplete, -2 if it is none. */
  #next = 0;

  /**
   * Finds complete messages.
   *
   * @param buffer What to scan.
   * @param pos Where to begin: the first byte of a message or of something else.
   * @param end Where to stop.
   * @param most How many messages to find at most.
   * @param sink Takes them.
   * @returns Position of the first byte that is of no complete message.
   */
  scan(buffer: Uint8Array, pos: number, end: number, most: number, sink: MessageSink): number {
    for (let found = 0; pos < end; found++) {
      if (found === most) return this.#stopAt(pos, "enough");
      const type = buffer[pos];
      if (type !== GREATER && type !== STAR) return this.#stopAt(pos, "other");
      // No message is this short.
      if (pos + 1 + KIND_DIGIT >= end) return this.#stopAt(pos, "incomplete");
      const isPattern = buffer[pos + 1] === FOUR;
      const start = isPattern
        ? PATTERN_MESSAGE
        : buffer[pos + 1 + KIND_DIGIT] === EIGHT
        ? SHARD_MESSAGE
        : MESSAGE;
      for (let i = 0; i < start.length; i++) {
        if (buffer[pos + 1 + i] === start[i]) continue;
        return this.#stopAt(pos, pos + 1 + i < end ? "other" : "incomplete");
      }
      let next = pos + 1 + start.length;
      if (isPattern) {
        const from = this.#bulk(buffer, next, end);
        next = this.#next;
        if (next < 0) return this.#stopAt(pos, next === -1 ? "incomplete" : "other");
        this.patternStart = from;
        this.patternEnd = next - 2;
      }
      const channel = this.#bulk(buffer, next, end);
      next = this.#next;
      if (next < 0) return this.#stopAt(pos, next === -1 ? "incomplete" : "other");
      this.channelStart = channel;
      this.channelEnd = next - 2;
      const message = this.#bulk(buffer, next, end);
      next = this.#next;
      if (next < 0) return this.#stopAt(pos, next === -1 ? "incomplete" : "other");
      this.messageStart = message;
      this.messageEnd = next - 2;
      this.kind = isPattern ? "pmessage" : start === MESSAGE ? "message" : "smessage";
      pos = next;
      sink.onFound(this, buffer);
    }
    return this.#stopAt(pos, "end");
  }

  #stopAt(pos: number, stop: Stop): number {
    this.stop = stop;
    return pos;
  }

  /** Reads a bulk string. Returns the position of its first byte, and sets `#next`. */
  #bulk(buffer: Uint8Array, pos: number, end: number): number {
    this.#next = -1;
    if (pos >= end) return 0;
    if (buffer[pos] !== DOLLAR) {
      this.#next = -2;
      return 0;
    }
    let length = 0;
    let digit = 0;
    let at = pos + 1;
    while (at < end && (digit = buffer[at] - ZERO) >= 0 && digit <= 9) {
      length = length * 10 + digit;
      at++;
    }
    const start = at + 2;
    const close = start + length;
    if (close + 2 > end) return 0;
    this.#next = buffer[at] === CR && buffer[at + 1] === LF && buffer[close] === CR &&
        buffer[close + 1] === LF && at > pos + 1
      ? close + 2
      : -2;
    return start;
  }
}
