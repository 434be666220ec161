/**
 * What the stores for both versions of Keyv do in the same way.
 *
 * @module
 */

import { EventEmitter } from "node:events";
import type { Client } from "../../client/client.ts";
import { clearKeys, clientOf, keysOf, type StoreClient } from "../store_client.ts";

/** Options for a {@linkcode KeyvStore} or a {@linkcode Keyv5Store}. */
export interface KeyvStoreOptions {
  /** What all keys begin with. @default {"keyv:"} */
  prefix?: string;
}

/** What both stores do in the same way. The client stays open: close it where it was made. */
export abstract class KeyvStoreBase extends EventEmitter {
  /** Part of the keys that only this Keyv uses. */
  namespace: string | undefined;
  readonly #redis: Client;
  /** What all keys begin with. */
  protected readonly prefix: string;

  /**
   * Makes a store.
   *
   * @param client `RedisClient` or `RedisClusterClient`.
   * @param options More.
   * @throws {TypeError} If it is no client.
   */
  constructor(client: StoreClient, { prefix = "keyv:" }: KeyvStoreOptions = {}) {
    super();
    this.#redis = clientOf(client, "the store");
    this.prefix = prefix;
  }

  /** The listeners of an event. */
  // deno-lint-ignore no-explicit-any
  override listeners(event: string | symbol): ((...args: any[]) => void)[] {
    // deno-lint-ignore no-explicit-any
    return super.listeners(event) as ((...args: any[]) => void)[];
  }

  /** The listeners of an event, as they were added. */
  // deno-lint-ignore no-explicit-any
  override rawListeners(event: string | symbol): ((...args: any[]) => void)[] {
    // deno-lint-ignore no-explicit-any
    return super.rawListeners(event) as ((...args: any[]) => void)[];
  }

  /** The key in the database. */
  protected abstract keyOf(key: string): string;
  /** What the keys of the namespace begin with. */
  protected abstract get scope(): string;
  /** What of a key in the database Keyv is told. */
  protected abstract toldOf(key: string): string;

  /** The value of a key; undefined if there is none. */
  // deno-lint-ignore no-explicit-any
  async get(key: string): Promise<any> {
    return await this.#redis.get(this.keyOf(key)) ?? undefined;
  }

  /** The values of several keys, read together. */
  // deno-lint-ignore no-explicit-any
  async getMany(keys: string[]): Promise<any[]> {
    if (keys.length === 0) return [];
    const values = await this.#redis.mget(keys.map((key) => this.keyOf(key)));
    return values.map((value) => value ?? undefined);
  }

  /** Deletes a key, and tells whether it was there. */
  async delete(key: string): Promise<boolean> {
    return await this.#redis.unlink(this.keyOf(key)) === 1;
  }

  /** Whether there is a key. */
  async has(key: string): Promise<boolean> {
    return await this.#redis.exists(this.keyOf(key)) === 1;
  }

  /** Whether there are keys, one by one. */
  hasMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this.has(key)));
  }

  /** Deletes the keys of the namespace; without one, all keys with the prefix. */
  clear(): Promise<void> {
    return clearKeys(this.#redis, this.scope);
  }

  /** Iterates over keys and values of the namespace. */
  // deno-lint-ignore no-explicit-any
  async *iterator(): AsyncGenerator<[string, any], void> {
    for await (const key of keysOf(this.#redis, this.scope)) {
      const value = await this.#redis.get(key);
      if (value !== null) yield [this.toldOf(key), value];
    }
  }

  /** Deletes keys, and tells how many were there. */
  protected unlink(keys: string[]): Promise<number> {
    return this.#redis.unlink(keys.map((key) => this.keyOf(key)));
  }

  /** Writes a key that expires after some milliseconds, or stays if they are undefined. */
  protected async write(key: string, value: unknown, ttl: number | undefined): Promise<boolean> {
    if (typeof value !== "string" && !(value instanceof Uint8Array)) {
      throw new TypeError(
        "Cannot write the value: expected text or bytes, as a serializer makes it",
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
