import { assertEquals } from "@std/assert";
import { readRepositoryFile, repositoryFiles } from "./_repository.ts";

/** Folders and files that are published. */
const PUBLISHED = ["lib/", "cluster/", "standalone/"];

/** Finds the lines of doc comments in which `@default` is not the first word: pages show it as text there. */
function inlineDefaults(text: string): number[] {
  const lines: number[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (/^\s*\/?\*.*\S.* @default\b/.test(line) && !/^\s*\*\s*@default\b/.test(line)) {
      lines.push(index + 1);
    }
  }
  return lines;
}

Deno.test("defaults in docs begin a line, as pages want them", async () => {
  const found: string[] = [];
  for (const folder of PUBLISHED) {
    for await (const path of repositoryFiles(folder)) {
      for (const line of inlineDefaults(await readRepositoryFile(path))) {
        found.push(`${path}:${line}`);
      }
    }
  }
  assertEquals(found, []);
});

Deno.test("inlineDefaults() finds tags behind text, on one line and on several", () => {
  const good = "/**\n * Port.\n *\n * @default {6379}\n */";
  assertEquals(inlineDefaults(good), []);
  assertEquals(inlineDefaults("/** Port. @default {6379} */"), [1]);
  assertEquals(inlineDefaults("/**\n * Port. @default {6379}\n */"), [2]);
});
