import { assertEquals } from "@std/assert";
import { lookUp } from "../../../lib/command_table/mod.ts";
import { ServerError, TimeoutError } from "../../../lib/errors.ts";
import type { Argument } from "../../../lib/resp/reply.ts";
import {
  commandName,
  failureOf,
  groupName,
  OTHER,
  procedureName,
} from "../../../lib/telemetry/names.ts";

function command(...words: Argument[]) {
  return { words, row: lookUp(words) };
}

const DIGEST = "a".repeat(39) + "F";

Deno.test("commandName() is the name of the table, with its subcommand", () => {
  assertEquals(commandName(command("get", "k")), "GET");
  assertEquals(commandName(command(new TextEncoder().encode("Config"), "get", "x")), "CONFIG GET");
});

Deno.test("commandName() shows unknown names only if they look like names", () => {
  assertEquals(commandName(command("json.get", "k")), "JSON.GET");
  assertEquals(commandName(command("FT._LIST")), "FT._LIST");
  for (const name of ["get k", "hunter2", "", "\n", "é", "x".repeat(25)]) {
    assertEquals(commandName(command(name)), OTHER);
  }
});

Deno.test("commandName() shows only so many unknown names", () => {
  const letters = Array.from(
    { length: 400 },
    (_, i) => String.fromCharCode(65 + i % 26, 65 + Math.floor(i / 26)),
  );
  const names = new Set(letters.map((suffix) => commandName(command(`MADE.UP.${suffix}`))));
  assertEquals(names.size <= 101, true);
  assertEquals(names.has(OTHER), true);
  assertEquals(commandName(command("GET", "k")), "GET");
});

Deno.test("groupName() names the command if all are the same", () => {
  assertEquals(groupName("PIPELINE", [command("GET", "k"), command("get", "l")]), "PIPELINE GET");
  assertEquals(groupName("MULTI", [command("GET", "k"), command("SET", "k", 1)]), "MULTI");
});

Deno.test("procedureName() is a digest or the name of a function", () => {
  assertEquals(procedureName(command("EVALSHA", DIGEST, 0)), DIGEST);
  assertEquals(procedureName(command("evalsha_ro", DIGEST, 0)), DIGEST);
  assertEquals(procedureName(command("FCALL", "my_function", 0)), "my_function");
  assertEquals(procedureName(command("FCALL_RO", "f", 0)), "f");
  for (
    const other of [
      command("EVAL", "return 1", 0),
      command("EVALSHA", "return 1", 0),
      command("FCALL", "no name", 0),
      command("FCALL"),
      command("GET", DIGEST),
      command("NO.SUCH", DIGEST),
    ]
  ) assertEquals(procedureName(other), undefined);
});

function reply(message: string, command?: string): ServerError {
  const error = new ServerError(message);
  error.command = command;
  return error;
}

Deno.test("failureOf() has the code of an error reply", () => {
  for (const code of ["WRONGTYPE", "ERR", "MOVED"]) {
    assertEquals(failureOf(reply(`${code} text`, "GET")), { type: code, code });
    assertEquals(failureOf(reply(`${code} text`, "EVAL")), { type: code, code });
  }
  assertEquals(failureOf(reply("MYMODULE text", "FT.SEARCH")).code, "MYMODULE");
});

Deno.test("failureOf() does not show what a script answers", () => {
  const other = { type: OTHER, code: undefined };
  for (const name of ["EVAL", "EVALSHA_RO", "FCALL", "EXEC", undefined]) {
    assertEquals(failureOf(reply("HUNTER2 text", name)), other);
  }
  assertEquals(failureOf(reply("hunter2", "FT.SEARCH")), other);
});

Deno.test("failureOf() has the names of other errors, if they are names", () => {
  const timeout = new TimeoutError("text", { phase: "sent", timeout: 1 });
  assertEquals(failureOf(timeout), { type: "TimeoutError", code: undefined });
  const named = (name: string) => Object.assign(new Error("text"), { name });
  for (
    const [error, type] of [
      [new TypeError("text"), "TypeError"],
      [new DOMException("text", "AbortError"), "AbortError"],
      [named("hunter2"), OTHER],
      ["hunter2", OTHER],
      [null, OTHER],
      [{ name: "Error" }, OTHER],
    ]
  ) assertEquals(failureOf(error).type, type);
});
