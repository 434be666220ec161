import { assertEquals } from "@std/assert";
import configuration from "../../deno.json" with { type: "json" };
import { readRepositoryFile } from "./_repository.ts";

/**
 * What is missing for a full score at JSR, of what neither `deno doc --lint` (all symbols are documented) nor
 * `deno publish --dry-run` (no slow types) finds.
 */
function missingIn(source: string): string[] {
  const [, doc = ""] = /^\/\*\*([\s\S]*?)\*\//.exec(source) ?? [];
  const missing: string[] = [];
  if (!/^ \* @module$/m.test(doc)) missing.push("a module doc");
  if (!/@example [\s\S]*?```ts/.test(doc)) missing.push("an example in the module doc");
  return missing;
}

for (const [name, path] of Object.entries(configuration.exports)) {
  Deno.test(`the entry point ${name} has a module doc with an example`, async () => {
    assertEquals(missingIn(await readRepositoryFile(path.replace("./", ""))), []);
  });
}

Deno.test("the README has an example, and is published", async () => {
  assertEquals(/^```ts$/m.test(await readRepositoryFile("README.md")), true);
  assertEquals(configuration.publish.include.includes("README.md"), true);
});

Deno.test("missingIn() sees a module without docs and without an example", () => {
  assertEquals(missingIn("export {};"), ["a module doc", "an example in the module doc"]);
  assertEquals(missingIn("/** Text.\n * @module\n */"), ["an example in the module doc"]);
});
