/**
 * What the test kits need of this library.
 *
 * @module
 */

export { Keyv5Store } from "../../../lib/adapters/keyv/mod.ts";
export { NodeRedisFacade } from "../../../lib/adapters/node_redis/mod.ts";
export { unstorageDriver } from "../../../lib/adapters/unstorage.ts";
export { RedisClient, RedisClusterClient } from "../../../mod.ts";
