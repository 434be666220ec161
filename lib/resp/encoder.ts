/**
 * Arguments to bytes: commands as RESP arrays of bulk strings, gathered into one buffer per write.
 *
 * @module
 */

import type { Argument } from "./reply.ts";

const CR = 13;
const LF = 10;
const ZERO = 48;
const STAR = 42;
const DOLLAR = 36;

/** Bytes reserved for a `*n` or `$n` line. */
const HEADER = 20;
/** Up to this length, a loop over the characters beats the call into the runtime. Below 100: the header has two digits. */
const SHORT = 40;
/** From this length on bytes are written from where they are instead of being copied. */
const LARGE = 16 * 1024;
const INITIAL = 64 * 1024;
/** Largest buffer that is kept for the next write. */
const MAX_KEPT = 8 * 1024 * 1024;
/** How many writes a buffer that has grown is kept without need. */
const PATIENCE = 100;

const utf8 = new TextEncoder();

/** A large argument, and where in the buffer it belongs. */
interface Insertion {
  at: number;
  bytes: Uint8Array;
}

/**
 * Gathers encoded commands for one write.
 *
 * The buffer is reused: what {@linkcode CommandEncoder.prototype.chunks | CommandEncoder.chunks} returned is valid
 * until the next {@linkcode CommandEncoder.prototype.reset | CommandEncoder.reset}. Bytes of 16 KiB and more are not
 * copied but referred to.
 *
 * @example Encoding two commands for one write
 * ```ts
 * import { CommandEncoder } from "@babushka/redis/resp";
 * import { assertEquals } from "@std/assert";
 *
 * const encoder = new CommandEncoder();
 * encoder.encode(["SET", "k", 1]);
 * encoder.encode(["GET", "k"]);
 * const [bytes] = encoder.chunks();
 * assertEquals(
 *   new TextDecoder().decode(bytes),
 *   "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\n1\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
 * );
 * ```
 */
export class CommandEncoder {
  #buffer = new Uint8Array(INITIAL);
  #length = 0;
  #insertions: Insertion[] = [];
  #inserted = 0;
  /** How many writes in a row did not need a buffer that has grown. */
  #idle = 0;

  /** Bytes gathered since the last reset. */
  get byteLength(): number {
    return this.#length + this.#inserted;
  }

  /**
   * Appends a command.
   *
   * @param args Its words, the name first.
   * @throws {TypeError} If an argument is not a string, number, bigint or `Uint8Array`, is `NaN`, or is a string with
   * a lone surrogate (which UTF-8 cannot carry). Nothing of the command is appended then.
   */
  encode(args: readonly Argument[]): void {
    const length = this.#length;
    const insertions = this.#insertions.length;
    try {
      this.#reserve(HEADER);
      this.#header(STAR, args.length);
      for (let i = 0; i < args.length; i++) {
        const arg = args[i];
        if (typeof arg === "string") this.#text(arg);
        else this.#other(arg);
      }
    } catch (error) {
      this.#rollBack(length, insertions);
      throw error;
    }
  }

  /**
   * Appends several commands, or none of them.
   *
   * @param commands The words of each.
   * @throws {TypeError} If one of them cannot be sent. Nothing is appended then.
   */
  encodeAll(commands: readonly (readonly Argument[])[]): void {
    const length = this.#length;
    const insertions = this.#insertions.length;
    try {
      for (const command of commands) this.encode(command);
    } catch (error) {
      this.#rollBack(length, insertions);
      throw error;
    }
  }

