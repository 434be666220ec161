/**
 * Common base of the stores for Keyv 5 and Keyv 6.
 *
 * @module
 */

import { EventEmitter } from "node:events";
import type { Client } from "../../client/client.ts";
import { clearKeys, clientOf, keysOf, type StoreClient } from "../store_client.ts";

/** Options for {@linkcode KeyvStore} and {@linkcode Keyv5Store}. */
export interface KeyvStoreOptions {
  /**
   * Prefix of all keys.
   *
   * @default {"keyv:"}
   */
  prefix?: string;
}

/** Base class of {@linkcode KeyvStore} and {@linkcode Keyv5Store}. It does not close the client. */
export abstract class KeyvStoreBase extends EventEmitter {
  /** Namespace of the Keyv instance, which sets it. */
  namespace: string | undefined;
  readonly #redis: Client;
  /** Prefix of all keys. */ protected readonly prefix: string;

  /**
   * Creates a store.
   *
   * @param client `RedisClient` or `RedisClusterClient`.
   * @param options Prefix of the keys.
   * @throws {TypeError} If `client` is not a client.
   */
  constructor(client: StoreClient, { prefix = "keyv:" }: KeyvStoreOptions = {}) {
    super();
    this.#redis = clientOf(client, "the store");
    this.prefix = prefix;
  }

  /** Returns the listeners of an event. */
  // deno-lint-ignore no-explicit-any
  override listeners(event: string | symbol): ((...args: any[]) => void)[] {
    // deno-lint-ignore no-explicit-any
    return super.listeners(event) as ((...args: any[]) => void)[];
  }

  /** Returns the listeners of an event, including the wrappers that `once()` creates. */
  // deno-lint-ignore no-explicit-any
  override rawListeners(event: string | symbol): ((...args: any[]) => void)[] {
    // deno-lint-ignore no-explicit-any
    return super.rawListeners(event) as ((...args: any[]) => void)[];
  }

  /** Returns the key in the database. */
  protected abstract keyOf(key: string): string;
  /** Prefix of the keys of the namespace. */
  protected abstract get scope(): string;
  /** Returns the key for Keyv of a key in the database. */
  protected abstract toldOf(key: string): string;

  /** Returns the value of a key; undefined if it does not exist. */
  // deno-lint-ignore no-explicit-any
  async get(key: string): Promise<any> {
    return await this.#redis.get(this.keyOf(key)) ?? undefined;
  }

  /** Returns the values of several keys, read with MGET. */
  // deno-lint-ignore no-explicit-any
  async getMany(keys: string[]): Promise<any[]> {
    if (keys.length === 0) return [];
    const values = await this.#redis.mget(keys.map((key) => this.keyOf(key)));
    return values.map((value) => value ?? undefined);
  }

  /** Deletes a key. Returns whether it existed. */
  async delete(key: string): Promise<boolean> {
    return await this.#redis.unlink(this.keyOf(key)) === 1;
  }

  /** Returns whether a key exists. */
  async has(key: string): Promise<boolean> {
    return await this.#redis.exists(this.keyOf(key)) === 1;
  }

  /** Returns for each key whether it exists. */
  hasMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this.has(key)));
  }

  /** Deletes all keys of the namespace. Without a namespace, deletes all keys with the prefix. */
  clear(): Promise<void> {
    return clearKeys(this.#redis, this.scope);
  }

  /** Iterates over the keys and values of the namespace. */
  // deno-lint-ignore no-explicit-any
  async *iterator(): AsyncGenerator<[string, any], void> {
    for await (const key of keysOf(this.#redis, this.scope)) {
      const value = await this.#redis.get(key);
      if (value !== null) yield [this.toldOf(key), value];
    }
  }

  /** Deletes keys. Returns the number of keys that existed. */
  protected unlink(keys: string[]): Promise<number> {
    return this.#redis.unlink(keys.map((key) => this.keyOf(key)));
  }

  /** Sets a key that expires after `ttl` milliseconds; undefined means no expiry. */
  protected async write(key: string, value: unknown, ttl: number | undefined): Promise<boolean> {
    if (typeof value !== "string" && !(value instanceof Uint8Array)) {
      throw new TypeError(
        "Cannot set the value: expected a string or bytes from a serializer",
      );
    }
    if (ttl !== undefined && ttl <= 0) await this.delete(key);
    else {await this.#redis.set(
        this.keyOf(key),
        value,
        ttl === undefined ? {} : { px: Math.ceil(ttl) },
      );}
    return true;
  }
}
