/**
 * Secondary storage for [Better Auth](https://better-auth.com), which keeps its sessions and rate limits in Redis.
 *
 * @example Store the sessions of Better Auth
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { betterAuthStorage } from "@babushka/redis/better-auth";
 *
 * const client = await RedisClient.create("redis://localhost:6379");
 * const secondaryStorage = betterAuthStorage(client);
 * // betterAuth({ secondaryStorage, … })
 * await secondaryStorage.set("session:1", "…", 3600); // key "better-auth:session:1"
 * ```
 *
 * @module
 */

import { countIn } from "./counter.ts";
import { clientOf, type StoreClient } from "./store_client.ts";

export type { StoreClient } from "./store_client.ts";

/** Options for {@linkcode betterAuthStorage}. */
export interface BetterAuthStorageOptions {
  /**
   * Prefix of all keys.
   *
   * @default {"better-auth:"}
   */
  prefix?: string;
}

/** Implementation of `SecondaryStorage` of Better Auth. */
export interface BetterAuthStorage {
  /** Returns the value of a key; null if it does not exist. */
  get(key: string): Promise<string | null>;
  /** Returns the value of a key and deletes the key, atomically. Null if it does not exist. */
  getAndDelete(key: string): Promise<string | null>;
  /** Increments a counter and returns it. The counter is deleted `ttl` seconds after its first increment. */
  increment(key: string, ttl: number): Promise<number>;
  /** Sets a key that expires after `ttl` seconds; without `ttl` it does not expire. */
  set(key: string, value: string, ttl?: number): Promise<void>;
  /** Deletes a key. */
  delete(key: string): Promise<void>;
}

/**
 * Creates a storage.
 *
 * @param client `RedisClient` or `RedisClusterClient`. The storage does not close it.
 * @param options Prefix of the keys.
 * @returns The storage. `getAndDelete()` requires server version 6.2 or later.
 * @throws {TypeError} If `client` is not a client.
 */
export function betterAuthStorage(
  client: StoreClient,
  { prefix = "better-auth:" }: BetterAuthStorageOptions = {},
): BetterAuthStorage {
  const redis = clientOf(client, "the storage");
  return {
    get: (key) => redis.get(prefix + key),
    getAndDelete: (key) => redis.getdel(prefix + key),
    async increment(key, ttl) {
      return (await countIn(redis, prefix + key, ttl * 1000)).count;
    },
    async set(key, value, ttl) {
      await redis.set(prefix + key, value, ttl ? { px: Math.ceil(ttl * 1000) } : {});
    },
    async delete(key) {
      await redis.unlink(prefix + key);
    },
  };
}
