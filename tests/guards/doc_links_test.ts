import { assert, assertEquals } from "@std/assert";
import configuration from "../../deno.json" with { type: "json" };
import { groups } from "../../lib/commands/mod.ts";
import { readRepositoryFile, repositoryFiles } from "./_repository.ts";

type Class = { readonly prototype: object };

const MEMBER_LINK = /\{@linkcode (\w+)\.(prototype\.)?(\w+)(?: \| [^}]*)?\}/g;

/** Classes that the package pages show, by name. */
const classes = new Map<string, Class>(groups.map((group) => [group.name, group]));
for (const path of Object.values(configuration.exports)) {
  const module: Record<string, unknown> = await import(
    new URL(`../../${path}`, import.meta.url).href
  );
  for (const [name, value] of Object.entries(module)) {
    if (typeof value === "function" && value.prototype) classes.set(name, value as Class);
  }
}

Deno.test("isBroken() knows the pages of members", () => {
  assert(isBroken("StringCommands", false, "set"));
  assert(!isBroken("StringCommands", true, "set"));
  assert(isBroken("RedisClient", true, "create"));
  assert(!isBroken("RedisClient", false, "create"));
});

Deno.test("links in the docs to members of classes lead to their pages", async () => {
  const broken: string[] = [];
  for (const folder of ["lib/", "standalone/", "cluster/"]) {
    for await (const path of repositoryFiles(folder)) {
      const text = await readRepositoryFile(path);
      for (const [link, name, prototype, member] of text.matchAll(MEMBER_LINK)) {
        if (isBroken(name, prototype !== undefined, member)) broken.push(`${path}: ${link}`);
      }
    }
  }
  assertEquals(broken, [], "write {@linkcode Class.prototype.method | Class.method}");
});

/** Whether a link to a member is plain text on the package pages, which find methods by `Class.prototype.method`. */
function isBroken(name: string, byPrototype: boolean, member: string): boolean {
  const shown = classes.get(name);
  if (shown === undefined) return false;
  const [isStatic, isOfInstances] = [member in shown, member in shown.prototype];
  return byPrototype ? isStatic && !isOfInstances : isOfInstances && !isStatic;
}