  /**
   * What was gathered, in order: usually one chunk.
   *
   * @returns Views that are valid until the next reset.
   */
  chunks(): Uint8Array[] {
    if (this.#insertions.length === 0) return [this.#buffer.subarray(0, this.#length)];
    const chunks: Uint8Array[] = [];
    let from = 0;
    for (const { at, bytes } of this.#insertions) {
      chunks.push(this.#buffer.subarray(from, at), bytes);
      from = at;
    }
    chunks.push(this.#buffer.subarray(from, this.#length));
    return chunks;
  }

  /** Forgets what was gathered and reuses the buffer. */
  reset(): void {
    const length = this.#length;
    this.#length = 0;
    if (this.#insertions.length > 0) {
      this.#insertions = [];
      this.#inserted = 0;
    }
    if (this.#buffer.length === INITIAL) return;
    // Long commands come in bursts, for which the memory is kept, but not for ever.
    this.#idle = length > INITIAL ? 0 : this.#idle + 1;
    if (this.#idle >= PATIENCE || this.#buffer.length > MAX_KEPT) {
      this.#buffer = new Uint8Array(INITIAL);
      this.#idle = 0;
    }
  }

  #rollBack(length: number, insertions: number): void {
    this.#length = length;
    while (this.#insertions.length > insertions) {
      this.#inserted -= this.#insertions.pop()!.bytes.length;
    }
  }

  #other(arg: Argument): void {
    if (typeof arg === "number") {
      if (Number.isNaN(arg)) throw new TypeError("Cannot send NaN as an argument");
      // The server spells infinity "inf".
      this.#text(arg === Infinity ? "inf" : arg === -Infinity ? "-inf" : String(arg));
    } else if (arg instanceof Uint8Array) {
      this.#bytes(arg);
    } else if (typeof arg === "bigint") {
      this.#text(String(arg));
    } else {
      throw new TypeError(
        `Cannot send an argument of type ${
          arg === null ? "null" : typeof arg
        }: expected string, number, bigint or Uint8Array`,
      );
    }
  }

  #text(text: string): void {
    if (text.length > SHORT) this.#long(text);
    else if (!this.#short(text)) this.#nonAscii(text, this.#length);
  }

  /**
   * Appends a text of at most `SHORT` characters if it is ASCII.
   *
   * @returns Whether it is. If not, nothing is appended.
   */
  #short(text: string): boolean {
    const count = text.length;
    this.#reserve(HEADER + count + 2);
    const buffer = this.#buffer;
    let at = this.#length;
    buffer[at++] = DOLLAR;
    if (count < 10) {
      buffer[at++] = ZERO + count;
    } else {
      const tens = (count / 10) | 0;
      buffer[at++] = ZERO + tens;
      buffer[at++] = ZERO + count - 10 * tens;
    }
    buffer[at++] = CR;
    buffer[at++] = LF;
    // One look at all characters is faster than one at each.
    let bits = 0;
    for (let i = 0; i < count; i++) {
      const code = text.charCodeAt(i);
      bits |= code;
      buffer[at + i] = code;
    }
    if (bits > 127) return false;
    at += count;
    buffer[at] = CR;
    buffer[at + 1] = LF;
    this.#length = at + 2;
    return true;
  }

  #long(text: string): void {
    const count = text.length;
    this.#reserve(HEADER + count + 2);
    const start = this.#length;
    this.#header(DOLLAR, count);
    const at = this.#length;
    const { read, written } = utf8.encodeInto(text, this.#buffer.subarray(at, at + count));
    if (read !== count || written !== count) return this.#nonAscii(text, start);
    this.#buffer[at + count] = CR;
    this.#buffer[at + count + 1] = LF;
    this.#length = at + count + 2;
  }

  /** Encodes a text whose length in bytes is not its length in characters; its header begins at `start`. */
  #nonAscii(text: string, start: number): void {
    if (!text.isWellFormed()) {
      throw new TypeError("Cannot send a string with a lone surrogate: it has no UTF-8 form");
    }
    this.#length = start;
    this.#reserve(HEADER + text.length * 3 + 2);
    // The header can only be written when the length is known, and then the text is moved up to it.
    const from = start + HEADER;
    const { written } = utf8.encodeInto(text, this.#buffer.subarray(from));
    this.#header(DOLLAR, written);
    this.#buffer.copyWithin(this.#length, from, from + written);
    this.#length += written;
    this.#buffer[this.#length] = CR;
    this.#buffer[this.#length + 1] = LF;
    this.#length += 2;
  }

  #bytes(bytes: Uint8Array): void {
    const count = bytes.length;
    const large = count >= LARGE;
    this.#reserve(HEADER + (large ? 0 : count) + 2);
    this.#header(DOLLAR, count);
    if (large) {
      this.#insertions.push({ at: this.#length, bytes });
      this.#inserted += count;
    } else {
      this.#buffer.set(bytes, this.#length);
      this.#length += count;
    }
    this.#buffer[this.#length] = CR;
    this.#buffer[this.#length + 1] = LF;
    this.#length += 2;
  }

  #header(type: number, n: number): void {
    const buffer = this.#buffer;
    let at = this.#length;
    buffer[at++] = type;
    if (n < 10) {
      buffer[at++] = ZERO + n;
    } else {
      let digits = 1;
      for (let rest = n; rest >= 10; rest = (rest - rest % 10) / 10) digits++;
      let rest = n;
      for (let i = at + digits - 1; i >= at; i--) {
        buffer[i] = ZERO + rest % 10;
        rest = (rest - rest % 10) / 10;
      }
      at += digits;
    }
    buffer[at] = CR;
    buffer[at + 1] = LF;
    this.#length = at + 2;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(this.#length + count, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

/**
 * Encodes one command into bytes of its own.
 *
 * @example Encoding PING
 * ```ts
 * import { encodeCommand } from "@babushka/redis/resp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodeCommand(["PING"]), new TextEncoder().encode("*1\r\n$4\r\nPING\r\n"));
 * ```
 *
 * @param args Its words, the name first.
 * @returns The bytes.
 * @throws {TypeError} If an argument cannot be sent.
 */
export function encodeCommand(args: readonly Argument[]): Uint8Array {
  shared.reset();
  shared.encode(args);
  const bytes = new Uint8Array(shared.byteLength);
  let at = 0;
  for (const chunk of shared.chunks()) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

const shared = new CommandEncoder();
