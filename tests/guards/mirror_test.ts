import { assertEquals } from "@std/assert";
import { repositoryFiles } from "./_repository.ts";

/** Folder in which each test is of the source file at the same place. */
const MIRROR = "tests/lib/";

/** Folders of other tests, each with the reason. */
const OTHERS: Readonly<Record<string, string>> = {
  "tests/bench/": "tests of a few parts of the benchmarks, which are in folders of their own",
  "tests/cluster/": "tests of the whole client, named by what they show, beside tests of sources",
  "tests/examples/": "the demo has its tests beside its sources",
  "tests/guards/": "guards check the code itself",
  "tests/maintenance/": "the maintenance tasks have their tests beside their sources",
  "tests/npm/": "the builder of the npm package has its tests beside its sources",
  "tests/soak/": "the soak has its tests beside its sources",
  "tests/standalone/": "as in tests/cluster/",
};

/** Tests that mirror no source file, each with what they show instead. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "tests/lib/command_table/getkeys_test.ts": "key positions as servers see them",
  "tests/lib/command_table/server_parity_test.ts": "the table against the commands of a server",
  "tests/lib/commands/bad_input_test.ts": "what all groups refuse",
  "tests/lib/commands/everyday_types_test.ts": "calls that compile and calls that do not",
  "tests/lib/commands/groups_test.ts": "that all methods are linked, documented and tested",
  "tests/lib/commands/parity_test.ts": "the methods against the commands of a server",
  "tests/lib/commands/per_node_test.ts": "replies by node, in several groups",
  "tests/lib/commands/reports_test.ts": "the decoders of reports, which are in several files",
  "tests/lib/resp/memory_test.ts": "memory that decoding needs",
  "tests/lib/resp/properties_test.ts":
    "what holds for random replies, encoder and decoder together",
  "tests/lib/resp/vectors_test.ts": "the case files, for encoder and decoder",
  "tests/lib/telemetry/deno_test.ts": "telemetry through the OpenTelemetry of Deno",
  "tests/lib/telemetry/sdk_test.ts": "telemetry through the OpenTelemetry SDK from npm",
  "tests/lib/testing/shared_server_test.ts": "servers that several tests share",
};

Deno.test("each test is where the source is that it tests", async () => {
  const sources = new Set(await Array.fromAsync(repositoryFiles("lib/")));
  const lost: string[] = [];
  const unused = new Set(Object.keys(EXCEPTIONS));
  for await (const path of repositoryFiles("tests/")) {
    if (!path.endsWith("_test.ts") || Object.keys(OTHERS).some((f) => path.startsWith(f))) continue;
    const mirrors = sourcesOf(path).some((source) => sources.has(source));
    if (!mirrors && !unused.delete(path)) lost.push(path);
  }
  assertEquals({ lost, unused: [...unused] }, { lost: [], unused: [] });
});

Deno.test("sourcesOf() puts the source where the test is", () => {
  assertEquals(sourcesOf("tests/lib/resp/decoder_test.ts"), [
    "lib/resp/decoder.ts",
    "lib/resp/_decoder.ts",
  ]);
  assertEquals(sourcesOf("tests/resp/decoder_test.ts"), []);
});

/** The files that a test may be of; those that are private to a folder begin with an underscore. */
function sourcesOf(test: string): string[] {
  if (!test.startsWith(MIRROR)) return [];
  const source = test.replace(/^tests\//, "").replace(/_test\.ts$/, ".ts");
  return [source, source.replace(/([^/]+)$/, "_$1")];
}
