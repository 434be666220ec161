import { assertEquals } from "@std/assert";
import { readRepositoryFile, repositoryDocuments, repositoryFiles } from "./_repository.ts";

/** The source files that a text names, by their path or, in backticks, by their name alone. */
function namedFiles(text: string): string[] {
  const paths = text.matchAll(/(?<![\w/.])((?:lib|cluster|standalone|tests|bench)\/[\w/]+\.ts)\b/g);
  const names = text.matchAll(/`(\w+\.ts)`/g);
  return [...paths, ...names].map(([, file]) => file);
}

Deno.test("source files that the documents name exist", async () => {
  const known = new Set<string>(["mod.ts"]);
  for await (const path of repositoryFiles()) {
    known.add(path);
    known.add(path.slice(path.lastIndexOf("/") + 1));
  }
  const missing: string[] = [];
  for await (const document of repositoryDocuments()) {
    for (const file of namedFiles(await readRepositoryFile(document))) {
      if (!known.has(file)) missing.push(`${document}: ${file}`);
    }
  }
  assertEquals(missing, []);
});

Deno.test("namedFiles() finds paths and names in backticks", () => {
  const text = "`lib/errors.ts` and (`stalls.ts`), tests/lib/resp/decoder_test.ts, not errors.ts";
  assertEquals(namedFiles(text), ["lib/errors.ts", "tests/lib/resp/decoder_test.ts", "stalls.ts"]);
});
