/**
 * A folder in which the suite of BullMQ can run: its tests, its package, and the programs that they need.
 *
 * @module
 */

import { bundle, fetchFiles, run } from "../_workplace.ts";
import { REVISION, VERSIONS } from "./versions.ts";

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
const SETUP = `import { BullMQConnection, RedisClient, RedisClusterClient } from "./babushka.mjs";
import { setConnectionFactory } from "./tests/utils/connection-factory";

setConnectionFactory(({ host, port } = {}) =>
  new BullMQConnection(process.env.REDIS_IS_CLUSTER ? RedisClusterClient : RedisClient, {
    addresses: [{
      host: host ?? process.env.REDIS_HOST,
      port: port ?? Number(process.env.REDIS_PORT),
    }],
  })
);
`;

/** The setup of a run on ioredis with a cluster. */
const IOREDIS_CLUSTER_SETUP = `import { Cluster } from "ioredis";
import { createIORedisClient } from "./src/classes/ioredis-client";
import { setConnectionFactory } from "./tests/utils/connection-factory";

setConnectionFactory(({ host, port } = {}) =>
  createIORedisClient(
    new Cluster([{
      host: host ?? process.env.REDIS_HOST,
      port: port ?? Number(process.env.REDIS_PORT),
    }], { redisOptions: { maxRetriesPerRequest: null } }),
  )
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
  await fetchFiles(folder, {
    repository: "taskforcesh/bullmq",
    revision: REVISION,
    paths: ["tests", "vitest.setup.ts"],
  }, source);
  await Deno.writeTextFile(
    inFolder("package.json"),
    JSON.stringify({ private: true, type: "module", dependencies: VERSIONS }),
  );
  await Deno.writeTextFile(inFolder("vitest.config.js"), CONFIGURATION);
  await Deno.writeTextFile(inFolder("babushka.setup.ts"), SETUP);
  await Deno.writeTextFile(inFolder("ioredis-cluster.setup.ts"), IOREDIS_CLUSTER_SETUP);
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
  await bundle(new URL("entry.ts", import.meta.url), inFolder("babushka.mjs"));
  const text = await Deno.readTextFile(inFolder("babushka.mjs"));
  await Deno.writeTextFile(inFolder("babushka.mjs"), REAL_CLOCK + text);
}
