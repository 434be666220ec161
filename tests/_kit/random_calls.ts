/**
 * Calls of any command, made up from its row: words that differ from each other, with counts and keywords where they may be.
 *
 * @module
 */

import {
  type CommandRow,
  commandRows,
  type KeySpecification,
} from "../../lib/command_table/mod.ts";

/** Rows of the commands, and subcommands, whose keys COMMAND GETKEYS tells. */
export function keyedRows(): CommandRow[] {
  return commandRows()
    .flatMap((row) => [row, ...row.subcommands?.values() ?? []])
    // COMMAND GETKEYS does not speak of what only routes like a key.
    .filter(({ keys }) => keys.some(({ access }) => access !== "not_key"));
}

/**
 * Makes up a call that fits the command's arity.
 *
 * @param row The command.
 * @param random Numbers from 0 to 1, such as those of {@linkcode randomNumbers}.
 * @returns Its words; no two are the same.
 */
export function randomCall(row: CommandRow, random: () => number): string[] {
  const words = row.name.split(" ");
  const below = (limit: number) => Math.floor(random() * limit);
  const length = Math.abs(row.arity) + (row.arity < 0 ? below(8) : 0);
  while (words.length < length) words.push(`word${words.length}`);
  // Servers differ in which of two exclusive options counts, so there is one of them.
  const left = ["STORE", "STOREDIST"][below(2)];
  const exclusive = row.keys.filter(({ begin }) => isStore(begin)).length > 1;
  for (const specification of row.keys) {
    const { begin } = specification;
    if (exclusive && isStore(begin) && begin.keyword !== left) continue;
    placeKeys(words, specification, below);
  }
  return words;
}

function isStore(
  begin: KeySpecification["begin"],
): begin is KeySpecification["begin"] & { type: "keyword" } {
  return begin.type === "keyword" && begin.keyword.startsWith("STORE");
}

function placeKeys(
  words: string[],
  { begin, find }: KeySpecification,
  below: (limit: number) => number,
): void {
  if (begin.type === "keyword") {
    if (below(5) === 0) return;
    let position = begin.startFrom;
    for (const [option, length] of begin.optionLengths ?? []) {
      if (below(2) === 0) continue;
      words[position++] = inAnyCase(option, below);
      for (let i = 0; i < length; i++) words[position++] = `${begin.keyword}${i === 0 ? "" : i}`;
    }
    position = Math.max(position, begin.startFrom + below(words.length - begin.startFrom));
    for (let i = begin.startFrom; i < position; i++) words[i] ??= `word${i}`;
    words[position] = inAnyCase(begin.keyword, below);
    for (let i = 0, count = 1 + below(4); i < count; i++) words[position + 1 + i] ??= `more${i}`;
    // The form of MIGRATE in which its fixed key is empty.
    if (begin.keyword === "KEYS") words[3] = "";
  } else if (begin.type === "index" && find.type === "keynum") {
    const left = words.length - begin.index - find.firstKey;
    words[begin.index + find.keyNumIndex] = String(below(left / find.keyStep + 2));
  }
}

function inAnyCase(word: string, below: (limit: number) => number): string {
  return below(2) === 0 ? word : word.toLowerCase();
}

/**
 * Makes uniform numbers from 0 to 1, the same for the same seed (the mulberry32 generator).
 *
 * @param seed An integer.
 */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
