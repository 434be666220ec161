import { assert, assertEquals } from "@std/assert";
import { commandRows, lookUp } from "../../../lib/command_table/mod.ts";
import type { Argument } from "../../../lib/resp/reply.ts";
import { queryText } from "../../../lib/telemetry/query_text.ts";

function textOf(...commands: Argument[][]): string {
  return queryText(commands.map((words) => ({ words, row: lookUp(words) })));
}

/** Commands, and their text. */
const TEXTS: [Argument[], string][] = [
  [["GET", "user:1"], "GET user:1"],
  [["set", "k", "v", "EX", 5], "SET k ? ? ?"],
  [["MGET", "a", "b"], "MGET a b"],
  [["MSET", "a", "1", "b", "2"], "MSET a ? b ?"],
  [["HSET", "h", "field", "value"], "HSET h ? ?"],
  [["PING"], "PING"],
  [["ECHO", "v"], "ECHO ?"],
  [["XREAD", "COUNT", 5, "STREAMS", "s", "t", "0", "0"], "XREAD ? ? ? s t ? ?"],
  [["OBJECT", "ENCODING", "k"], "OBJECT ENCODING k"],
  [["SORT", "l", "BY", "w_*", "STORE", "d"], "SORT l ? ? ? d"],
  [["PUBLISH", "c", "m"], "PUBLISH ? ?"],
  [["CONFIG", "SET", "requirepass", "x"], "CONFIG SET"],
  [["ACL", "SETUSER", "me", ">x"], "ACL SETUSER"],
  [["AUTH", "x"], "AUTH"],
  [["HELLO", 3, "AUTH", "me", "x"], "HELLO"],
  [["MIGRATE", "h", 1, "k", 0, 10, "AUTH", "x"], "MIGRATE"],
  [["EVAL", "return 1", 1, "k", "v"], "EVAL"],
  [["EVALSHA_RO", "abc", 1, "k"], "EVALSHA_RO"],
  [["FCALL", "f", 1, "k"], "FCALL"],
  [["SCRIPT", "LOAD", "return 1"], "SCRIPT LOAD"],
  [["FUNCTION", "LOAD", "code"], "FUNCTION LOAD"],
  [["SPUBLISH", "c", "m"], "SPUBLISH"],
  [["NO.SUCH", "k"], "NO.SUCH"],
];

Deno.test("queryText() shows names and keys, and ? for each other word", () => {
  for (const [words, text] of TEXTS) assertEquals(textOf(words), text);
});

Deno.test("queryText() puts commands behind each other", () => {
  assertEquals(textOf(["GET", "a"], ["SET", "b", 1], ["PING"]), "GET a; SET b ?; PING");
});

Deno.test("queryText() shortens long keys and long texts", () => {
  assertEquals(textOf(["GET", "k".repeat(1000)]), `GET ${"k".repeat(128)}…`);
  const many = textOf(["MSET", ...Array.from({ length: 100_000 }, (_, i) => `k${i}`)]);
  assert(many.length < 1500 && many.endsWith(" …"), `${many.length}`);
  const long = textOf(...Array.from({ length: 10_000 }, (): Argument[] => ["GET", "k"]));
  assert(long.length < 1500 && long.endsWith(" …"), `${long.length}`);
});

Deno.test("queryText() shows no other words than keys, whatever the command", () => {
  for (const row of commandRows().flatMap((row) => [row, ...row.subcommands?.values() ?? []])) {
    const words = [...row.name.split(" "), ...Array.from({ length: 8 }, (_, i) => `w${i}`)];
    const shown = queryText([{ row, words }]).slice(row.name.length).split(" ");
    if (row.keys.length === 0) {
      assert(shown.every((word) => ["", "?"].includes(word)), `${row.name}: ${shown}`);
    }
  }
});
