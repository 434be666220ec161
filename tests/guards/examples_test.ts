import { assertEquals } from "@std/assert";
import { retry } from "@std/async";
import { commandRows } from "../../lib/command_table/mod.ts";
import { startCluster, startServer } from "../../lib/testing/mod.ts";
import { RedisClient, RedisClusterClient } from "../../mod.ts";
import { type Example, examplesInMarkdown, examplesInModule, withChecks } from "./_examples.ts";
import { readRepositoryFile, repositoryDocuments, repositoryFiles } from "./_repository.ts";

declare global {
  /** The client of the examples that do not make their own. */
  var client: RedisClient;
  /** The same for a cluster of three primaries. */
  var cluster: RedisClusterClient;
}

const FOLDERS = ["lib/", "standalone/", "cluster/"];

/** Commands that are newer than the servers that the command table was made from. */
const NEWER_THAN_TABLE = ["DELEX", "DIGEST", "XACKDEL", "XCFGSET", "XDELEX", "XNACK"];

/** Where examples expect a server; the one that they get is on a free port. */
const PORT_IN_EXAMPLES = 6379;

const server = await startServer();
server.unref();

const nodes = await startCluster();
nodes.unref();

const missingMethods = await findMissingMethods();

for await (const path of repositoryDocuments()) await testExamples(path, examplesInMarkdown);
await testExamples("mod.ts", examplesInModule);
for (const folder of FOLDERS) {
  for await (const path of repositoryFiles(folder)) await testExamples(path, examplesInModule);
}

Deno.test("withChecks() takes what a comment says at its word, if it is a value", () => {
  const code = [
    'await client.get("k"); // "v"',
    'await client.hgetall("h"); // { a: "1" }',
    'await client.bytes.mget(["k"]); // [Uint8Array [1, 2]]',
    '(await client.keys("*")).sort(); // ["k"]',
    "info.id; // 7",
    'await client.ttl("k"); // about 60',
    "client.close(); // 1",
  ];
  assertEquals(withChecks(code.join("\n"), "is").split("\n"), [
    'is(await client.get("k"), ("v"));',
    'is(await client.hgetall("h"), ({ a: "1" }));',
    'is(await client.bytes.mget(["k"]), ([new Uint8Array([1, 2])]));',
    'is((await client.keys("*")).sort(), (["k"]));',
    "is(info.id, (7));",
    ...code.slice(5),
  ]);
});

Deno.test("examplesInModule() finds fences, their lines and attributes", () => {
  const text = [
    "/** One line. */",
    "  /**",
    "   * Text.",
    "   *",
    "   * ```ts",
    "   * first();",
    "   *",
    "   *   indented();",
    "   * ```",
    "   * ```sh",
    "   * deno task test",
    "   * ```",
    "   * ```ts no-eval",
    "   * second();",
    "   * ```",
    "   */",
  ].join("\n");
  assertEquals(examplesInModule(text), [
    { line: 6, code: "first();\n\n  indented();", attributes: [] },
    { line: 11, code: "deno task test", attributes: ["ignore"] },
    { line: 14, code: "second();", attributes: ["no-eval"] },
  ]);
});

async function testExamples(path: string, find: (text: string) => Example[]): Promise<void> {
  for (const example of find(await readRepositoryFile(path))) {
    if (example.attributes.includes("ignore") || example.attributes.includes("no-eval")) continue;
    const missing = methodsOf(example).filter((method) => missingMethods.has(method.toLowerCase()));
    Deno.test({
      name: `the example in ${path}:${example.line} runs`,
      ignore: missing.length > 0,
      fn: () => run(path, example),
    });
  }
}

/** The name by which an example finds the assertion that {@linkcode withChecks} puts into it. */
const CHECK = "checkExample";
Object.assign(globalThis, { [CHECK]: assertEquals });

