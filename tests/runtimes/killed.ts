/**
 * A program that starts servers and then dies at once. They have to die with it.
 *
 * @module
 */

import { startCluster, startServer } from "../../lib/testing/mod.ts";

await Promise.all([startServer(), startCluster({ shards: 3 })]);
process.kill(process.pid, "SIGKILL");
