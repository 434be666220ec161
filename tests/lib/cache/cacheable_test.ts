import { assert, assertEquals } from "@std/assert";
import { positionOfKey, ruleOf } from "../../../lib/cache/cacheable.ts";
import { commandRows, lookUp } from "../../../lib/command_table/mod.ts";
import type { Argument } from "../../../lib/resp/reply.ts";
import { startServer } from "../../../lib/testing/mod.ts";
import { readServerCommands } from "../../_kit/server_commands.ts";

/** The position of the key by which a call is cached; 0 if it is not. */
function keyOf(...words: Argument[]): number {
  const row = lookUp(words)!;
  const rule = ruleOf(row);
  return rule === null ? 0 : positionOfKey(rule, row, words);
}

Deno.test("ruleOf() takes commands that only read one key", () => {
  for (
    const call of [
      "GET k",
      "HGETALL k",
      "HGET k f",
      "LRANGE k 0 -1",
      "ZRANGEBYSCORE k 0 1",
      "SMEMBERS k",
      "TYPE k",
      "STRLEN k",
      "EXISTS k",
      "XRANGE k - +",
      "BITFIELD_RO k GET u8 0",
      "SUNION k",
      "MGET k",
    ]
  ) assertEquals(keyOf(...call.split(" ")), 1, call);
  assertEquals(keyOf("SINTERCARD", 1, "k"), 2);
  assertEquals(keyOf("ZUNION", "1", "k", "WITHSCORES"), 2);
});

Deno.test("ruleOf() takes no calls with several keys, or without one", () => {
  for (
    const call of ["EXISTS a b", "SUNION a b", "SINTERCARD 2 a b", "ZUNION 2 a b", "LCS a b", "GET"]
  ) assertEquals(keyOf(...call.split(" ")), 0, call);
});

Deno.test("ruleOf() takes no command that writes, blocks, or depends on chance, time or other keys", () => {
  for (
    const call of [
      "SET k v",
      "GETEX k",
      "GETDEL k",
      "XREAD STREAMS k 0",
      "PFCOUNT k",
      "SORT k",
      "SORT_RO k BY w_*",
      "EVAL_RO return 1 k",
      "FCALL_RO f 1 k",
      "TTL k",
      "PTTL k",
      "HPTTL k FIELDS 1 f",
      "EXPIRETIME k",
      "OBJECT ENCODING k",
      "OBJECT FREQ k",
      "MEMORY USAGE k",
      "JSON.DEBUG MEMORY k",
      "TOUCH k",
      "DUMP k",
      "HSCAN k 0",
      "SSCAN k 0",
      "ZSCAN k 0",
      "SRANDMEMBER k",
      "HRANDFIELD k",
      "ZRANDMEMBER k",
      "XPENDING k g",
      "XINFO STREAM k",
      "DBSIZE",
      "PING",
    ]
  ) assertEquals(ruleOf(lookUp(call.split(" "))!), null, call);
});

Deno.test("ruleOf() takes no command of which a server says that its replies vary", async () => {
  await using server = await startServer();
  const wrong: string[] = [];
  let compared = 0;
  for (const { name, flags, tips } of await readServerCommands(server)) {
    const row = lookUp(name.split(" "));
    if (row === undefined || ruleOf(row) === null) continue;
    compared++;
    const varies = ["nondeterministic_output", "dont_cache"].some((tip) => tips.includes(tip));
    if (varies || flags.includes("write") || flags.includes("blocking")) wrong.push(name);
    if (!flags.includes("readonly") || flags.includes("noscript")) wrong.push(name);
  }
  assertEquals(wrong, []);
  assert(compared > 40, `only ${compared} commands were compared`);
});

Deno.test("the names of calls that are cached begin with the name of their command", () => {
  for (const row of commandRows()) {
    const rule = ruleOf(row);
    if (rule !== null) assertEquals([rule.text, rule.bytes], [row.name, `${row.name}\u0001`]);
  }
});
