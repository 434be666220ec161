/**
 * A store for [hono-rate-limiter](https://github.com/rhinobase/hono-rate-limiter).
 *
 * @example At most a hundred requests a minute
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
  /** What all keys begin with. @default {"rate-limit:"} */
  prefix?: string;
}

/** How often a client was counted, and when its counter ends. */
export interface RateLimitCount {
  /** How often. */
  totalHits: number;
  /** When the counter ends. */
  resetTime: Date;
}

/** A store of hono-rate-limiter. */
export interface HonoRateLimiterStore {
  /** What all keys begin with. */
  prefix: string;
  /** Other processes use the same keys. */
  localKeys: false;
  /** Takes over the options of the limiter, of which it needs `windowMs`. */
  init(options: { windowMs: number }): void;
  /** Tells how often a client was counted; undefined if its counter has ended. */
  get(key: string): Promise<RateLimitCount | undefined>;
  /** Counts a client. Its counter ends `windowMs` after it began. */
  increment(key: string): Promise<RateLimitCount>;
  /** Takes one count back, if the counter has not ended. */
  decrement(key: string): Promise<void>;
  /** Ends the counter of a client. */
  resetKey(key: string): Promise<void>;
  /** Ends all counters. */
  resetAll(): Promise<void>;
}

/** Takes one count back. DECR alone would begin a counter that never ends. */
const DECREMENT = `if redis.call("EXISTS", KEYS[1]) == 1 then redis.call("DECR", KEYS[1]) end`;

/**
 * Makes a store.
 *
 * @param client `RedisClient` or `RedisClusterClient`. It stays open: close it where it was made.
 * @param options More.
 * @returns The store.
 * @throws {TypeError} If it is no client.
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
