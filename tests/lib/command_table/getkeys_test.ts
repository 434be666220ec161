import { assert, assertEquals } from "@std/assert";
import {
  type CommandRow,
  commandRows,
  firstKeyPosition,
  keyPositions,
  type KeySpecification,
} from "../../../lib/command_table.ts";
import type { Argument } from "../../../lib/resp/reply.ts";
import { startServer } from "../../../lib/testing/mod.ts";
import { askServer } from "../../maintenance/command_source.ts";
import { RawConnection } from "../../maintenance/raw_connection.ts";

const CALLS_PER_COMMAND = 40;
const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));

Deno.test(`keyPositions() finds the keys that COMMAND GETKEYS finds (SEED=${seed})`, async () => {
  await using server = await startServer();
  using connection = await RawConnection.open(server);
  const onServer = new Set<string>();
  for (const row of (await askServer(server)).rows) {
    for (const { name } of [row, ...row.subcommands?.values() ?? []]) onServer.add(name);
  }
  const random = randomNumbers(seed);
  let commands = 0;
  for (const row of keyedRows()) {
    if (!onServer.has(row.name)) continue;
    commands++;
    const calls = Array.from({ length: CALLS_PER_COMMAND }, () => randomCall(row, random));
    const replies = await connection.commands(calls.map((call) => ["COMMAND", "GETKEYS", ...call]));
    let compared = 0;
    for (const [i, call] of calls.entries()) {
      const keys = replies[i];
      // An error: the call is malformed, or has no key. What there is to say on those is in the case file.
      if (!Array.isArray(keys)) continue;
      compared++;
      for (const args of [call, inOtherTypes(call, random)]) {
        const positions = keyPositions(row, args);
        assertEquals(positions.map((position) => call[position]), keys, call.join(" "));
        assertEquals(firstKeyPosition(row, args), positions[0] ?? -1, call.join(" "));
      }
    }
    assert(compared > 0, `no call of ${row.name} was in order`);
  }
  assert(commands > 150, `only ${commands} commands`);
});

function keyedRows(): CommandRow[] {
  return commandRows()
    .flatMap((row) => [row, ...row.subcommands?.values() ?? []])
    // COMMAND GETKEYS does not speak of what only routes like a key.
    .filter(({ keys }) => keys.some(({ access }) => access !== "not_key"));
}

/** A call that fits the command's arity, with words that differ from each other, and counts and keywords where they may be. */
function randomCall(row: CommandRow, random: () => number): string[] {
  const words = row.name.split(" ");
  const below = (limit: number) => Math.floor(random() * limit);
  const length = Math.abs(row.arity) + (row.arity < 0 ? below(8) : 0);
  while (words.length < length) words.push(`word${words.length}`);
  for (const specification of row.keys) placeKeys(words, specification, below);
  return words;
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

/** The same words, some of them as bytes or numbers. */
function inOtherTypes(words: readonly string[], random: () => number): Argument[] {
  const encoder = new TextEncoder();
  return words.map((word) => {
    if (random() < 0.5) return word;
    return /^\d+$/.test(word) && random() < 0.5 ? Number(word) : encoder.encode(word);
  });
}

/** Uniform numbers from 0 to 1, the same for the same seed (the mulberry32 generator). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
