/**
 * `deno task test:kits`: the test kits of Keyv 5 and unstorage on our stores, and @keyv/redis and the cache handlers of
 * Next.js on the facade for node-redis, on a server and on a cluster.
 *
 *     deno task test:kits
 *     deno task test:kits --source /path/to/unstorage     # a checkout (or a bare repository)
 *
 * The kit of Keyv comes from npm. That of unstorage is in no package: it is downloaded from GitHub, unless `--source` gives
 * a Git repository that has the revision. Nothing of it stays.
 *
 * @module
 */

import { startCluster, startServer } from "../../../lib/testing/mod.ts";
import { bundle, fetchFiles, run } from "../_workplace.ts";
import { NODE_REDIS_TESTS, NODE_REDIS_VERSIONS } from "./node_redis_tests.ts";

const UNSTORAGE = {
  repository: "unjs/unstorage",
  revision: "afbb66ec266e0cec613cb087b49f75bf4deaaa41",
  paths: ["test/drivers/utils.ts"],
};

const VERSIONS = {
  "@keyv/test-suite": "2.1.2",
  keyv: "5.6.0",
  unstorage: "1.17.6",
  vitest: "4.1.11",
  ...NODE_REDIS_VERSIONS,
};

const CONFIGURATION = `import { defineConfig } from "vitest/config";
export default defineConfig({
  test: { include: ["tests/*.test.ts"], fileParallelism: false },
});
`;

const TESTS = `import { Keyv } from "keyv";
import keyvTestSuite, { keyvIteratorTests } from "@keyv/test-suite";
import * as vitest from "vitest";
import { testDriver } from "../test/drivers/utils.ts";
import { Keyv5Store, RedisClient, RedisClusterClient, unstorageDriver } from "../babushka.mjs";

const clients = {
  standalone: await RedisClient.create(process.env.SERVER_URL),
  cluster: await RedisClusterClient.create(process.env.CLUSTER_URL),
};
for (const [name, client] of Object.entries(clients)) {
  vitest.describe("unstorage " + name, () => testDriver({ driver: unstorageDriver(client, { base: "b" }) }));
  vitest.describe("Keyv " + name, () => {
    const store = () => new Keyv5Store(client);
    keyvTestSuite(vitest as any, Keyv as any, store);
    keyvIteratorTests(vitest as any, Keyv as any, store);
  });
}
vitest.afterAll(async () => {
  for (const client of Object.values(clients)) await client.close();
});
`;

const at = Deno.args.indexOf("--source");
const source = at === -1 ? undefined : Deno.args[at + 1];
const folder = await Deno.makeTempDir({ prefix: "kits-" });
let success: boolean;
try {
  await fetchFiles(folder, UNSTORAGE, source);
  const kit = `${folder}/test/drivers/utils.ts`;
  const text = await Deno.readTextFile(kit);
  await Deno.writeTextFile(kit, text.replace(/"[^"]*\/src\/index(\.ts)?"/, '"unstorage"'));
  await Deno.mkdir(`${folder}/tests`);
  await Deno.writeTextFile(`${folder}/tests/kits.test.ts`, TESTS);
  await Deno.writeTextFile(`${folder}/tests/node_redis.test.ts`, NODE_REDIS_TESTS);
  await Deno.writeTextFile(`${folder}/vitest.config.js`, CONFIGURATION);
  await Deno.writeTextFile(
    `${folder}/package.json`,
    JSON.stringify({ private: true, type: "module", dependencies: VERSIONS }),
  );
  console.log("Installing Keyv, unstorage, the cache handlers of Next.js and vitest from npm");
  await run(folder, Deno.execPath(), ["install", "--quiet", "--node-modules-dir=auto"]);
  await bundle(new URL("entry.ts", import.meta.url), `${folder}/babushka.mjs`);
  await using server = await startServer();
  await using cluster = await startCluster({ shards: 3 });
  const [{ host, port }] = cluster.nodes;
  const status = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "node_modules/vitest/vitest.mjs", "run"],
    cwd: folder,
    env: { SERVER_URL: server.url, CLUSTER_URL: `redis://${host}:${port}` },
  }).spawn().status;
  success = status.success;
} finally {
  await Deno.remove(folder, { recursive: true });
}
Deno.exit(success ? 0 : 1);
