/**
 * A folder in which the suite of BullMQ can run: its tests, its package, and the programs that they need.
 *
 * @module
 */

import { REVISION, VERSIONS } from "./versions.ts";

/** Where the tests come from if no other place is given. */
const ARCHIVE = `https://codeload.github.com/taskforcesh/bullmq/tar.gz/${REVISION}`;

const CONFIGURATION = `import { defineConfig } from "vitest/config";
export default defineConfig({
  resolve: { preserveSymlinks: true },
  test: {
    include: ["tests/**/*.test.ts"],
    setupFiles: [process.env.SUITE_SETUP],
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 10000,
    hookTimeout: 10000,
  },
});
`;

/** The setup of a run on this library. The suite has its own setup for ioredis. */
const SETUP = `import { BullMQConnection, RedisClient } from "./babushka.mjs";
import { setConnectionFactory } from "./tests/utils/connection-factory";

setConnectionFactory(({ host, port } = {}) =>
  new BullMQConnection(RedisClient, {
    addresses: [{
      host: host ?? process.env.REDIS_HOST,
      port: port ?? Number(process.env.REDIS_PORT),
    }],
  })
);
`;

/**
 * Stands in front of the bundle: the tests put a fake clock in the place of the real one and turn it on by months, and
 * requests would run out of time.
 */
const REAL_CLOCK = "const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis;\n";

/** The factory of the conformance tests, which is to be replaced for another client. */
const FACTORY = /async function createTestClient\(\): Promise<IRedisClient> \{[^]*?\n\}/;

/** The same for this library. */
const OUR_FACTORY = `async function createTestClient(): Promise<IRedisClient> {
  const { createTestConnection } = await import("./utils/connection-factory");
  const client = createTestConnection();
  await client.connect();
  return client;
}`;

/**
 * Prepares a folder.
 *
 * @param folder An empty folder.
 * @param source A folder or a bare Git repository with the tests; by default they are downloaded.
 */
export async function prepare(folder: string, source: string | undefined): Promise<void> {
  const inFolder = (name: string): string => `${folder}/${name}`;
  await fetchTests(folder, source);
  await Deno.writeTextFile(
    inFolder("package.json"),
    JSON.stringify({ private: true, type: "module", dependencies: VERSIONS }),
  );
  await Deno.writeTextFile(inFolder("vitest.config.js"), CONFIGURATION);
  await Deno.writeTextFile(inFolder("babushka.setup.ts"), SETUP);
  const conformance = await Deno.readTextFile(inFolder("tests/adapter-conformance.test.ts"));
  if (!FACTORY.test(conformance)) {
    throw new Error("Cannot prepare the conformance tests: they have no createTestClient()");
  }
  await Deno.writeTextFile(
    inFolder("tests/our-conformance.test.ts"),
    conformance.replace(FACTORY, OUR_FACTORY),
  );
  console.log("Installing BullMQ, vitest and what the tests use from npm");
  await run(folder, Deno.execPath(), ["install", "--quiet", "--node-modules-dir=auto"]);
  // The tests import the sources; what was built of them has the same shape.
  await Deno.symlink("node_modules/bullmq/dist/esm", inFolder("src"));
  console.log("Bundling this library");
  const root = new URL("../../..", import.meta.url).pathname;
  const entry = new URL("entry.ts", import.meta.url).pathname;
  await run(root, Deno.execPath(), [
    ...["bundle", "--quiet", "--platform", "deno", "--output", inFolder("babushka.mjs"), entry],
  ]);
  const bundle = await Deno.readTextFile(inFolder("babushka.mjs"));
  await Deno.writeTextFile(inFolder("babushka.mjs"), REAL_CLOCK + bundle);
}

/** Puts `tests/` and the setup for ioredis into a folder. */
async function fetchTests(folder: string, source: string | undefined): Promise<void> {
  const archive = `${folder}/bullmq.tar`;
  if (source === undefined) {
    console.log(`Downloading ${ARCHIVE}`);
    const response = await fetch(ARCHIVE).catch((error) => {
      throw new Error(
        `Cannot download the tests of BullMQ: ${error.message}. Pass a checkout: --source /path/to/bullmq`,
      );
    });
    if (!response.ok) throw new Error(`Cannot download ${ARCHIVE}: status ${response.status}`);
    await Deno.writeFile(archive, response.body!);
    await run(folder, "tar", [
      "xzf",
      archive,
      "--strip-components=1",
      "--wildcards",
      "*/tests",
      "*/vitest.setup.ts",
    ]);
  } else {
    await run(folder, "git", [
      ...["-C", source, "archive", "--output", archive, REVISION, "tests", "vitest.setup.ts"],
    ]);
    await run(folder, "tar", ["xf", archive]);
  }
  await Deno.remove(archive);
}

async function run(cwd: string, program: string, args: string[]): Promise<void> {
  const { success } = await new Deno.Command(program, { args, cwd }).spawn().status;
  if (!success) throw new Error(`Cannot prepare the suite: ${program} ${args[0]} failed`);
}