async function run(path: string, { code, line }: Example): Promise<void> {
  await using client = await RedisClient.create({
    addresses: [{ host: server.host, port: server.port }],
  });
  await client.customCommand(["FLUSHALL"]);
  await client.configSet({ "maxmemory-policy": "noeviction", "maxmemory": 0 });
  await backgroundWorkIsDone(client);
  globalThis.client = client;
  await using stack = new AsyncDisposableStack();
  if (usesCluster(code)) globalThis.cluster = stack.use(await connectToCluster());

  const imports = path.endsWith(".ts") ? await ownImports(path, code) : "";
  // The comment makes the address, by which modules are cached, one of its own.
  const source = `${imports}${withChecks(code, CHECK)}\n// ${path}:${line}`;
  using declared = new DeclaredTests();
  using _redirected = redirectToServer();
  await import(`data:application/typescript,${encodeURIComponent(source)}`);
  await declared.run();
}

/** An example must not meet what the one before has begun. */
async function backgroundWorkIsDone(client: RedisClient): Promise<void> {
  await retry(async () => {
    const { persistence } = (await client.info("persistence")).sections;
    const { rdb_bgsave_in_progress: save, aof_rewrite_in_progress: rewrite } = persistence;
    if (save !== "0" || rewrite !== "0") throw new Error("The server still works on its files");
  }, { minTimeout: 5, maxTimeout: 100, maxAttempts: 100 });
}

/** Whether an example uses the cluster without making a client of its own. */
function usesCluster(code: string): boolean {
  return /\bcluster\./.test(code) && !/\b(?:const|using) cluster\b/.test(code);
}

async function connectToCluster(): Promise<RedisClusterClient> {
  const cluster = await RedisClusterClient.create({ addresses: nodes.addresses });
  await cluster.flushall();
  return cluster;
}

/** Lead connections to the usual port to where the server is. */
function redirectToServer(): Disposable {
  const { connect } = Deno;
  const plainConnect = connect as (options: Deno.ConnectOptions) => Promise<Deno.TcpConn>;
  Deno.connect = ((options: Deno.ConnectOptions) =>
    plainConnect(
      options.port === PORT_IN_EXAMPLES ? { ...options, port: server.port } : options,
    )) as typeof connect;
  return { [Symbol.dispose]: () => void (Deno.connect = connect) };
}

/** Collects the tests that an example declares, since tests cannot be declared inside of tests. */
class DeclaredTests implements Disposable {
  readonly #test = Deno.test;
  readonly #bodies: (() => void | Promise<void>)[] = [];

  constructor() {
    const test = (_name: string, body: () => void | Promise<void>) => void this.#bodies.push(body);
    Object.assign(Deno, { test });
  }

  async run(): Promise<void> {
    for (const body of this.#bodies) await body();
  }

  [Symbol.dispose](): void {
    Object.assign(Deno, { test: this.#test });
  }
}

/** As in `deno check --doc`, an example knows the exports of the module that it stands in. */
async function ownImports(path: string, code: string): Promise<string> {
  const module = new URL(`../../${path}`, import.meta.url).href;
  const names = Object.keys(await import(module)).filter((name) =>
    new RegExp(`\\b${name}\\b`).test(code) &&
    !new RegExp(`^import\\b[^;]*\\b${name}\\b|\\b(?:const|let|class|function) ${name}\\b`, "m")
      .test(code)
  );
  return names.length === 0 ? "" : `import { ${names.join(", ")} } from "${module}";`;
}

function methodsOf({ code }: Example): string[] {
  return [...code.matchAll(/\.(\w+)\(/g)].map(([, method]) => method);
}

/**
 * Methods, in lower case, of commands that this server is too old for or of the other make. Everything
 * is compared without what separates words: `clientNoTouch`, `CLIENT NO-TOUCH` and `client|no-touch`.
 */
async function findMissingMethods(): Promise<Set<string>> {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const known = commandRows().flatMap((row) => [row, ...row.subcommands?.values() ?? []]);
  const missing = new Set([...known.map(({ name }) => name), ...NEWER_THAN_TABLE].map(plain));
  const present = await server.command(["COMMAND", "LIST"]);
  for (const name of present as string[]) missing.delete(plain(name));
  return missing;
}
