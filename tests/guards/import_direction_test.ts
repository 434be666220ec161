import { assert, assertEquals } from "@std/assert";
import { importsOf, resolveImport, withoutComments } from "./_imports.ts";
import { readRepositoryFile, repositoryFiles } from "./_repository.ts";

/** Some files, by the beginning of their path, and what they may import besides each other. */
interface Layer {
  readonly files: string;
  readonly imports: readonly string[];
}

/** The first layer that a path begins with is its own. ARCHITECTURE.md says what each is for. */
const LAYERS: readonly Layer[] = [
  { files: "lib/errors.ts", imports: [] },
  { files: "lib/events.ts", imports: [] },
  { files: "lib/unref_timer.ts", imports: [] },
  { files: "lib/resp/", imports: ["lib/errors.ts"] },
  { files: "lib/executor.ts", imports: ["lib/resp/reply.ts"] },
  // How the arguments of all calls are checked.
  { files: "lib/option_shape.ts", imports: ["lib/resp/reply.ts"] },
  { files: "lib/surplus_arguments.ts", imports: ["lib/executor.ts"] },
  { files: "lib/words.ts", imports: ["lib/executor.ts", "lib/resp/reply.ts"] },
  {
    files: "lib/command_table/",
    imports: ["lib/errors.ts", "lib/option_shape.ts", "lib/resp/reply.ts"],
  },
  {
    files: "lib/commands/",
    imports: [
      "lib/errors.ts",
      "lib/executor.ts",
      "lib/option_shape.ts",
      "lib/resp/repeated.ts",
      "lib/resp/reply.ts",
      "lib/surplus_arguments.ts",
      "lib/words.ts",
    ],
  },
  {
    files: "lib/json/",
    imports: [
      "lib/commands/",
      "lib/errors.ts",
      "lib/executor.ts",
      "lib/option_shape.ts",
      "lib/resp/reply.ts",
      "lib/surplus_arguments.ts",
      "lib/words.ts",
    ],
  },
  {
    files: "lib/connection/",
    imports: [
      "lib/command_table/",
      "lib/errors.ts",
      "lib/executor.ts",
      "lib/resp/",
      "lib/unref_timer.ts",
      "lib/words.ts",
    ],
  },
  { files: "lib/configuration/", imports: ["lib/connection/", "lib/errors.ts"] },
  {
    files: "lib/subscription/",
    imports: [
      "lib/configuration/",
      "lib/connection/",
      "lib/errors.ts",
      "lib/events.ts",
      "lib/executor.ts",
      "lib/option_shape.ts",
      "lib/resp/",
      "lib/surplus_arguments.ts",
      "lib/unref_timer.ts",
      "lib/words.ts",
    ],
  },
  {
    files: "lib/cache/",
    imports: [
      "lib/command_table/",
      "lib/connection/",
      "lib/errors.ts",
      "lib/executor.ts",
      "lib/resp/",
      "lib/unref_timer.ts",
      "lib/words.ts",
    ],
  },
  {
    files: "lib/dispatch/",
    imports: [
      "lib/cache/",
      "lib/command_table/",
      "lib/configuration/",
      "lib/connection/",
      "lib/errors.ts",
      "lib/events.ts",
      "lib/executor.ts",
      "lib/resp/",
      "lib/subscription/",
      "lib/words.ts",
    ],
  },
  {
    files: "lib/telemetry/",
    imports: [
      "lib/cache/",
      "lib/command_table/",
      "lib/configuration/",
      "lib/connection/",
      "lib/dispatch/",
      "lib/errors.ts",
      "lib/resp/",
      "lib/subscription/",
    ],
  },
  {
    files: "lib/client/",
    imports: [
      "lib/cache/",
      "lib/command_table/",
      "lib/commands/",
      "lib/configuration/",
      "lib/connection/",
      "lib/dispatch/",
      "lib/errors.ts",
      "lib/events.ts",
      "lib/executor.ts",
      "lib/option_shape.ts",
      "lib/resp/",
      "lib/subscription/",
      "lib/surplus_arguments.ts",
      "lib/telemetry/",
      "lib/words.ts",
    ],
  },
  {
    files: "lib/adapters/",
    imports: [
      "lib/client/",
      "lib/command_table/",
      "lib/commands/",
      "lib/configuration/",
      "lib/dispatch/",
      "lib/errors.ts",
      "lib/events.ts",
      "lib/resp/",
      "lib/words.ts",
    ],
  },
  { files: "lib/testing/", imports: ["lib/errors.ts", "lib/resp/"] },
  { files: "standalone/", imports: ["lib/"] },
  { files: "cluster/", imports: ["lib/"] },
  { files: "mod.ts", imports: ["lib/", "standalone/", "cluster/"] },
];

/** What users get; the rest of the repository may import as it likes. */
const PUBLISHED = ["lib/", "standalone/", "cluster/"];

/** The test kit is for tests: what runs in production must not carry it along. */
const TEST_KIT = "lib/testing/";

/** Classes of Node that other libraries expect of a connection. Every runtime has them. */
const NODE_TYPES: ReadonlySet<string> = new Set(["node:buffer", "node:events", "node:stream"]);

/** The only files that open sockets, with what they may import; the test kit stands outside, it has to be independent. */
const TRANSPORTS: ReadonlyMap<string, readonly string[]> = new Map([
  ["lib/connection/transport_deno.ts", []],
  ["lib/connection/transport_node.ts", ["node:net", "node:tls"]],
]);

