import { assertEquals } from "@std/assert";
import { effectOf, keysOf } from "../../../lib/cache/effects.ts";
import { lookUp } from "../../../lib/command_table/mod.ts";

for (
  const [call, effect, keys] of [
    ["GET k", "nothing", ["k"]],
    ["PING", "nothing", []],
    ["CLIENT LIST", "nothing", []],
    ["EVAL_RO s 1 k", "nothing", ["k"]],
    ["SET k v", "keys", ["k"]],
    ["MSET a 1 b 2", "keys", ["a", "b"]],
    ["RENAME a b", "keys", ["a", "b"]],
    ["COPY a b", "keys", ["a", "b"]],
    ["SORT a STORE b", "keys", ["a", "b"]],
    ["XREADGROUP GROUP g c STREAMS s >", "keys", ["s"]],
    ["XGROUP CREATE s g $", "keys", ["s"]],
    ["BLPOP a b 0", "keys", ["a", "b"]],
    ["GETEX k PX 1", "keys", ["k"]],
    ["PFCOUNT k", "keys", ["k"]],
    ["EVAL s 1 k", "hidden", ["k"]],
    ["EVALSHA d 0", "hidden", []],
    ["FCALL f 1 k", "hidden", ["k"]],
    ["DEBUG SLEEP 0", "hidden", []],
    ["FLUSHALL", "all", []],
    ["FLUSHDB", "all", []],
    ["SWAPDB 0 1", "all", []],
  ] as const
) {
  Deno.test(`effectOf() of ${call} is ${effect}`, () => {
    const words = call.split(" ");
    const row = lookUp(words)!;
    assertEquals(effectOf(row), effect);
    assertEquals(keysOf(row, words), [...keys]);
  });
}

Deno.test("effectOf() takes a command that no table has for one that changes keys it does not name", () => {
  assertEquals(effectOf(undefined), "hidden");
  assertEquals(keysOf(undefined, ["JSON.SET", "k"]), []);
});
