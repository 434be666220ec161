import { assert, assertEquals, assertMatch } from "@std/assert";
import { Commands, groups } from "../../lib/commands/mod.ts";
import { ServerError } from "../../lib/errors.ts";
import type { Argument, Reply } from "../../lib/resp/mod.ts";
import { connectToServer } from "../_kit/command_tests.ts";
import { Recorder } from "../_kit/recorder.ts";
import { type MethodDocs, type ParameterDocs, readGroupDocs } from "./_group_docs.ts";

/**
 * The name of the method for a command: its words in lower case, and with a capital from the second one on. Dashes and
 * underscores separate words, too.
 */
function methodName(command: string): string {
  return command.toLowerCase().replace(/[ _-]+(.)/g, (_, letter) => letter.toUpperCase());
}

/** Commands of the groups that have no method, each with the reason. */
const WITHOUT_METHOD: Record<string, string> = {
  "AUTH": "the option `credentials`",
  "CLIENT": "a container of commands",
  "CLIENT CACHING": "it would change what others get on the shared connection",
  "CLIENT CAPA": "it would change what others get on the shared connection",
  "CLIENT HELP": "text for people at a terminal",
  "CLIENT REPLY": "it would change what others get on the shared connection",
  "CLIENT TRACKING": "it would change what others get on the shared connection",
  "HELLO": "the options `protocol`, `credentials` and `clientName`",
  "OBJECT": "a container of commands",
  "OBJECT HELP": "text for people at a terminal",
  "QUIT": "close()",
  "RESET": "it would change what others get on the shared connection",
  "SELECT": "the option `databaseId`",
  "XGROUP": "a container of commands",
  "XGROUP HELP": "text for people at a terminal",
  "XIDMPRECORD": "servers write it to their append-only files",
  "XINFO": "a container of commands",
  "XINFO HELP": "text for people at a terminal",
};

/** Groups of the reference that are complete. */
const COMPLETE = [
  ...["bitmap", "connection", "generic", "geo", "hash", "hyperloglog", "list", "set"],
  ...["sorted-set", "stream", "string"],
];

/** What is known of a command. */
interface CommandFacts {
  group: string;
  since: string;
  arity: number;
  flags: Set<string>;
}

const { groups: interfaces, methods } = await readGroupDocs();
/** Methods that are a command each. */
const commandMethods = methods.filter(({ name }) => !name.endsWith("Iterator"));

Deno.test("methodName() joins words", () => {
  assertEquals(methodName("ZADD"), "zadd");
  assertEquals(methodName("CLIENT NO-EVICT"), "clientNoEvict");
  assertEquals(methodName("CLIENT TRACKINGINFO"), "clientTrackinginfo");
  assertEquals(methodName("SORT_RO"), "sortRo");
});

Deno.test("the merged interface has the groups that are linked", async () => {
  const linked = groups.map(({ name }) => name);
  assertEquals(interfaces, linked);
  const files: string[] = [];
  for await (const { name } of Deno.readDir(new URL("../../lib/commands/", import.meta.url))) {
    if (!name.startsWith("_") && name !== "mod.ts") files.push(name);
  }
  assertEquals(files.length, linked.length, files.join(" "));
  assertEquals(linked, linked.toSorted());
});

Deno.test("the linked methods are those that are documented, each in one group", () => {
  const linked = groups.flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype))
    .filter((name) => name !== "constructor");
  assertEquals(linked.length, new Set(linked).size);
  assertEquals(linked.toSorted(), methods.map(({ name }) => name).toSorted());
  for (const name of linked) assert(name in Commands.prototype, name);
});

Deno.test("methods stand in alphabetical order", () => {
  for (const group of groups) {
    const names = Object.getOwnPropertyNames(group.prototype).slice(1);
    assertEquals(names, names.toSorted(), group.name);
  }
});

Deno.test("methods have the names of the commands that they send", () => {
  for (const method of methods) {
    const [first, second] = wordsOf(method).map(String);
    const names = [methodName(first), methodName(`${first} ${second}`)];
    assert(names.includes(method.name.replace(/Iterator$/, "")), `${method.name} sends ${first}`);
  }
});

