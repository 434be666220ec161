import { assertEquals } from "@std/assert";
import { withoutComments } from "./_imports.ts";
import { readRepositoryFile, repositoryFiles } from "./_repository.ts";

/** What the package may not contain: JSR and npm hand the sources on with their types removed, and nothing else changed. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  "`using`, which Node 22 does not know": /^\s*(?:await )?using \w+ =/m,
  "an enum or a namespace, which is no type": /^\s*(?:export )?(?:const )?(?:enum|namespace) \w/m,
  "a parameter that is a property":
    /\bconstructor\(\s*(?:[^)]*,\s*)?(?:public|private|protected|readonly)\s+\w+\??:/,
  "a decorator": /^\s*@\w/m,
  "an auto-accessor": /^\s*(?:static )?accessor #?\w/m,
  "an API that is newer than Node 22": new RegExp(
    [
      String.raw`\bPromise\.try\b`,
      String.raw`\b(?:Async)?DisposableStack\b`,
      String.raw`\bSuppressedError\b`,
      String.raw`\b(?:to|from)(?:Base64|Hex)\(`,
      String.raw`\bRegExp\.escape\b`,
      String.raw`\bError\.isError\b`,
      String.raw`\bFloat16Array\b|\bMath\.f16round\b`,
      String.raw`\bMath\.sumPrecise\b`,
      String.raw`\bIterator\.concat\b`,
      String.raw`\.getOrInsert`,
      String.raw`\bTemporal\.`,
      String.raw`\breportError\b`,
      String.raw`\bErrorEvent\b`,
    ].join("|"),
  ),
};

Deno.test("what the package contains runs on Node 22 once its types are removed", async () => {
  const found: string[] = [];
  for (const folder of ["lib", "standalone", "cluster"]) {
    for await (const path of repositoryFiles(folder)) {
      // The test kit is for Deno only.
      if (path.startsWith("lib/testing/")) continue;
      const code = withoutComments(await readRepositoryFile(path));
      for (const [what, pattern] of Object.entries(REFUSED)) {
        const place = code.match(pattern);
        if (place) found.push(`${path}: ${what} (${place[0].trim()})`);
      }
    }
  }
  assertEquals(found, []);
});
