/**
 * Texts of commands without the values in them.
 *
 * @module
 */

import { textOf } from "../command_table/argument_text.ts";
import { keyPositions } from "../command_table/mod.ts";
import type { Request } from "../connection/request.ts";
import { commandName, mayShowKeys } from "./names.ts";

/** Maximum length of a key, in UTF-16 units. */
const MAX_KEY = 128;
/** Maximum length of a text, in UTF-16 units. */
const MAX_TEXT = 1024;

/** A command with its words. */
type Command = Pick<Request, "row" | "words">;

/**
 * Writes commands as text: their names and keys, and `?` for each other word.
 *
 * @param commands The commands.
 * @returns The text, with `; ` between commands. If it is long, it ends with `…`.
 */
export function queryText(commands: readonly Command[]): string {
  let text = "";
  for (const command of commands) {
    for (const word of shownWords(command)) {
      if (text.length >= MAX_TEXT) return `${text} …`;
      text += text === "" ? word : ` ${word}`;
    }
    text += ";";
  }
  return text.slice(0, -1);
}

function* shownWords(command: Command): Generator<string> {
  const { row, words } = command;
  const name = commandName(command);
  yield name;
  if (row === undefined || !mayShowKeys(row)) return;
  const keys = new Set(keyPositions(row, words));
  for (let i = name.split(" ").length; i < words.length; i++) {
    yield keys.has(i) ? shortened(textOf(words[i])) : "?";
  }
}

function shortened(key: string): string {
  return key.length <= MAX_KEY ? key : `${key.slice(0, MAX_KEY)}…`;
}
