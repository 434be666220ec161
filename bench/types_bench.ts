/**
 * What the types cost those who use them: how long a check takes, how many types the compiler makes, and how long the
 * import takes at run time. It prints a table, and says where a limit is not kept.
 *
 * @module
 */

import ts from "npm:typescript@6.0.3";

const ROOT = new URL("../", import.meta.url);
const MODULE = new URL("mod.ts", ROOT).href;

/** Calls of every kind: scalars, options, unions of options, lists, records, reports, views. */
const CALLS = `
await client.get("k");
await client.set("k", "v", { ex: 10, nx: true });
await client.set("k", 1, { get: true, keepttl: true });
await client.getex("k", { persist: true });
await client.mget(["a", "b"]);
await client.mset({ a: 1, b: "2" });
await client.incr("n");
await client.incrby("n", 5n);
await client.append("k", "x");
await client.getrange("k", 0, -1);
await client.setrange("k", 5, "x");
await client.strlen("k");
await client.lcs("a", "b", { idx: true, minmatchlen: 2 });
await client.del(["a", "b"]);
await client.exists("k");
await client.expire("k", 10, { gt: true });
await client.ttl("k");
await client.type("k");
await client.rename("a", "b");
await client.keys("*");
await client.scan(0, { match: "a*", count: 100 });
await client.sort("l", { by: "w_*", get: ["#"], desc: true });
await client.copy("a", "b", { replace: true });
await client.hset("h", { a: 1, b: 2 });
await client.hget("h", "a");
await client.hgetall("h");
await client.hmget("h", ["a", "b"]);
await client.hdel("h", ["a", "b"]);
await client.hincrby("h", "n", 2);
await client.hscan("h", 0);
await client.lpush("l", ["a", "b"]);
await client.rpop("l");
await client.lrange("l", 0, -1);
await client.lmove("a", "b", "left", "right");
await client.blpop(["a", "b"], 1);
await client.lpos("l", "x", { count: 2 });
await client.sadd("s", ["a", "b"]);
await client.smembers("s");
await client.sinter(["a", "b"]);
await client.sismember("s", "a");
await client.zadd("z", { a: 1, b: 2 }, { gt: true, ch: true });
await client.zrange("z", 0, -1);
await client.zscore("z", "a");
await client.zincrby("z", 1.5, "a");
await client.xadd("x", "*", { a: 1 });
await client.xrange("x", "-", "+");
await client.xlen("x");
await client.geoadd("g", { a: { longitude: 1, latitude: 2 } });
await client.setbit("b", 5, 1);
await client.bitcount("b");
await client.pfadd("p", ["a", "b"]);
await client.pfcount(["p", "q"]);
await client.publish("c", "hello");
await client.eval("return 1", { keys: ["k"], args: [1] });
await client.clientList({ type: "normal" });
await client.configGet(["maxmemory", "hz"]);
await client.info(["memory", "cpu"]);
await client.aclSetuser("ada", ["on", "+@read"]);
await client.bytes.get("k");
await client.with({ timeout: 100 }).time();
`.trim();

/** A program that makes a client, and does something with it. */
function program(body: string): string {
  return `import { RedisClient } from ${JSON.stringify(MODULE)};
await using client = await RedisClient.create("redis://localhost");
${body}
`;
}

const batch = Array.from(
  { length: 500 },
  (_, i) => [`b.get("k${i}")`, `b.incr("n${i}")`, `b.zadd("z${i}", { a: 1 })`][i % 3],
);
const programs = {
  calls: program(CALLS),
  batch: program(`const values = await client.batch((b) => [${batch.join(", ")}]);
const first: string | null = values[0];
const second: number | bigint = values[1];`),
};

interface Line {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly limit?: number;
}

const compiled = Array.from({ length: 3 }, () => compile(programs.calls));
const lines: Line[] = [
  {
    what: `deno check of a file with ${CALLS.split("\n").length} calls`,
    value: await median(3, () => timeOfCheck(programs.calls)),
    unit: "ms",
    limit: 1500,
  },
  {
    what: "the same for an empty file",
    value: await median(3, () => timeOfCheck("export {};\n")),
    unit: "ms",
  },
  {
    what: "that file, and of the module its types only",
    value: medianOf(compiled.map(({ time }) => time)),
    unit: "ms",
    limit: 1500,
  },
  {
    what: "types made for that file with calls",
    value: compiled[0].types,
    unit: "types",
  },
  {
    what: `types made for a batch of ${batch.length} elements`,
    value: compile(programs.batch).types,
    unit: "types",
    limit: 10_000,
  },
  { what: "import of mod.ts", value: await median(9, timeOfImport), unit: "ms", limit: 10 },
];
for (const { what, value, unit, limit } of lines) {
  const verdict = limit === undefined
    ? ""
    : `  limit ${limit}${value > limit ? ", NOT KEPT on this machine" : ""}`;
  console.log(
    `${what.padEnd(48)} ${value.toFixed(unit === "ms" ? 1 : 0).padStart(8)} ${unit}${verdict}`,
  );
}

async function median(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let i = 0; i < times; i++) values.push(await measure());
  return medianOf(values);
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Milliseconds of a check that finds nothing of this file in its cache; it checks the module's own code as well. */
async function timeOfCheck(code: string): Promise<number> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, code);
    const config = new URL("deno.json", ROOT).pathname;
    const start = performance.now();
    await run(["check", "--quiet", "--config", config, file]);
    return performance.now() - start;
  } finally {
    await Deno.remove(file);
  }
}

/** Milliseconds of the import itself, in a process of its own and with everything compiled. */
async function timeOfImport(): Promise<number> {
  const code = `const start = performance.now();
await import(${JSON.stringify(MODULE)});
console.log(performance.now() - start);`;
  return Number(await run(["eval", "--quiet", code]));
}

async function run(args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/**
 * Checks a program as users of a published package do: of the module only what it exports, not its own code.
 *
 * @returns How many milliseconds that takes, and how many types the compiler makes, those of the standard library that it
 * needs included.
 */
function compile(code: string): { time: number; types: number } {
  const start = performance.now();
  const file = new URL("program.ts", ROOT).pathname;
  const source = code.replace(MODULE, "./mod.ts");
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts"],
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, source, rest[0]) : getSourceFile(name, ...rest);
  const program = ts.createProgram([file], options, host);
  const problems = program.getSemanticDiagnostics(program.getSourceFile(file));
  if (problems.length > 0) {
    throw new Error(ts.flattenDiagnosticMessageText(problems[0].messageText, "\n"));
  }
  return { time: performance.now() - start, types: program.getTypeCount() };
}
