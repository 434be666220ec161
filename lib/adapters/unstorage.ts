/**
 * Driver for [unstorage](https://unstorage.unjs.io), the storage layer of Nitro and Nuxt.
 *
 * Unlike the built-in Redis driver of unstorage, it takes an existing client, stores raw items without encoding, and
 * supports clusters for reads of several items and lists of keys.
 *
 * @example Create a storage
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { unstorageDriver } from "@babushka/redis/unstorage";
 * import { createStorage } from "npm:unstorage@1";
 *
 * const client = await RedisClient.create("redis://localhost:6379");
 * const storage = createStorage({ driver: unstorageDriver(client, { base: "app" }) });
 * await storage.setItem("user:1", { name: "Ann" }); // key "app:user:1"
 * ```
 *
 * @module
 */

import { clearKeys, clientOf, keysOf, type StoreClient } from "./store_client.ts";

export type { StoreClient } from "./store_client.ts";

/** Options for {@linkcode unstorageDriver}. */
export interface UnstorageDriverOptions {
  /**
   * Prefix of all keys, followed by `:`. If it is empty, `clear()` deletes all keys of the database.
   *
   * @default {""}
   */
  base?: string;
  /** Lifetime of items in seconds, for calls of `setItem()` without `ttl`. By default items do not expire. */
  ttl?: number;
}

/** Options of a single call. */
export interface UnstorageCallOptions {
  /** Lifetime of the item, in seconds. */
  ttl?: number;
}

/** Implementation of `Driver` of unstorage. */
export interface UnstorageDriver {
  /** Name of the driver. */
  name: string;
  /** Features that the driver implements itself. */
  flags: { ttl: boolean };
  /** Options of the driver. */
  options: UnstorageDriverOptions;
  /** Returns the client. */
  getInstance(): StoreClient;
  /** Returns whether an item exists. */
  hasItem(key: string): Promise<boolean>;
  /** Returns an item as text; null if it does not exist. */
  getItem(key: string): Promise<string | null>;
  /** Returns several items as text, read with MGET. */
  getItems(items: { key: string }[]): Promise<{ key: string; value: string | null }[]>;
  /** Returns an item as bytes; null if it does not exist. */
  getItemRaw(key: string): Promise<Uint8Array | null>;
  /** Sets an item. */
  setItem(key: string, value: string, options?: UnstorageCallOptions): Promise<void>;
  /** Sets several items in one round trip. */
  setItems(
    items: { key: string; value: string; options?: UnstorageCallOptions }[],
    options?: UnstorageCallOptions,
  ): Promise<void>;
  /** Sets an item to bytes or text, without encoding. */
  setItemRaw(key: string, value: unknown, options?: UnstorageCallOptions): Promise<void>;
  /** Deletes an item. */
  removeItem(key: string): Promise<void>;
  /**
   * Returns the remaining lifetime of an item in seconds, without `ttl` if it does not expire; null if it does not
   * exist.
   */
  getMeta(key: string): Promise<{ ttl?: number } | null>;
  /** Returns the keys that start with a base. */
  getKeys(base: string): Promise<string[]>;
  /** Deletes the items whose keys start with a base. */
  clear(base: string): Promise<void>;
}

/**
 * Creates a driver. Disposing of the storage does not close the client.
 *
 * @param client `RedisClient` or `RedisClusterClient`.
 * @param options Prefix of the keys, and lifetime of the items.
 * @returns The driver, for `createStorage({ driver })`.
 * @throws {TypeError} If `client` is not a client.
 */
export function unstorageDriver(
  client: StoreClient,
  options: UnstorageDriverOptions = {},
): UnstorageDriver {
  const redis = clientOf(client, "the driver");
  const prefix = options.base ? `${options.base.replace(/:$/, "")}:` : "";
  const below = (base: string | undefined) => prefix + (base ? `${base.replace(/:$/, "")}:` : "");
  const write = async (key: string, value: string | Uint8Array, ttl = options.ttl) => {
    await redis.set(prefix + key, value, ttl ? { px: Math.ceil(ttl * 1000) } : {});
  };
  return {
    name: "babushka",
    flags: { ttl: true },
    options,
    getInstance: () => client,
    hasItem: async (key) => await redis.exists(prefix + key) === 1,
    getItem: (key) => redis.get(prefix + key),
    async getItems(items) {
      if (items.length === 0) return [];
      const values = await redis.mget(items.map(({ key }) => prefix + key));
      return items.map(({ key }, i) => ({ key, value: values[i] }));
    },
    getItemRaw: (key) => redis.bytes.get(prefix + key),
    setItem: (key, value, call) => write(key, value, call?.ttl),
    async setItems(items, common) {
      await Promise.all(
        items.map(({ key, value, options }) => write(key, value, options?.ttl ?? common?.ttl)),
      );
    },
    setItemRaw: async (key, value, call) => await write(key, bytesOf(value), call?.ttl),
    async removeItem(key) {
      await redis.unlink(prefix + key);
    },
    async getMeta(key) {
      const ttl = await redis.pttl(prefix + key);
      if (ttl === -2) return null;
      return ttl === -1 ? {} : { ttl: ttl / 1000 };
    },
    async getKeys(base) {
      const keys: string[] = [];
      for await (const key of keysOf(redis, below(base))) keys.push(key.slice(prefix.length));
      return keys;
    },
    clear: (base) => clearKeys(redis, below(base)),
  };
}

function bytesOf(value: unknown): string | Uint8Array {
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  }
  throw new TypeError("Cannot set the raw item: expected a string or bytes");
}
