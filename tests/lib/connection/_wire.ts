/**
 * A transport in memory.
 *
 * @module
 */

import type { Transport } from "../../../lib/connection/transport.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A socket in memory: the test sees each write, says when it is done, and what comes back. */
export class Wire implements Transport {
  readonly writes: string[] = [];
  closed = false;
  /** Ends the write that is under way; `null` while there is none. */
  finish: (() => void) | null = null;
  /** Whether writes end by themselves. */
  smooth = true;
  /** How many reads have been begun. */
  reads = 0;
  readonly #answers: Uint8Array[] = [];
  #ended = false;
  #arrived = Promise.withResolvers<void>();

  /** How many writes have not ended. */
  #unfinished = 0;
  #lastWrite = Promise.resolve();

  write(chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#lastWrite = this.#unfinished++ === 0
      ? this.#write(chunk)
      : this.#lastWrite.then(() => this.#write(chunk));
  }

  async #write(chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    this.writes.push(decoder.decode(chunk));
    this.onWrite();
    if (!this.smooth) await new Promise<void>((resolve) => this.finish = resolve);
    this.#unfinished--;
  }

  /** Called for each write. */
  onWrite(): void {}

  async read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
    this.reads++;
    while (this.#answers.length === 0) {
      if (this.closed) throw new Deno.errors.BadResource("closed");
      if (this.#ended) return null;
      await this.#arrived.promise;
    }
    const answer = this.#answers.shift()!;
    const count = Math.min(answer.length, buffer.length);
    if (count < answer.length) this.#answers.unshift(answer.subarray(count));
    buffer.set(answer.subarray(0, count));
    return count;
  }

  answer(text: string): void {
    this.answerBytes(encoder.encode(text));
  }

  answerBytes(bytes: Uint8Array): void {
    this.#answers.push(bytes);
    this.#wake();
  }

  /** The peer closes. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
    this.#wake();
  }

  #wake(): void {
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }
}
