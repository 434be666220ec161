import { assertEquals } from "@std/assert";
import { readRepositoryFile, repositoryDocuments } from "./_repository.ts";

/** The links of a document to its own sections that lead nowhere. */
function deadAnchors(text: string): string[] {
  const prose = text.replace(/^```.*?^```/gms, "");
  const anchors = new Set(
    [...prose.matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading]) =>
      heading.trim().toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-")
    ),
  );
  return [...prose.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor)
    .filter((anchor) => !anchors.has(anchor));
}

Deno.test("links of the documents to their own sections lead to a heading", async () => {
  const dead: string[] = [];
  for await (const document of repositoryDocuments()) {
    for (const anchor of deadAnchors(await readRepositoryFile(document))) {
      dead.push(`${document}: #${anchor}`);
    }
  }
  assertEquals(dead, []);
});

Deno.test("deadAnchors() finds a section that has another name now", () => {
  const text = "[a](#on-node-and-bun) [b](#deno-node-and-bun) [c](#c)\n\n" +
    "## Deno, Node and Bun\n\n```sh\n# c\n```\n";
  assertEquals(deadAnchors(text), ["on-node-and-bun", "c"]);
});
