import { assert, assertEquals } from "@std/assert";
import { firstKeyPosition, keyPositions } from "../../../lib/command_table/mod.ts";
import type { Argument } from "../../../lib/resp/reply.ts";
import { startServer } from "../../../lib/testing/mod.ts";
import { keyedRows, randomCall, randomNumbers } from "../../_kit/random_calls.ts";
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

/** The same words, some of them as bytes or numbers. */
function inOtherTypes(words: readonly string[], random: () => number): Argument[] {
  const encoder = new TextEncoder();
  return words.map((word) => {
    if (random() < 0.5) return word;
    return /^\d+$/.test(word) && random() < 0.5 ? Number(word) : encoder.encode(word);
  });
}
