import { assertEquals } from "@std/assert";
import { importsOf, resolveImport, withoutComments } from "./_imports.ts";
import { readRepositoryFile, repositoryFiles } from "./_repository.ts";

const FOLDERS = ["lib/", "standalone/", "cluster/", "bench/"];

Deno.test("no files import each other in a circle, not even for types", async () => {
  const imports = new Map<string, string[]>();
  for (const folder of FOLDERS) {
    for await (const path of repositoryFiles(folder)) {
      const specifiers = importsOf(withoutComments(await readRepositoryFile(path)));
      imports.set(
        path,
        specifiers.filter((to) => to.startsWith(".")).map((to) => resolveImport(path, to)),
      );
    }
  }
  assertEquals(circlesIn(imports), []);
});

Deno.test("circlesIn() finds the files of each circle, and nothing else", () => {
  const imports = new Map([
    ["a", ["b", "leaf"]],
    ["b", ["c", "elsewhere"]],
    ["c", ["b", "leaf"]],
    ["d", ["a", "e", "f"]],
    ["e", ["f"]],
    ["f", ["g"]],
    ["g", ["e", "a"]],
    ["self", ["self"]],
    ["leaf", []],
  ]);
  assertEquals(circlesIn(imports), [["b", "c"], ["e", "f", "g"], ["self"]]);
  assertEquals(circlesIn(new Map([["a", ["b", "c"]], ["b", ["c"]], ["c", []]])), []);
});

Deno.test("importsOf() finds every form of import", () => {
  const code = withoutComments(`
/** import "./in_a_comment.ts"; */
// import "./in_another_comment.ts";
import "./bare.ts";
import { a } from "./one_line.ts";
import type { T } from "./type.ts";
import {
  b,
} from "./several_lines.ts";
export * from "./exported.ts";
const c = await import("./dynamic.ts");
`);
  assertEquals(importsOf(code).toSorted(), [
    "./bare.ts",
    "./dynamic.ts",
    "./exported.ts",
    "./one_line.ts",
    "./several_lines.ts",
    "./type.ts",
  ]);
});

/**
 * Find the groups of files of which each reaches itself through the others.
 *
 * @param imports What each file imports
 * @return The files of each group in the order of the alphabet
 */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const reached = new Map([...imports.keys()].map((file) => [file, reachedFrom(file, imports)]));
  const circles = new Map<string, string[]>();
  for (const [file, others] of reached) {
    if (!others.has(file)) continue;
    const circle = [...others].filter((other) => reached.get(other)?.has(file)).toSorted();
    circles.set(circle[0], circle);
  }
  return [...circles.values()].toSorted(([a], [b]) => a < b ? -1 : 1);
}

function reachedFrom(file: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const open = [file];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const next of imports.get(path) ?? []) {
      if (!reached.has(next)) open.push(next);
      reached.add(next);
    }
  }
  return reached;
}
