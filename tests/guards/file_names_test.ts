import { assertEquals } from "@std/assert";
import { repositoryFiles } from "./_repository.ts";

/** Names that say nothing about what a file holds. */
const EMPTY_NAMES = new Set(["helpers", "index", "types", "utils"]);

/** A leading underscore marks what is private to its folder. */
const SNAKE_CASE = /^_?[a-z0-9]+(_[a-z0-9]+)*$/;

Deno.test("source files have snake_case names that say what they hold", async () => {
  const misnamed: string[] = [];
  for await (const path of repositoryFiles()) {
    const stem = path.slice(path.lastIndexOf("/") + 1).replace(/(\.d)?\.ts$/, "");
    if (!SNAKE_CASE.test(stem) || EMPTY_NAMES.has(stem)) misnamed.push(path);
  }
  assertEquals(misnamed, []);
});
