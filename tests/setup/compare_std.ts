/**
 * Checks that the facades in `std/` have the types of the real `@std`, by letting the compiler compare
 * them export by export. Run it after a change to the facades and after a release of `@std`.
 *
 *     deno task compare-std ../std    # a checkout of the std repository
 *     deno task compare-std jsr       # where JSR can be reached
 *
 * @module
 */

/** The modules to compare: path of the facade, and specifier on JSR. */
const MODULES = [
  { path: "assert/mod.ts", jsr: "jsr:@std/assert@^1" },
  { path: "async/mod.ts", jsr: "jsr:@std/async@^1" },
  { path: "testing/time.ts", jsr: "jsr:@std/testing@^1/time" },
  { path: "yaml/mod.ts", jsr: "jsr:@std/yaml@^1" },
];

const FACADES = new URL("std/", import.meta.url);

/**
 * Classes are compared by their public shape: one with `#x` members is equal to no other class. All
 * else has to be identical.
 */
const COMPARISON = `
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
type Shape<T> = { [K in keyof T]: T[K] };
type Class = abstract new (...args: never) => unknown;
type SameClass<A extends Class, B extends Class> = [
  Same<Shape<InstanceType<A>>, Shape<InstanceType<B>>>,
  Same<Shape<Omit<A, "prototype">>, Shape<Omit<B, "prototype">>>,
  Same<ConstructorParameters<A>, ConstructorParameters<B>>,
];
`;

interface Export {
  readonly name: string;
  readonly kind: string;
}

const origin = Deno.args[0];
if (origin === undefined) {
  console.error("Cannot compare: name a checkout of the std repository, or jsr");
  Deno.exit(2);
}

const imports: string[] = [];
const checks: string[] = [];
for (const [index, { path, jsr }] of MODULES.entries()) {
  const facade = new URL(path, FACADES).href;
  const real = origin === "jsr" ? jsr : new URL(path, await checkoutUrl(origin)).href;
  imports.push(`import type * as real${index} from "${real}";`);
  imports.push(`import type * as facade${index} from "${facade}";`);
  for (const { name, kind } of await exportsOf(facade)) {
    checks.push(
      comparison(`${name}_${index}`, kind, `real${index}.${name}`, `facade${index}.${name}`),
    );
  }
}

const folder = await Deno.makeTempDir();
try {
  const file = `${folder}/compare.ts`;
  await Deno.writeTextFile(file, [...imports, COMPARISON, ...checks, ""].join("\n"));
  // The checkout's own deno.json leads its modules to each other; JSR must not lead to the facades.
  const configuration = origin === "jsr"
    ? ["--no-config"]
    : ["--config", new URL("deno.json", await checkoutUrl(origin)).pathname];
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--no-lock", ...configuration, file],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  console.log(`${checks.length} exports: ${success ? "the facades agree" : "see above"}`);
  Deno.exitCode = success ? 0 : 1;
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function checkoutUrl(path: string): Promise<string> {
  return `file://${await Deno.realPath(path)}/`;
}

/** One line that fails to compile if the types differ; the compiler's message has its label. */
function comparison(label: string, kind: string, real: string, facade: string): string {
  if (kind === "class") {
    return `export const ${label}: SameClass<typeof ${real}, typeof ${facade}> = [true, true, true];`;
  }
  const types = kind === "function" ? `typeof ${real}, typeof ${facade}` : `${real}, ${facade}`;
  return `export const ${label}: Same<${types}> = true;`;
}

/** What a module exports, without generic types: those only matter in the functions that use them. */
async function exportsOf(module: string): Promise<Export[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", module],
    stderr: "inherit",
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    nodes: Record<string, { symbols: DocSymbol[] }>;
  };
  return Object.values(nodes).flatMap(({ symbols }) => symbols)
    .map(({ name, declarations: [{ kind, def }] }) => ({ name, kind, def }))
    .filter(({ kind, def }) => kind === "function" || !def.typeParams?.length);
}

/** What is read of an export in the answer of `deno doc --json`. */
interface DocSymbol {
  readonly name: string;
  readonly declarations: [{ readonly kind: string; readonly def: { typeParams?: unknown[] } }];
}
