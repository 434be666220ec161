/**
 * A surface that answers what a test says, for commands that no server at hand has.
 *
 * @module
 */

import { Commands } from "../../lib/commands/mod.ts";
import type { Decoder, Words } from "../../lib/executor.ts";
import type { Reply } from "../../lib/resp/mod.ts";

/** Keeps the words of the last command, and decodes the reply that was given for it. */
export class Answering extends Commands<string, "one"> {
  /** Words of the last command. */
  words: Words = [];
  /** The reply to the next command. */
  reply: Reply = null;

  /**
   * Says what the next command is answered.
   *
   * @param reply The reply.
   * @returns This surface.
   */
  answer(reply: Reply): this {
    this.reply = reply;
    return this;
  }

  /** Keeps the words and answers. */
  protected override send<R>(words: Words, decode: Decoder<R>): Promise<R> {
    this.words = words;
    const bad = words.find((word) => word instanceof Error);
    return bad === undefined
      ? Promise.resolve().then(() => decode(this.reply, false))
      : Promise.reject(bad);
  }
}
