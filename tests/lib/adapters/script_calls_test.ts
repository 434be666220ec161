import { assertEquals } from "@std/assert";
import { callsByText } from "../../../lib/adapters/script_calls.ts";
import { Script } from "../../../lib/client/script.ts";

Deno.test("callsByText() sends the text once to one server, and always to several", () => {
  const [one, two] = [new Script("return 1"), new Script("return 2")];
  const calls = [
    { words: ["0"], script: one },
    { words: ["GET", "k"] },
    { words: ["0", "a"], script: one },
    { words: ["0"], script: two },
  ];
  const rest = [["GET", "k"], ["EVALSHA", one.digest, "0", "a"], ["EVAL", "return 2", "0"]];
  assertEquals(callsByText(calls, "one"), [["EVAL", "return 1", "0"], ...rest]);
  assertEquals(callsByText(calls, "several"), [
    ["EVAL", "return 1", "0"],
    ["GET", "k"],
    ["EVAL", "return 1", "0", "a"],
    ["EVAL", "return 2", "0"],
  ]);
});
