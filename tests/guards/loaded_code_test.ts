import { assert, assertEquals } from "@std/assert";
import { importsOf, resolveImport, withoutComments } from "./_imports.ts";
import { readRepositoryFile } from "./_repository.ts";

/** The code of features that are off for most programs. It is loaded when they are used. */
const LATER = [
  "lib/subscription/registry.ts",
  "lib/subscription/subscriber_connection.ts",
  "lib/telemetry/telemetry.ts",
  "standalone/sentinels.ts",
];

for (const entry of ["standalone/mod.ts", "cluster/mod.ts", "mod.ts"]) {
  Deno.test(`${entry} loads no code of subscriptions, telemetry or Sentinel`, async () => {
    const loaded = await loadedBy(entry);
    assert(loaded.has("lib/connection/connection.ts"));
    assertEquals(LATER.filter((path) => loaded.has(path)), []);
  });
}

Deno.test("a client for one kind of servers loads no code of the other", async () => {
  for (const [entry, other] of [["standalone", "cluster"], ["cluster", "standalone"]]) {
    const loaded = await loadedBy(`${entry}/mod.ts`);
    assertEquals([...loaded].filter((path) => path.startsWith(`${other}/`)), []);
  }
});

/** The files that are loaded with a file: those that it imports, but not only for types, and not when they are used. */
async function loadedBy(entry: string): Promise<Set<string>> {
  const loaded = new Set<string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (loaded.has(path)) continue;
    loaded.add(path);
    const code = withoutComments(await readRepositoryFile(path))
      .replaceAll(/^(import|export) type [^;]*;/gm, "")
      .replaceAll(/\bimport\([^)]*\)/g, "");
    for (const specifier of importsOf(code)) {
      if (specifier.startsWith(".")) waiting.push(resolveImport(path, specifier));
    }
  }
  return loaded;
}