/** The only published files, besides the test kit, that may name Deno: it is absent on other runtimes. */
const DENO_FILES: ReadonlySet<string> = new Set([
  "lib/connection/tls_material.ts",
  "lib/connection/transport_deno.ts",
  "lib/unref_timer.ts",
]);

Deno.test("imports never point to a higher layer", async () => {
  const wrong: string[] = [];
  for (const [path, code] of await published()) {
    for (const specifier of importsOf(code)) {
      const problem = specifier.startsWith(".")
        ? problemOfImport(path, resolveImport(path, specifier))
        : problemOfPackage(path, specifier);
      if (problem) wrong.push(`${path}: ${problem}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("only the transports open sockets", async () => {
  const wrong: string[] = [];
  for (const [path, code] of await published()) {
    if (TRANSPORTS.has(path) || path.startsWith(TEST_KIT)) continue;
    if (/\bDeno\.(connect|connectTls|startTls)\b/.test(code)) wrong.push(path);
  }
  assertEquals(wrong, []);
});

Deno.test("only the files that know the runtime name Deno, so that all others run on Node and Bun", async () => {
  const named: string[] = [];
  for (const [path, code] of await published()) {
    if (!path.startsWith(TEST_KIT) && /\bDeno\.\w|\btypeof Deno\b/.test(code)) {
      named.push(path);
    }
  }
  assertEquals(named.toSorted(), [...DENO_FILES]);
});

Deno.test("problemOfImport() knows the layers", () => {
  const allowed = [
    ["lib/connection/link.ts", "lib/resp/stream.ts"],
    ["lib/commands/string.ts", "lib/commands/_args.ts"],
    ["lib/client/transaction.ts", "lib/connection/link.ts"],
    ["lib/dispatch/dispatcher.ts", "lib/configuration/settings.ts"],
    ["cluster/client.ts", "lib/client/batch.ts"],
    ["mod.ts", "cluster/mod.ts"],
  ];
  const refused = [
    ["lib/resp/decoder.ts", "lib/connection/link.ts"],
    ["lib/connection/link.ts", "standalone/client.ts"],
    ["lib/commands/string.ts", "lib/connection/link.ts"],
    ["lib/connection/link.ts", "lib/dispatch/dispatcher.ts"],
    ["lib/dispatch/dispatcher.ts", "lib/client/batch.ts"],
    ["lib/client/batch.ts", "cluster/router.ts"],
    ["lib/client/batch.ts", "lib/commands/_decode.ts"],
    ["lib/nowhere.ts", "lib/errors.ts"],
    ["standalone/client.ts", "cluster/slot.ts"],
    ["cluster/client.ts", "lib/testing/mod.ts"],
    ["lib/testing/server.ts", "standalone/client.ts"],
  ];
  for (const [from, to] of allowed) assertEquals(problemOfImport(from, to), undefined);
  for (const [from, to] of refused) assert(problemOfImport(from, to), `${from} may import ${to}`);
});

Deno.test("problemOfPackage() lets in nothing but @std/async, and for adapters what their libraries expect of Node", () => {
  const client = "lib/client/client.ts";
  assertEquals(problemOfPackage(client, "@std/async/retry"), undefined);
  const refused = ["@std/assert", "@std/asynchronous", "npm:ioredis", "node:net", "node:events"];
  for (const name of refused) assert(problemOfPackage(client, name), name);
  assertEquals(problemOfPackage("lib/connection/transport_node.ts", "node:net"), undefined);
  assert(problemOfPackage("lib/connection/transport_deno.ts", "node:net"));
  const adapter = "lib/adapters/bullmq/connection.ts";
  assertEquals(problemOfPackage(adapter, "node:events"), undefined);
  for (const name of ["npm:bullmq", "node:net"]) assert(problemOfPackage(adapter, name), name);
});

/** Code without comments of everything that is published, by path. */
async function published(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const folder of PUBLISHED) {
    for await (const path of repositoryFiles(folder)) {
      files.set(path, withoutComments(await readRepositoryFile(path)));
    }
  }
  files.set("mod.ts", withoutComments(await readRepositoryFile("mod.ts")));
  return files;
}

function problemOfImport(from: string, to: string): string | undefined {
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/") + 1);
  const isPrivate = /(^|\/)_[^/]*$/.test(to);
  if (isPrivate && folderOf(from) !== folderOf(to)) return `${to} is private to its folder`;

  const layer = LAYERS.find(({ files }) => from.startsWith(files));
  if (!layer) return `${from} belongs to no layer`;
  if (to.startsWith(TEST_KIT) && !from.startsWith(TEST_KIT)) return `${to} is for tests only`;
  const mayImport = [layer.files, ...layer.imports];
  if (mayImport.some((prefix) => to.startsWith(prefix))) return undefined;
  return `${to} is not below ${layer.files}`;
}

function problemOfPackage(from: string, specifier: string): string | undefined {
  if (TRANSPORTS.get(from)?.includes(specifier)) return undefined;
  if (/^@std\/async(\/|$)/.test(specifier)) return undefined;
  if (from.startsWith("lib/adapters/") && NODE_TYPES.has(specifier)) return undefined;
  return `${specifier} is not among the run-time dependencies`;
}
