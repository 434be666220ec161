/**
 * Store for [hono-rate-limiter](https://github.com/rhinobase/hono-rate-limiter).
 *
 * @example Allow a hundred requests per minute
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { honoRateLimiterStore } from "@babushka/redis/hono-rate-limiter";
 * import { rateLimiter } from "npm:hono-rate-limiter@0.5";
 *
 * const client = await RedisClient.create("redis://localhost:6379");
 * const limiter = rateLimiter({
 *   windowMs: 60_000,
 *   limit: 100,
 *   keyGenerator: (c) => c.req.header("x-forwarded-for") ?? "",
 *   store: honoRateLimiterStore(client),
 * });
 * ```
 *
 * @module
 */

import { countIn } from "./counter.ts";
import { clearKeys, clientOf, type StoreClient } from "./store_client.ts";

export type { StoreClient } from "./store_client.ts";

/** Options for {@linkcode honoRateLimiterStore}. */
export interface HonoRateLimiterStoreOptions {
  /**
   * Prefix of all keys.
   *
   * @default {"rate-limit:"}
   */
  prefix?: string;
}

/** Number of requests of a client, and when its counter is reset. */
export interface RateLimitCount {
  /** Number of requests in the current window. */
  totalHits: number;
  /** End of the window, when the counter is reset. */
  resetTime: Date;
}

/** Implementation of `Store` of hono-rate-limiter. */
export interface HonoRateLimiterStore {
  /** Prefix of all keys. */
  prefix: string;
  /** Always false: all processes with the same database share the counters. */
  localKeys: false;
  /** Sets the length of the window. The rate limiter calls it. */
  init(options: { windowMs: number }): void;
  /** Returns the counter of a client; undefined if it has none. */
  get(key: string): Promise<RateLimitCount | undefined>;
  /** Increments the counter of a client. It is reset `windowMs` after its first increment. */
  increment(key: string): Promise<RateLimitCount>;
  /** Decrements the counter of a client, if there is one. */
  decrement(key: string): Promise<void>;
  /** Resets the counter of a client. */
  resetKey(key: string): Promise<void>;
  /** Resets all counters with the prefix. */
  resetAll(): Promise<void>;
}

/** Decrements an existing counter. DECR alone would create a counter that never expires. */
const DECREMENT = `if redis.call("EXISTS", KEYS[1]) == 1 then redis.call("DECR", KEYS[1]) end`;

/**
 * Creates a store.
 *
 * @param client `RedisClient` or `RedisClusterClient`. The store does not close it.
 * @param options Prefix of the keys.
 * @returns The store.
 * @throws {TypeError} If `client` is not a client.
 */
export function honoRateLimiterStore(
  client: StoreClient,
  { prefix = "rate-limit:" }: HonoRateLimiterStoreOptions = {},
): HonoRateLimiterStore {
  const redis = clientOf(client, "the store");
  let window = 60_000;
  return {
    prefix,
    localKeys: false,
    init({ windowMs }) {
      window = windowMs;
    },
    async get(key) {
      const [count, left] = await Promise.all([redis.get(prefix + key), redis.pttl(prefix + key)]);
      if (count === null || left < 0) return undefined;
      return { totalHits: Number(count), resetTime: new Date(Date.now() + left) };
    },
    async increment(key) {
      const { count, left } = await countIn(redis, prefix + key, window);
      return { totalHits: count, resetTime: new Date(Date.now() + left) };
    },
    async decrement(key) {
      await redis.eval(DECREMENT, { keys: [prefix + key] });
    },
    async resetKey(key) {
      await redis.unlink(prefix + key);
    },
    resetAll: () => clearKeys(redis, prefix),
  };
}
