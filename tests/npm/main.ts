/**
 * `deno task npm`: builds the npm package in `.npm/`, and proves that it works: an empty Node project installs it, type-checks
 * a program on it, and runs that on the oldest Node and the oldest Bun that are supported. Nothing is published.
 *
 *     deno task npm
 *     deno task npm --build-only
 *
 * @module
 */

import configuration from "../../deno.json" with { type: "json" };
import { startCluster, startServer, testCertificates } from "../../lib/testing/mod.ts";
import { buildPackage } from "./build.ts";
import { EmptyProject, pack } from "./empty_project.ts";
import { entryPoints } from "./manifest.ts";

const OUTPUT = new URL("../../.npm", import.meta.url).pathname;
const PACKAGE = `${OUTPUT}/package`;

/** What both compilations of the program have in common. Libraries are checked as well: the declarations must be right. */
const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  verbatimModuleSyntax: true,
  target: "es2022",
  lib: ["es2023"],
  types: ["node"],
};

/** The two ways in which TypeScript finds packages: that of Node, and that of bundlers. */
const COMPILATIONS: Readonly<Record<string, Record<string, unknown>>> = {
  "node16.json": { module: "node16", moduleResolution: "node16", outDir: "node16" },
  "bundler.json": { module: "esnext", moduleResolution: "bundler", outDir: "bundler" },
};

console.log("Building the package");
await buildPackage(PACKAGE);
const tarball = await pack(PACKAGE, OUTPUT);
if (!Deno.args.includes("--build-only")) await prove(tarball);

async function prove(tarball: string): Promise<void> {
  console.log("Installing it in an empty project, with Node, Bun and TypeScript from npm");
  await using project = await EmptyProject.create(tarball, {
    "app.ts": await Deno.readTextFile(new URL("project/app.ts", import.meta.url)),
    "exports.ts": importOfEverything(),
    ...Object.fromEntries(
      Object.entries(COMPILATIONS).map(([name, options]) => {
        const compilerOptions = { ...STRICT, ...options };
        return [name, JSON.stringify({ compilerOptions, files: ["app.ts", "exports.ts"] })];
      }),
    ),
  });
  for (const name of Object.keys(COMPILATIONS)) {
    console.log(`Type-checking with ${name}, strict and without skipLibCheck`);
    await project.run("tsc", ["-p", name]);
  }
  // A bundler drops what nothing uses: if something with a side effect went, the program would fail.
  await project.run("bun", ["build", "node16/app.js", "--target=node", "--outfile=bundled.js"]);

  await using server = await startServer();
  await using secured = await startServer({ tls: true });
  await using other = await startServer({ tls: { certificate: "otherAuthority" } });
  await using cluster = await startCluster({ shards: 3 });
  const servers = {
    standalone: server.url,
    cluster: cluster.nodes[0].url,
    tls: secured.url,
    caCert: secured.tls?.caCert,
    otherTls: other.url,
  };
  const authority = `${project.folder}/authority.pem`;
  await Deno.writeTextFile(authority, (await testCertificates()).otherCaCert);
  const env = { SERVERS: JSON.stringify(servers), NODE_EXTRA_CA_CERTS: authority };
  for (const engine of ["node", "bun"] as const) {
    for (const program of ["node16/exports.js", "node16/app.js", "bundled.js"]) {
      console.log(`Running ${program} on ${engine}`);
      await project.run(engine, [program], env);
    }
  }
  console.log(`The package works: ${tarball}`);
}

/** A program that imports every export. */
function importOfEverything(): string {
  const entries = entryPoints(configuration).map(([name]) => configuration.name + name.slice(1));
  const imports = entries.map((entry, i) => `import * as entry${i} from "${entry}";`);
  const counts = entries.map((entry, i) =>
    `console.log("${entry}: " + Object.keys(entry${i}).length + " names");`
  );
  return [...imports, ...counts, ""].join("\n");
}
