/**
 * A driver for [unstorage](https://unstorage.unjs.io), the storage of Nitro and Nuxt.
 *
 * Unlike the driver for Redis that unstorage has, it takes a client that the program has already, keeps raw items as they
 * are, and reads and lists the keys of a whole cluster.
 *
 * @example A storage on a client
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
  /** What all keys begin with. If it is empty, `clear()` deletes every key of the database. @default {""} */
  base?: string;
  /** Seconds until items expire, where `setItem()` gives no `ttl`. By default they stay. */
  ttl?: number;
}

/** Options of a single call. */
export interface UnstorageCallOptions {
  /** Seconds until the item expires. */
  ttl?: number;
}

/** A driver of unstorage. */
export interface UnstorageDriver {
  /** Its name. */
  name: string;
  /** What it can do by itself. */
  flags: { ttl: boolean };
  /** Its options. */
  options: UnstorageDriverOptions;
  /** The client. */
  getInstance(): StoreClient;
  /** Whether there is an item. */
  hasItem(key: string): Promise<boolean>;
  /** The text of an item. */
  getItem(key: string): Promise<string | null>;
  /** Several items, read together. */
  getItems(items: { key: string }[]): Promise<{ key: string; value: string | null }[]>;
  /** The bytes of an item. */
  getItemRaw(key: string): Promise<Uint8Array | null>;
  /** Writes an item. */
  setItem(key: string, value: string, options?: UnstorageCallOptions): Promise<void>;
  /** Writes several items in one go. */
  setItems(
    items: { key: string; value: string; options?: UnstorageCallOptions }[],
    options?: UnstorageCallOptions,
  ): Promise<void>;
  /** Writes bytes, or text as it is. */
  setItemRaw(key: string, value: unknown, options?: UnstorageCallOptions): Promise<void>;
  /** Deletes an item. */
  removeItem(key: string): Promise<void>;
  /** Seconds until an item expires; null if there is no item. */
  getMeta(key: string): Promise<{ ttl?: number } | null>;
  /** The keys below a base. */
  getKeys(base: string): Promise<string[]>;
  /** Deletes the items below a base. */
  clear(base: string): Promise<void>;
}

/**
 * Makes a driver. The client stays open when the storage is disposed of: close it where it was made.
 *
 * @param client `RedisClient` or `RedisClusterClient`.
 * @param options More.
 * @returns The driver, for `createStorage({ driver })`.
 * @throws {TypeError} If it is no client.
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
  throw new TypeError("Cannot write the raw item: expected a string or bytes");
}
