import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ClusterError, type Reply } from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import { UnknownCommands } from "../../cluster/unknown_commands.ts";
import type { CommandRow } from "../../lib/command_table/mod.ts";
import { lookUp } from "../../lib/command_table/mod.ts";
import { NO_OWNER, Request } from "../../lib/connection/request.ts";
import type { Argument } from "../../lib/resp/reply.ts";

/** Says that a command has one key, its first argument. */
const ONE_KEY: Reply = [["mod.get", 2, ["readonly"], 1, 1, 1, [], [], [], []]];

function unknownCommands(
  answer: (words: readonly Argument[]) => Reply,
): { unknown: UnknownCommands; asked: string[]; rows: Map<string, CommandRow> } {
  const asked: string[] = [];
  const rows = new Map<string, CommandRow>();
  const unknown = new UnknownCommands(rows, (words) => {
    asked.push(words.join(" "));
    // Like the call of a link, it answers later.
    return Promise.resolve().then(() => answer(words));
  });
  return { unknown, asked, rows };
}

function request(...words: string[]): Request {
  return new Request(words, lookUp(words), (reply) => reply, NO_OWNER);
}

Deno.test("locate() learns a command once for all requests that ask at the same time", async () => {
  const { unknown, asked, rows } = unknownCommands(() => ONE_KEY);
  const requests = [request("MOD.GET", "a"), request("mod.get", "b")];
  await unknown.locateAll(requests);
  assertEquals(asked, ["COMMAND INFO MOD.GET"]);
  for (const { row } of requests) assertEquals(row, rows.get("MOD.GET"));
  assertEquals(requests[0].row?.readOnly, true);
});

Deno.test("locate() remembers for a while that the servers do not know a command", async () => {
  const { unknown, asked } = unknownCommands(() => [null]);
  for (let i = 0; i < 3; i++) {
    const one = request("NOSUCH", "a");
    await unknown.locate(one);
    assertEquals(one.row, undefined);
  }
  assertEquals(asked, ["COMMAND INFO NOSUCH"]);
});

Deno.test("locate() asks again after a refusal, and rejects nothing for it", async () => {
  const { unknown, asked } = unknownCommands(() => {
    throw new Error("NOPERM");
  });
  const one = request("NOSUCH", "a");
  await unknown.locate(one);
  await unknown.locate(one);
  assertEquals([asked.length, one.settled], [2, false]);
});

Deno.test("locate() asks the servers for keys that only they can find", async () => {
  const words = ["SORT", "a", "GET", "x"];
  const sort = request(...words);
  sort.row = { ...sort.row!, keysNeedServer: true };
  const { unknown, asked } = unknownCommands(() => ["{a}1", "{a}2"]);
  await unknown.locate(sort);
  assertEquals(asked, ["COMMAND GETKEYS SORT a GET x"]);
  assertEquals(sort.target, slotOf("{a}"));
  const keyless = request(...words);
  keyless.row = sort.row;
  await unknownCommands(() => {
    throw new Error("ERR The command has no key arguments");
  }).unknown.locate(keyless);
  assertEquals(keyless.target, null);
});

Deno.test("locate() rejects a request whose keys are in different slots", async () => {
  const sort = request("SORT", "a");
  sort.row = { ...sort.row!, keysNeedServer: true };
  const outcome = sort.promise();
  await unknownCommands(() => ["a", "b"]).unknown.locate(sort);
  assertInstanceOf(await assertRejects(() => outcome), ClusterError);
});
