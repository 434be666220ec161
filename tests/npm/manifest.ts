/**
 * The `package.json` of the npm package, made from `deno.json`.
 *
 * @module
 */

/** What of `deno.json` the npm package is made from. */
export interface Configuration {
  /** Name of the package. */
  readonly name: string;
  /** Version of the package. */
  readonly version: string;
  /** Identifier of its licence. */
  readonly license: string;
  /** Entry points: name of the export to source file. */
  readonly exports: Readonly<Record<string, string>>;
}

/** Exports that are left out. The test kit starts servers through `Deno.Command`, and its fake servers use `Deno.listen`. */
const DENO_ONLY: readonly string[] = ["./testing"];

/** The runtimes for which the package is tested. */
const ENGINES = { node: ">=22", bun: ">=1.3" };

const DESCRIPTION =
  "Redis and Valkey client for standalone servers, Sentinel and clusters, without dependencies";

const KEYWORDS = ["redis", "valkey", "cluster", "sentinel", "client", "pubsub", "cache"];

/**
 * The entry points of the npm package.
 *
 * @param configuration The content of `deno.json`.
 * @returns Pairs of the name of an export and its source file, without "./".
 */
export function entryPoints({ exports }: Configuration): [name: string, source: string][] {
  return Object.entries(exports)
    .filter(([name]) => !DENO_ONLY.includes(name))
    .map(([name, source]) => [name, source.replace(/^\.\//, "")]);
}

/**
 * Writes the content of `package.json`.
 *
 * @param configuration The content of `deno.json`.
 * @returns An object for `JSON.stringify()`.
 */
export function manifestOf(configuration: Configuration): Record<string, unknown> {
  const { name, version, license } = configuration;
  const exports: Record<string, unknown> = {};
  for (const [entry, source] of entryPoints(configuration)) {
    const stem = `./${source.replace(/\.ts$/, "")}`;
    // TypeScript takes the first condition that fits, so the types come first.
    exports[entry] = { types: `${stem}.d.ts`, default: `${stem}.js` };
  }
  exports["./package.json"] = "./package.json";
  return {
    name,
    version,
    description: DESCRIPTION,
    keywords: KEYWORDS,
    license,
    type: "module",
    sideEffects: false,
    engines: ENGINES,
    exports,
  };
}
