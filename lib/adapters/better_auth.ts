/**
 * Secondary storage for [Better Auth](https://better-auth.com): its sessions and rate limits.
 *
 * @example Sessions of Better Auth
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
  /** What all keys begin with. @default {"better-auth:"} */
  prefix?: string;
}

/** The `SecondaryStorage` of Better Auth. */
export interface BetterAuthStorage {
  /** The value of a key. */
  get(key: string): Promise<string | null>;
  /** The value of a key, which is deleted with the same command. */
  getAndDelete(key: string): Promise<string | null>;
  /** Counts; the counter ends `ttl` seconds after it began. */
  increment(key: string, ttl: number): Promise<number>;
  /** Writes a key that expires after `ttl` seconds. */
  set(key: string, value: string, ttl?: number): Promise<void>;
  /** Deletes a key. */
  delete(key: string): Promise<void>;
}

/**
 * Makes a storage.
 *
 * @param client `RedisClient` or `RedisClusterClient`. It stays open: close it where it was made.
 * @param options More.
 * @returns The storage. `getAndDelete()` needs a server of version 6.2 or later.
 * @throws {TypeError} If it is no client.
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
