import { assert, assertEquals, assertMatch } from "@std/assert";
import { Commands, groups } from "../../../lib/commands/mod.ts";
import { readGroupDocs } from "./_group_docs.ts";
import { wordsOf } from "./_made_up_calls.ts";
import { methodName } from "./_method_name.ts";

/** Methods whose examples cannot be run, by the reason. */
const WITHOUT_RUN: Record<string, readonly string[]> = {
  "they would end the server, or make it another one's replica": [
    ...["failover", "replicaof", "shutdown", "slaveof"],
  ],
  "they would take the cluster apart": [
    ...["clusterAddslots", "clusterAddslotsrange", "clusterBumpepoch", "clusterDelslots"],
    ...["clusterDelslotsrange", "clusterFailover", "clusterFlushslots", "clusterForget"],
    ...[
      "clusterMeet",
      "clusterMigrateslots",
      "clusterMigration",
      "clusterReplicate",
      "clusterReset",
    ],
    ...["clusterSetConfigEpoch", "clusterSetslot"],
  ],
  "they need a server that was started in another way": ["aclLoad", "aclSave", "latencyGraph"],
  "their server is not on every machine": [
    ...["hotkeysGet", "hotkeysReset", "hotkeysStart", "hotkeysStop"],
  ],
  "they need a module": ["moduleLoad", "moduleLoadex", "moduleUnload"],
};

const { groups: interfaces, methods, withoutText } = await readGroupDocs();

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
  for await (const { name } of Deno.readDir(new URL("../../../lib/commands/", import.meta.url))) {
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
    for (const { doc } of examples) assertMatch(doc ?? "", /^[^\n]+\n```ts( no-eval)?\n/, name);
    assertEquals(tags.filter(({ kind }) => kind === "return").length, 1, `${name} has no @returns`);
    assertEquals(tags.filter(({ kind }) => kind === "see").length, 1, `${name} has no @see`);
    const described = tags.filter(({ kind }) => kind === "param").map(({ name }) => name);
    for (const parameter of parameters) {
      assert(described.includes(parameter.name), `${name} does not describe ${parameter.name}`);
    }
  }
});

Deno.test("every signature and every option has a text of its own", () => {
  assertEquals(withoutText, []);
});

Deno.test("every method has an example that runs, or cannot run", () => {
  const notRun = methods.filter(({ tags }) =>
    tags.filter(({ kind }) => kind === "example").every(({ doc }) => doc?.includes("```ts no-eval"))
  );
  assertEquals(
    notRun.map(({ name }) => name).toSorted(),
    Object.values(WITHOUT_RUN).flat().toSorted(),
  );
});

Deno.test("every method is tested", async () => {
  let tests = "";
  const folder = new URL("./", import.meta.url);
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith("_test.ts") && name !== "groups_test.ts") {
      tests += await Deno.readTextFile(new URL(name, folder));
    }
  }
  // As a call, or by name where a test goes through several.
  const untested = methods.filter(({ name }) =>
    !tests.includes(`.${name}(`) && !tests.includes(`"${name}"`)
  );
  assertEquals(untested.map(({ name }) => name), []);
});
