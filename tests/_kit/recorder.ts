/**
 * A surface that sends nothing: it keeps the words of the last command.
 *
 * @module
 */

import { Commands } from "../../lib/commands/mod.ts";
import type { Decoder, Words } from "../../lib/executor.ts";

/** Keeps the words of the last command, and never answers. */
export class Recorder extends Commands {
  /** Words of the last command. */
  words: Words = [];

  /** Keeps the words. */
  protected override send<R>(words: Words, _decode: Decoder<R>): Promise<R> {
    this.words = words;
    return new Promise(() => {});
  }
}
