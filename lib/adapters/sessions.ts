/**
 * Session stores for Hono and Oak.
 *
 * {@linkcode sessionStore} is for [hono-sessions](https://github.com/jcs224/hono_sessions) and
 * [oak_sessions](https://github.com/jcs224/oak_sessions), {@linkcode honoSessionStorage} for
 * [`@hono/session`](https://github.com/honojs/middleware).
 *
 * @example Sessions with hono-sessions
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { sessionStore } from "@babushka/redis/sessions";
 * import { Hono } from "npm:hono@4";
 * import { sessionMiddleware } from "npm:hono-sessions@0.8";
 *
 * const client = await RedisClient.create("redis://localhost:6379");
 * const app = new Hono();
 * app.use(sessionMiddleware({ store: sessionStore(client), expireAfterSeconds: 900 }));
 * ```
 *
 * @module
 */

import { clientOf, type StoreClient } from "./store_client.ts";

export type { StoreClient } from "./store_client.ts";

/** Options for {@linkcode sessionStore}. */
export interface SessionStoreOptions {
  /**
   * Prefix of all keys.
   *
   * @default {"session:"}
   */
  prefix?: string;
  /**
   * Lifetime of a session after its last write, in seconds.
   *
   * @default {86400}
   */
  ttl?: number;
}

/** Options for {@linkcode honoSessionStorage}. */
export interface HonoSessionStorageOptions extends SessionStoreOptions {
  /**
   * Function that is called with the error if a session could not be written or deleted. `@hono/session` does not wait
   * for these operations. By default errors are logged to the console.
   */
  onError?: (error: unknown) => void;
}

/** Implementation of `Store` of hono-sessions and oak_sessions. */
export interface SessionStore {
  /** Returns whether a session exists. */
  sessionExists(id: string): Promise<boolean>;
  /** Returns the data of a session; null if it does not exist. */
  // deno-lint-ignore no-explicit-any
  getSessionById(id?: string): Promise<any>;
  /** Creates a session. */
  createSession(id: string, data: unknown): Promise<void>;
  /** Sets the data of a session, and restarts its lifetime. */
  persistSessionData(id: string, data: unknown): Promise<void>;
  /** Deletes a session. */
  deleteSession(id: string): Promise<void>;
}

/**
 * Implementation of the storage interface of `@hono/session`.
 *
 * @typeParam D Type of the data of a session.
 */
export interface HonoSessionStorage<D> {
  /** Returns the data of a session; null if it does not exist. */
  get(id: string): Promise<D | null>;
  /** Sets the data of a session, and restarts its lifetime. */
  set(id: string, data: D): void;
  /** Deletes a session. */
  delete(id: string): void;
}

/**
 * Creates a store for hono-sessions or oak_sessions.
 *
 * @param client `RedisClient` or `RedisClusterClient`. The store does not close it.
 * @param options Prefix of the keys, and lifetime of the sessions.
 * @returns The store. Session data must be serializable as JSON.
 * @throws {TypeError} If `client` is not a client, or `ttl` is not above 0.
 */
export function sessionStore(
  client: StoreClient,
  { prefix = "session:", ttl = 86_400 }: SessionStoreOptions = {},
): SessionStore {
  const redis = clientOf(client, "the store");
  if (!(ttl > 0)) throw new TypeError("Cannot create the store: expected a ttl above 0 seconds");
  const write = async (id: string, data: unknown): Promise<void> => {
    await redis.set(prefix + id, JSON.stringify(data), { px: Math.ceil(ttl * 1000) });
  };
  return {
    sessionExists: async (id) => await redis.exists(prefix + id) === 1,
    async getSessionById(id) {
      if (id === undefined) return null;
      const text = await redis.get(prefix + id);
      return text === null ? null : JSON.parse(text);
    },
    createSession: write,
    persistSessionData: write,
    async deleteSession(id) {
      await redis.unlink(prefix + id);
    },
  };
}

/**
 * Creates a storage for `useSessionStorage()` of `@hono/session`.
 *
 * @typeParam D Type of the data of a session.
 * @param client `RedisClient` or `RedisClusterClient`. The storage does not close it.
 * @param options Prefix of the keys, lifetime of the sessions, and error handler.
 * @returns The storage. Session data must be serializable as JSON. A read sees all earlier writes of this process.
 * @throws {TypeError} If `client` is not a client, or `ttl` is not above 0.
 */
export function honoSessionStorage<D>(
  client: StoreClient,
  { onError = console.error, ...options }: HonoSessionStorageOptions = {},
): HonoSessionStorage<D> {
  const store = sessionStore(client, options);
  return {
    get: (id) => store.getSessionById(id),
    set: (id, data) => void store.persistSessionData(id, data).catch(onError),
    delete: (id) => void store.deleteSession(id).catch(onError),
  };
}