Deno.test("methods are documented after the template", () => {
  for (const method of methods) {
    const { name, doc, tags, parameters } = method;
    const [summary] = doc.split("\n\n");
    // One sentence: a dot inside of a link is none of its ends.
    assertMatch(summary, /^[A-Z](?:[^.]|\.(?=\S))*\.$/, name);
    assertMatch(doc, /\n\nComplexity O\(.* · since [^·]+( · read-only)?( · blocking)?\n$/, name);
    const examples = tags.filter(({ kind }) => kind === "example");
    assert(examples.length >= 1, `${name} has no example`);
    for (const { doc } of examples) assertMatch(doc ?? "", /^[^\n]+\n```ts\n/, name);
    assertEquals(tags.filter(({ kind }) => kind === "return").length, 1, `${name} has no @returns`);
    assertEquals(tags.filter(({ kind }) => kind === "see").length, 1, `${name} has no @see`);
    const described = tags.filter(({ kind }) => kind === "param").map(({ name }) => name);
    for (const parameter of parameters) {
      assert(described.includes(parameter.name), `${name} does not describe ${parameter.name}`);
    }
  }
});

Deno.test("the server's commands are methods, and agree with their docs", async (t) => {
  await using client = await connectToServer();
  const isValkey = /server_name:valkey/.test(
    String(await client.customCommand(["INFO", "server"])),
  );
  const facts = await readFacts(client);
  const commandOf = new Map([...facts.keys()].map((command) => [methodName(command), command]));
  const present = commandMethods.filter(({ name }) => commandOf.has(name));
  assert(present.length > 100);

  await t.step("every command is a method, or an exception", () => {
    const names = new Set(methods.map(({ name }) => name));
    const lacking = [...facts].filter(([command, { group }]) =>
      COMPLETE.includes(group) && !names.has(methodName(command)) && !(command in WITHOUT_METHOD)
    );
    assertEquals(lacking.map(([command]) => command), []);
  });

  await t.step("no exception is a method", () => {
    const names = new Set(methods.map(({ name }) => name));
    assertEquals(
      Object.keys(WITHOUT_METHOD).filter((command) => names.has(methodName(command))),
      [],
    );
  });

  await t.step("since, read-only and blocking", () => {
    for (const { name, doc } of present) {
      const { since, flags } = facts.get(commandOf.get(name)!)!;
      const [, claimed] = doc.match(/ · since ([^·\n]+)/)!;
      const make = isValkey ? /Valkey ([\d.]+)/ : /Redis ([\d.]+)/;
      const version = claimed.match(make)?.[1] ?? claimed.trim();
      assert(`${since}.`.startsWith(`${version}.`), `${name}: since ${since}, not ${claimed}`);
      assertEquals(/· read-only\b.*\n$/.test(doc), flags.has("readonly"), `${name}: read-only`);
      // Redis 7.0 forgets to flag WAIT.
      const blocking = flags.has("blocking") || name === "wait";
      assertEquals(/· blocking\n$/.test(doc), blocking, `${name}: blocking`);
    }
  });

  await t.step("arity", () => {
    for (const method of present) {
      const { arity } = facts.get(commandOf.get(method.name)!)!;
      const { length } = wordsOf(method);
      assert(
        arity < 0 ? length >= -arity : length === arity,
        `${method.name}: ${length} words where the server expects ${arity}`,
      );
    }
  });

  await t.step("keys", async () => {
    for (const method of present) {
      const words = wordsOf(method);
      const keys = words.filter((word) => String(word).startsWith(KEY)).map(String);
      const reply = await client.customCommand(["COMMAND", "GETKEYS", ...words])
        .catch((error) => error);
      if (reply instanceof ServerError) assertEquals(keys, [], `${method.name}: ${reply.message}`);
      else assertEquals((reply as string[]).toSorted(), keys.toSorted(), method.name);
    }
  });
});

/** What all keys begin with that {@linkcode wordsOf} makes up. */
const KEY = "key:";
/** Parameters that are keys. */
const KEYS = ["key", "keys", "key1", "key2", "source", "destination", "newkey"];

const POSITION = { longitude: 0, latitude: 0 };

/** Words that a method sends when it is called with what it requires, made up by name and type of the parameters. */
function wordsOf({ name, group, parameters }: MethodDocs): Argument[] {
  const recorder = new Recorder();
  const method = Reflect.get(recorder, name) as (...values: unknown[]) => unknown;
  const required = parameters.filter(({ optional }) => !optional);
  const result = method.apply(recorder, required.map((parameter) => makeUp(parameter, group)));
  if (result !== null && typeof result === "object" && "next" in result) {
    (result as AsyncGenerator).next();
  }
  for (const word of recorder.words) if (word instanceof Error) throw word;
  return recorder.words as Argument[];
}

function makeUp({ name, type }: ParameterDocs, group: string): unknown {
  if (KEYS.includes(name)) return `${KEY}${name}`;
  switch (type) {
    case "Entries":
      return { [group === "StringCommands" ? `${KEY}entry` : "field"]: "value" };
    case "ClientFilter":
      return { id: 1 };
    case "ClientSetinfoOptions":
      return { libName: "name" };
    case "number":
    case "Cursor":
      return 1;
    case "GeoArea":
      return { fromlonlat: POSITION, byradius: { radius: 1, unit: "m" } };
    case "GeoMembers":
      return { member: POSITION };
    case "GeoPosition":
      return POSITION;
    case "ListSide":
      return "left";
    case "ScoredMembers":
      return { member: 1 };
    case "StreamPositions":
      return { [`${KEY}entry`]: "0" };
    case "Uint8Array":
      return new Uint8Array(1);
    case "XcfgsetOptions":
      return { idmpDuration: 1 };
    case "XtrimOptions":
      return { maxlen: 1 };
    default:
      return name === "operations" ? { get: "u8", offset: 0 } : name;
  }
}

/** Asks the server for all of its commands. Redis counts one from a version that led to 3.0.0. */
async function readFacts(
  client: { customCommand(args: Argument[]): Promise<Reply> },
): Promise<Map<string, CommandFacts>> {
  const facts = new Map<string, CommandFacts>();
  addDocs(await client.customCommand(["COMMAND", "DOCS"]));
  addInfo(await client.customCommand(["COMMAND"]));
  return facts;

  function addDocs(reply: Reply): void {
    for (const [name, docs] of reply as Map<string, Map<string, Reply>>) {
      facts.set(toCommand(name), {
        group: String(docs.get("group")),
        since: String(docs.get("since")).replace(/^2\.9\.\d+$/, "3.0.0"),
        arity: 0,
        flags: new Set(),
      });
      if (docs.has("subcommands")) addDocs(docs.get("subcommands")!);
    }
  }

  function addInfo(reply: Reply): void {
    for (const info of reply as Set<Reply[]>) {
      const [name, arity, flags] = info;
      const known = facts.get(toCommand(String(name)));
      if (known !== undefined) {
        known.arity = Number(arity);
        known.flags = new Set([...flags as Set<Reply>].map(String));
      }
      addInfo(info[9] ?? new Set());
    }
  }
}

/** `"client|list"` as `"CLIENT LIST"`. */
function toCommand(name: string): string {
  return name.toUpperCase().replace("|", " ");
}
