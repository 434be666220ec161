/**
 * Stores for [Keyv](https://keyv.org), which cacheable and cache-manager use as well.
 *
 * {@linkcode KeyvStore} is for Keyv 6, {@linkcode Keyv5Store} for Keyv 5. All keys have a prefix, so `clear()` does not
 * delete other keys. Both stores support clusters.
 *
 * @example A cache with Keyv 6
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { KeyvStore } from "@babushka/redis/keyv";
 * import { Keyv } from "npm:keyv@6";
 *
 * const client = await RedisClient.create("redis://localhost:6379");
 * const cache = new Keyv({ store: new KeyvStore(client), namespace: "users" });
 * await cache.set("1", { name: "Ann" }, 60_000); // key "keyv:users::1"
 * ```
 *
 * @module
 */

import { KeyvStoreBase } from "./base.ts";

export { KeyvStoreBase, type KeyvStoreOptions } from "./base.ts";
export type { StoreClient } from "../store_client.ts";

/** Store for Keyv 6. It adds the namespace to the keys. Expiry times are absolute. */
export class KeyvStore extends KeyvStoreBase {
  /** Capabilities of the store, which Keyv reads: expiry times are absolute. */
  readonly capabilities: KeyvStoreCapabilities = CAPABILITIES;

  /** Returns the key in the database. */
  protected override keyOf(key: string): string {
    return this.scope + key;
  }

  /** Prefix of the keys of the namespace. */
  protected override get scope(): string {
    return this.namespace ? `${this.prefix}${this.namespace}::` : this.prefix;
  }

  /** Returns the key for Keyv of a key in the database. */
  protected override toldOf(key: string): string {
    return key.slice(this.scope.length);
  }

  /** Sets a key that expires at a Unix time in milliseconds; without one it does not expire. */
  set(key: string, value: unknown, expires?: number): Promise<boolean> {
    return this.write(
      key,
      value,
      expires === undefined || expires === null ? undefined : expires - Date.now(),
    );
  }

  /** Sets several keys in one round trip. */
  setMany(
    // deno-lint-ignore no-explicit-any
    entries: { key: string; value: any; expires?: number }[],
  ): Promise<boolean[]> {
    return Promise.all(entries.map(({ key, value, expires }) => this.set(key, value, expires)));
  }

  /** Deletes several keys. Returns for each key whether it existed. */
  deleteMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this.delete(key)));
  }
}

/** Store for Keyv 5, which adds the namespace to the keys itself. Expiry times are relative. */
export class Keyv5Store extends KeyvStoreBase {
  /** Options that Keyv reads. It iterates only over stores with a known dialect. */
  // deno-lint-ignore no-explicit-any
  opts: any = { dialect: "redis", url: "" };

  /** Returns the key in the database. */
  protected override keyOf(key: string): string {
    return this.prefix + key;
  }

  /** Prefix of the keys of the namespace. */
  protected override get scope(): string {
    return this.namespace ? `${this.prefix}${this.namespace}:` : this.prefix;
  }

  /** Returns the key for Keyv of a key in the database. */
  protected override toldOf(key: string): string {
    return key.slice(this.prefix.length);
  }

  /** Sets a key that expires after `ttl` milliseconds; without `ttl` it does not expire. */
  set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return this.write(key, value, ttl || undefined);
  }

  /** Sets several keys in one round trip. */
  // deno-lint-ignore no-explicit-any
  async setMany(entries: { key: string; value: any; ttl?: number }[]): Promise<void> {
    await Promise.all(entries.map(({ key, value, ttl }) => this.set(key, value, ttl)));
  }

  /** Deletes several keys. Returns whether any of them existed. */
  async deleteMany(keys: string[]): Promise<boolean> {
    if (keys.length === 0) return false;
    return await this.unlink(keys) > 0;
  }
}

/** Name of a method of a Keyv store. */
export type KeyvStoreMethod =
  | "get"
  | "getMany"
  | "has"
  | "hasMany"
  | "set"
  | "setMany"
  | "delete"
  | "deleteMany"
  | "clear"
  | "disconnect"
  | "iterator";

/** Capabilities of a {@linkcode KeyvStore}. */
export interface KeyvStoreCapabilities {
  /** Whether Keyv can use it. */
  compatible: boolean;
  /** Kind of the store. */
  store: "keyvStorage";
  /** Whether expiry times are absolute. */
  expires: boolean;
  /** The methods, and whether they are implemented. */
  methods: Record<KeyvStoreMethod, { exists: boolean; methodType: "async" | "none" }>;
}

const ASYNC = { exists: true, methodType: "async" } as const;

const CAPABILITIES: KeyvStoreCapabilities = {
  compatible: true,
  store: "keyvStorage",
  expires: true,
  methods: {
    get: ASYNC,
    getMany: ASYNC,
    has: ASYNC,
    hasMany: ASYNC,
    set: ASYNC,
    setMany: ASYNC,
    delete: ASYNC,
    deleteMany: ASYNC,
    clear: ASYNC,
    disconnect: { exists: false, methodType: "none" },
    iterator: ASYNC,
  },
};
