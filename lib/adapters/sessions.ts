/**
 * Session stores for Hono and Oak.
 *
 * {@linkcode sessionStore} is for [hono-sessions](https://github.com/jcs224/hono_sessions) and
 * [oak_sessions](https://github.com/jcs224/oak_sessions), {@linkcode honoSessionStorage} for
 * [`@hono/session`](https://github.com/honojs/middleware).
 *
 * @example hono-sessions
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
  /** What all keys begin with. @default {"session:"} */
  prefix?: string;
  /** Seconds until a session that is not written any more is deleted. @default {86400} */
  ttl?: number;
}

/** Options for {@linkcode honoSessionStorage}. */
export interface HonoSessionStorageOptions extends SessionStoreOptions {
  /**
   * Called with what went wrong when a session was written or deleted: `@hono/session` does not wait for that. By default it
   * is written to the console.
   */
  onError?: (error: unknown) => void;
}

/** A store of hono-sessions and of oak_sessions. */
export interface SessionStore {
  /** Whether there is a session. */
  sessionExists(id: string): Promise<boolean>;
  /** The data of a session; null if there is none. */
  // deno-lint-ignore no-explicit-any
  getSessionById(id?: string): Promise<any>;
  /** Writes a new session. */
  createSession(id: string, data: unknown): Promise<void>;
  /** Writes a session. */
  persistSessionData(id: string, data: unknown): Promise<void>;
  /** Deletes a session. */
  deleteSession(id: string): Promise<void>;
}

/**
 * The storage of `@hono/session`.
 *
 * @typeParam D Type of the data of a session.
 */
export interface HonoSessionStorage<D> {
  /** The data of a session; null if there is none. */
  get(id: string): Promise<D | null>;
  /** Writes a session. */
  set(id: string, data: D): void;
  /** Deletes a session. */
  delete(id: string): void;
}

/**
 * Makes a store for hono-sessions or oak_sessions.
 *
 * @param client `RedisClient` or `RedisClusterClient`. It stays open: close it where it was made.
 * @param options More.
 * @returns The store. Data must survive JSON.
 * @throws {TypeError} If it is no client, or `ttl` is not above 0.
 */
export function sessionStore(
  client: StoreClient,
  { prefix = "session:", ttl = 86_400 }: SessionStoreOptions = {},
): SessionStore {
  const redis = clientOf(client, "the store");
  if (!(ttl > 0)) throw new TypeError("Cannot make the store: expected a ttl above 0 seconds");
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
 * Makes a storage for `useSessionStorage()` of `@hono/session`.
 *
 * @typeParam D Type of the data of a session.
 * @param client `RedisClient` or `RedisClusterClient`. It stays open: close it where it was made.
 * @param options More.
 * @returns The storage. Data must survive JSON. What is read after a write sees it.
 * @throws {TypeError} If it is no client, or `ttl` is not above 0.
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
