import { assert, assertEquals } from "@std/assert";
import { keyPositions, lookUp } from "../../../lib/command_table/mod.ts";
import type { CommandDocs, CommandInfo } from "../../../lib/commands/mod.ts";
import { ServerError } from "../../../lib/errors.ts";
import { connectToServer } from "../../_kit/command_tests.ts";
import { readGroupDocs } from "./_group_docs.ts";
import { KEY, wordsOf } from "./_made_up_calls.ts";
import { methodName } from "./_method_name.ts";

/**
 * Commands that have no method, by the reason. Besides those here these are containers, of whose subcommands each has its
 * method, HELP subcommands, which are for people at a terminal, and commands with a dot in their names, which belong to
 * modules that a server was started with.
 */
const WITHOUT_METHOD: Record<string, readonly string[]> = {
  "an option of the client does it, again after each reconnect": [
    ...["AUTH", "HELLO", "READONLY", "READWRITE", "SELECT"],
  ],
  "close() does it": ["QUIT"],
  "transaction() and watch() do it": ["DISCARD", "EXEC", "MULTI", "UNWATCH", "WATCH"],
  "the cluster client does it": ["ASKING"],
  "it would change what others get on the shared connection": [
    ...["CLIENT CACHING", "CLIENT CAPA", "CLIENT REPLY", "CLIENT TRACKING", "RESET"],
    ...["SCRIPT DEBUG"],
  ],
  "the methods of the clients and of Subscription do it": [
    ...["MONITOR", "PSUBSCRIBE", "PUNSUBSCRIBE", "SSUBSCRIBE", "SUBSCRIBE", "SUNSUBSCRIBE"],
    ...["UNSUBSCRIBE"],
  ],
  "servers use it among themselves": [
    ...["CLUSTER SYNCSLOTS", "PSYNC", "REPLCONF", "RESTORE-ASKING", "SYNC", "XIDMPRECORD"],
  ],
  "it is for those who work on the server": ["DEBUG"],
  "newer than the servers at hand, and its description does not tell all replies": [
    ...["BACKUP ABORT", "BACKUP CLEANUP", "BACKUP LIST", "BACKUP SEAL", "BACKUP START"],
    ...["BACKUP STATUS", "HIMPORT"],
  ],
};

const EXCEPTIONS = Object.values(WITHOUT_METHOD).flat();

const { methods } = await readGroupDocs();
const names = new Set(methods.map(({ name }) => name));

const { isValkey, facts, docs } = await askServer();
const commandOf = new Map([...facts.keys()].map((command) => [methodName(command), command]));

/** Methods of commands that this server knows, with what it says about them. */
const present = methods.flatMap((method) => {
  const command = commandOf.get(method.name);
  if (command === undefined) return [];
  return [{ method, facts: facts.get(command)!, docs: docs.get(command)!, words: wordsOf(method) }];
});

Deno.test("every command of the server is a method, or an exception", () => {
  assert(present.length > 300, `${present.length} methods`);
  const lacking = [...facts].filter(([command, { subcommands }]) =>
    !names.has(methodName(command)) && !EXCEPTIONS.includes(command) &&
    subcommands.length === 0 && !command.endsWith(" HELP") && !command.includes(".")
  );
  assertEquals(lacking.map(([command]) => command), []);
});

Deno.test("no exception is a method", () => {
  assertEquals(EXCEPTIONS.filter((command) => names.has(methodName(command))), []);
});

Deno.test("methods tell since when there is their command", () => {
  const make = isValkey ? /Valkey ([\d.]+)/ : /Redis ([\d.]+)/;
  for (const { method, docs } of present) {
    const [, claimed] = method.doc.match(/ · since ([^·\n]+)/)!;
    const version = claimed.match(make)?.[1] ?? claimed.trim();
    // Redis counts one from a version that led to 3.0.0.
    // A module that is built in does not tell.
    if (docs.since === undefined) continue;
    const since = docs.since.replace(/^2\.9\.\d+$/, "3.0.0");
    assert(`${since}.`.startsWith(`${version}.`), `${method.name}: since ${since}, not ${claimed}`);
  }
});

Deno.test("methods tell whether their command only reads or may wait", () => {
  for (const { method: { name, doc }, facts: { flags } } of present) {
    assertEquals(/· read-only\b.*\n$/.test(doc), flags.includes("readonly"), `${name}: read-only`);
    // Redis 7.0 forgets to flag WAIT.
    const blocking = flags.includes("blocking") || name === "wait";
    assertEquals(/· blocking\n$/.test(doc), blocking, `${name}: blocking`);
  }
});

Deno.test("methods send as many words as their command takes", () => {
  for (const { method: { name }, facts: { arity }, words: { length } } of present) {
    assert(
      arity < 0 ? length >= -arity : length === arity,
      `${name}: ${length} words where the server expects ${arity}`,
    );
  }
});

Deno.test("methods send their keys where the server looks for keys", async () => {
  await using client = await connectToServer();
  for (const { method: { name }, words } of present) {
    const keys = words.filter((word) => String(word).startsWith(KEY)).map(String);
    const found = await client.commandGetkeys(words).catch((error) => error);
    if (found instanceof ServerError) assertEquals(keys, [], `${name}: ${found.message}`);
    else assertEquals(found.toSorted(), keys.toSorted(), name);
  }
});

Deno.test("the command table knows what methods send", () => {
  for (const { method: { name }, facts: { flags }, words } of present) {
    const row = lookUp(words);
    assert(row !== undefined, `${name} is not in the table`);
    assertEquals(methodName(row.name), name);
    assertEquals(row.readOnly, flags.includes("readonly"), `${name}: read-only`);
    assertEquals(row.write, flags.includes("write"), `${name}: write`);
    const keys = words.filter((word) => String(word).startsWith(KEY));
    // What decides on the node without being a key, such as a shard channel, is found like one.
    const expected = row.keys.some(({ access }) => access === "not_key") ? [words[1]] : keys;
    assertEquals(keyPositions(row, words).map((position) => words[position]), expected, name);
  }
});

async function askServer(): Promise<
  { isValkey: boolean; facts: Map<string, CommandInfo>; docs: Map<string, CommandDocs> }
> {
  await using client = await connectToServer();
  return {
    isValkey: "valkey_version" in (await client.info("server")).sections.server,
    facts: byName(await client.command()),
    docs: docsByName(await client.commandDocs()),
  };
}

function byName(commands: readonly CommandInfo[]): Map<string, CommandInfo> {
  return new Map(
    commands.flatMap((command) => [command, ...command.subcommands])
      .map((command) => [toCommand(command.name), command]),
  );
}

function docsByName(all: Record<string, CommandDocs>): Map<string, CommandDocs> {
  const named = new Map<string, CommandDocs>();
  for (const [name, docs] of Object.entries(all)) {
    named.set(toCommand(name), docs);
    for (const [full, inner] of Object.entries(docs.subcommands ?? {})) {
      named.set(toCommand(full), inner);
    }
  }
  return named;
}

/** `"client|list"` as `"CLIENT LIST"`. */
function toCommand(name: string): string {
  return name.toUpperCase().replace("|", " ");
}
