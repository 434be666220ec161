/**
 * Stores for [Keyv](https://keyv.org), on which cacheable and cache-manager are built.
 *
 * {@linkcode KeyvStore} is for Keyv 6, {@linkcode Keyv5Store} for Keyv 5. Both keep all keys below a prefix, so that
 * `clear()` touches nothing else, and both work on a cluster.
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

/** A store for Keyv 6: times are absolute, and the store adds the namespace. */
export class KeyvStore extends KeyvStoreBase {
  /** Tells Keyv that times are absolute. */
  readonly capabilities: KeyvStoreCapabilities = CAPABILITIES;

  /** The key in the database. */
  protected override keyOf(key: string): string {
    return this.scope + key;
  }

  /** What the keys of the namespace begin with. */
  protected override get scope(): string {
    return this.namespace ? `${this.prefix}${this.namespace}::` : this.prefix;
  }

  /** What of a key in the database Keyv is told. */
  protected override toldOf(key: string): string {
    return key.slice(this.scope.length);
  }

  /** Writes a key that expires at a Unix time in milliseconds. */
  set(key: string, value: unknown, expires?: number): Promise<boolean> {
    return this.write(
      key,
      value,
      expires === undefined || expires === null ? undefined : expires - Date.now(),
    );
  }

  /** Writes several keys in one go. */
  setMany(
    // deno-lint-ignore no-explicit-any
    entries: { key: string; value: any; expires?: number }[],
  ): Promise<boolean[]> {
    return Promise.all(entries.map(({ key, value, expires }) => this.set(key, value, expires)));
  }

  /** Deletes several keys, and tells of each whether it was there. */
  deleteMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this.delete(key)));
  }
}

/** A store for Keyv 5: times are relative, and Keyv adds the namespace itself. */
export class Keyv5Store extends KeyvStoreBase {
  /** What Keyv reads: without a dialect it would not iterate. */
  // deno-lint-ignore no-explicit-any
  opts: any = { dialect: "redis", url: "" };

  /** The key in the database. */
  protected override keyOf(key: string): string {
    return this.prefix + key;
  }

  /** What the keys of the namespace begin with. */
  protected override get scope(): string {
    return this.namespace ? `${this.prefix}${this.namespace}:` : this.prefix;
  }

  /** What of a key in the database Keyv is told. */
  protected override toldOf(key: string): string {
    return key.slice(this.prefix.length);
  }

  /** Writes a key that expires after some milliseconds. */
  set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return this.write(key, value, ttl || undefined);
  }

  /** Writes several keys in one go. */
  // deno-lint-ignore no-explicit-any
  async setMany(entries: { key: string; value: any; ttl?: number }[]): Promise<void> {
    await Promise.all(entries.map(({ key, value, ttl }) => this.set(key, value, ttl)));
  }

  /** Deletes several keys, and tells whether any was there. */
  async deleteMany(keys: string[]): Promise<boolean> {
    if (keys.length === 0) return false;
    return await this.unlink(keys) > 0;
  }
}

/** A method of a store of Keyv. */
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

/** What a {@linkcode KeyvStore} can do. */
export interface KeyvStoreCapabilities {
  /** Whether Keyv can use it. */
  compatible: boolean;
  /** Kind of the store. */
  store: "keyvStorage";
  /** Whether times are absolute. */
  expires: boolean;
  /** Which methods it has. */
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
