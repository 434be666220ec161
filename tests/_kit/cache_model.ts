/**
 * Writers, cached readers, and a model that knows what can be read.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { RedisClusterClient } from "../../cluster/mod.ts";
import { type RedisClient, script, ServerError } from "../../standalone/mod.ts";
import { JOINABLE } from "../../lib/cache/flight.ts";
import { CacheHistory, type Write } from "./cache_history.ts";
import { randomNumbers } from "./random_calls.ts";

/** A client of either kind. */
export type AnyClient = RedisClient | RedisClusterClient;

/** What a run is made of. */
export interface CacheRun {
  /** The client whose cached view is read from. It writes as well. */
  readonly reader: AnyClient;
  /** Clients that only write. */
  readonly writers: readonly AnyClient[];
  /** How many reads. */
  readonly reads: number;
  /** Seed of all choices. */
  readonly seed: number;
  /** Longest pause of a reader, in milliseconds: then faults and writes get their turn. */
  readonly pause: number;
  /** Things that happen one after the other, again and again; writers pause during those of `calmFaults`. */
  readonly faults?: readonly (() => Promise<void>)[];
  /** The same, for faults that would lose writes that were answered. */
  readonly calmFaults?: readonly (() => Promise<void>)[];
  /** Whether databases can be flushed and keys be written that scripts do not declare: not in a cluster. */
  readonly standalone: boolean;
}

/** What a run has shown. */
export interface CacheRunReport {
  /** What was read that cannot be true, at most some. */
  readonly violations: string[];
  /** Number of reads. */
  readonly reads: number;
  /** Number of writes. */
  readonly writes: number;
  /** Reads and writes that failed, by the kind of their error. */
  readonly failures: Readonly<Record<string, number>>;
  /** Reads of a value that another client had replaced before, within the bound. */
  readonly stale: number;
  /** The longest time, in milliseconds, for which such a value had been replaced. */
  readonly oldest: number;
  /** Comparisons of the cache with the servers while nobody wrote. */
  readonly comparisons: number;
  /** Rounds of faults. */
  readonly faults: number;
}

const STRINGS = 24;
const HASHES = 8;
/** The promise: how old a value can be when a server does not answer; and some time for a busy machine. */
const BOUND = 2000 + 1500;
const BURST = 200;
/** How long after its time a value may be read, in milliseconds: a read can join another one that is on its way. */
const CLOCK = 50 + JOINABLE;
const SLOW_CLOCK = 1000;

const hidden = script(`return redis.call("SET", ARGV[1], ARGV[2])`);
const declared = script(`return redis.call("SET", KEYS[1], ARGV[1])`);

/** Runs writers and readers until there were enough reads. */
export async function runCacheModel(run: CacheRun): Promise<CacheRunReport> {
  return await new Model(run).run();
}

class Model {
  readonly #run: CacheRun;
  readonly #random: () => number;
  readonly #strings = Array.from({ length: STRINGS }, (_, i) => `{s${i}}`);
  readonly #hashes = Array.from({ length: HASHES }, (_, i) => `{h${i}}`);
  readonly #keys = [...this.#strings, ...this.#hashes];
  readonly #history: CacheHistory;
  readonly #violations: string[] = [];
  #reads = 0;
  #writes = 0;
  readonly #failures: Record<string, number> = {};
  #comparisons = 0;
  #faults = 0;
  #values = 0;
  /** Resolves when writers may go on. */
  #calm: PromiseWithResolvers<void> | null = null;
  #writing = 0;

  constructor(run: CacheRun) {
    this.#run = run;
    this.#random = randomNumbers(run.seed);
    // MIGRATE prolongs the life of a key by the time that it takes.
    this.#history = new CacheHistory(this.#keys, BOUND, run.standalone ? CLOCK : SLOW_CLOCK);
  }

  async run(): Promise<CacheRunReport> {
    const { reader, writers } = this.#run;
    await Promise.all([
      ...writers.map((writer) => this.#write(writer, false)),
      this.#write(reader, true),
      ...Array.from({ length: 4 }, () => this.#read()),
      this.#disturb(),
    ]);
    await this.#compare();
    const { stale, oldest } = this.#history;
    return {
      violations: this.#violations,
      reads: this.#reads,
      writes: this.#writes,
      failures: this.#failures,
      stale,
      oldest: Math.round(oldest),
      comparisons: this.#comparisons,
      faults: this.#faults,
    };
  }

  get #done(): boolean {
    return this.#reads >= this.#run.reads || this.#violations.length >= 10;
  }

  #fail(error: unknown): void {
    const kind = error instanceof ServerError ? error.code : (error as Error).name;
    this.#failures[kind] = (this.#failures[kind] ?? 0) + 1;
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)];
  }

  // Reading.

  async #read(): Promise<void> {
    const { cached } = this.#run.reader;
    while (!this.#done) {
      const reads: Promise<void>[] = [];
      for (let i = 0; i < BURST; i++) reads.push(this.#readOne(cached));
      await Promise.all(reads);
      await delay(this.#random() * this.#run.pause);
    }
  }

  async #readOne(cached: AnyClient): Promise<void> {
    const from = performance.now();
    const chance = this.#random();
    try {
      if (chance < 0.6) {
        const key = this.#pick(this.#strings);
        this.#check(key, await cached.get(key), from);
      } else if (chance < 0.7) {
        const key = this.#pick(this.#strings);
        const bytes = await cached.bytes.get(key);
        this.#check(key, bytes === null ? null : new TextDecoder().decode(bytes), from);
      } else if (chance < 0.8) {
        const keys = [this.#pick(this.#strings), this.#pick(this.#strings)];
        const values = await cached.mget(keys);
        for (const [i, key] of keys.entries()) this.#check(key, values[i], from);
      } else if (chance < 0.9) {
        const key = this.#pick(this.#hashes);
        this.#check(key, (await cached.hgetall(key)).f ?? null, from);
      } else {
        const key = this.#pick(this.#hashes);
        this.#check(key, await cached.hget(key, "f"), from);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#reads++;
  }

  /** Reads the value of one key from the cache. */
  async #readKey(key: string): Promise<void> {
    const { cached } = this.#run.reader;
    const from = performance.now();
    try {
      const value = key.startsWith("{s") ? await cached.get(key) : await cached.hget(key, "f");
      this.#check(key, value, from);
    } catch (error) {
      this.#fail(error);
    }
  }

  #check(key: string, value: string | null, from: number): void {
    const fault = this.#history.check(key, { value, from, to: performance.now() });
    if (fault !== undefined && this.#violations.length < 10) {
      this.#violations.push(`${key} was ${value}: ${fault}`);
    }
  }

  // Writing.

  async #write(client: AnyClient, own: boolean): Promise<void> {
    while (!this.#done) {
      if (this.#calm !== null) await this.#calm.promise;
      this.#writing++;
      try {
        await this.#writeOne(client, own);
      } catch (error) {
        this.#fail(error);
      }
      this.#writing--;
      this.#writes++;
      await delay(this.#random() * (own ? 20 : 6));
    }
  }

  async #writeOne(client: AnyClient, own: boolean): Promise<void> {
    const value = `v${++this.#values}`;
    const begin = (key: string, value: string | null): Write =>
      this.#history.begin(key, value, own);
    const write = async (
      key: string,
      act: () => Promise<unknown>,
      result: string | null = value,
    ) => {
      // One read is on its way when an own write is sent, one is made as soon as that is answered.
      const racing = own && this.#readKey(key);
      const write = begin(key, result);
      await act();
      write.to = performance.now();
      if (own) await this.#readKey(key);
      await racing;
      return write;
    };
    if (this.#random() < 0.25) {
      const key = this.#pick(this.#hashes);
      if (this.#random() < 0.2) await write(key, () => client.del(key), null);
      else await write(key, () => client.hset(key, { f: value }));
      return;
    }
    const key = this.#pick(this.#strings);
    const other = `${key}:${value}`;
    const chance = this.#random();
    if (chance < 0.3) {
      await write(key, () => client.set(key, value));
    } else if (chance < 0.4) {
      await write(key, () => client.mset({ [key]: value }));
    } else if (chance < 0.5) {
      await write(
        key,
        () => client.transaction((t) => [t.set(`${key}:x`, "x"), t.set(key, value)]),
      );
    } else if (chance < 0.58) {
      await client.set(other, value);
      await write(key, () => client.rename(other, key));
    } else if (chance < 0.66) {
      await client.set(other, value);
      await write(key, () => client.copy(other, key, { replace: true }));
    } else if (chance < 0.74) {
      await write(key, () => client.run(declared, { keys: [key], args: [value] }));
    } else if (chance < 0.8) {
      const run = (): Promise<unknown> =>
        this.#run.standalone
          ? client.run(hidden, { args: [key, value] })
          : (client as RedisClient).batch((b) => [b.get(other), b.set(key, value)]);
      await write(key, run);
    } else if (chance < 0.88) {
      const ttl = 20 + Math.floor(this.#random() * 200);
      const gone = begin(key, null);
      const { to } = await write(key, () => client.set(key, value, { px: ttl })).then((write) => {
        write.expires = write.to + ttl;
        return write;
      });
      // It goes at an unknown time, when the server gets round to it.
      gone.to = to + ttl + BOUND;
    } else if (chance < 0.93) {
      const ttl = 20 + Math.floor(this.#random() * 200);
      const gone = begin(key, null);
      // Only sooner than before: a value must not live longer than its write has said.
      await client.pexpire(key, ttl, { lt: true });
      gone.to = performance.now() + ttl + BOUND;
    } else {
      await write(key, () => client.del(key), null);
    }
  }

  /**
   * Removes all keys.
   *
   * @param act What does it.
   */
  async #removeAll(act: () => Promise<unknown>, own: boolean): Promise<void> {
    const writes = this.#keys.map((key) => this.#history.begin(key, null, own));
    await act();
    const now = performance.now();
    for (const write of writes) write.to = now;
  }

  // Faults.

  async #disturb(): Promise<void> {
    const { faults = [], calmFaults = [], writers, reader, standalone } = this.#run;
    const flush = (client: AnyClient, own: boolean) => () =>
      this.#removeAll(() => client.flushall(), own);
    const all = [
      ...faults.map((fault) => ({ fault, calm: false })),
      ...calmFaults.map((fault) => ({ fault, calm: true })),
      { fault: flush(writers[0], false), calm: false },
      { fault: flush(reader, true), calm: false },
      { fault: () => this.#compare(), calm: true },
      { fault: () => this.#compare(), calm: true },
    ];
    if (standalone) {
      const server = writers[0];
      all.push({ fault: () => this.#evictAll(server), calm: false });
    }
    while (!this.#done) {
      for (const { fault, calm } of this.#shuffled(all)) {
        await delay(60 + this.#random() * 120);
        if (this.#done) return;
        try {
          if (calm) await this.#calmly(fault);
          else await fault();
        } catch (error) {
          this.#fail(error);
        }
        this.#faults++;
      }
    }
  }

  /** In another order each time, so that no fault covers up what another one has shown. */
  #shuffled<T>(items: readonly T[]): T[] {
    const keyed = items.map((item) => ({ item, at: this.#random() }));
    return keyed.sort((a, b) => a.at - b.at).map(({ item }) => item);
  }

  /** Has the server evict everything. */
  async #evictAll(client: AnyClient): Promise<void> {
    await this.#removeAll(async () => {
      const set = (name: string, value: string) =>
        client.customCommand(["CONFIG", "SET", name, value]);
      await set("maxmemory-policy", "allkeys-random");
      await set("maxmemory", "1");
      // A command that needs memory makes the server evict.
      await client.set("{none}", "x").catch(() => {});
      await set("maxmemory", "0");
    }, false);
  }

  /** Does something while nobody writes. */
  async #calmly(act: () => Promise<void>): Promise<void> {
    const calm = this.#calm = Promise.withResolvers<void>();
    try {
      while (this.#writing > 0) await delay(1);
      await act();
    } finally {
      this.#calm = null;
      calm.resolve();
    }
  }

  /**
   * Compares the cache with the primaries while nobody writes. Their reply to a transaction is behind all that they have
   * said of changed keys. An uncached read alone may go to a replica, which does not have all writes yet.
   */
  async #compare(): Promise<void> {
    const { reader } = this.#run;
    for (const key of this.#keys) {
      const isString = key.startsWith("{s");
      const readPrimary = async (): Promise<string | null> => {
        const [value] = await reader.transaction((t) => [
          isString ? t.get(key) : t.hget(key, "f"),
        ]);
        return value;
      };
      try {
        const truth = await readPrimary();
        const { cached } = reader;
        const value = isString ? await cached.get(key) : await cached.hget(key, "f");
        this.#comparisons++;
        // The key may have expired in between.
        if (truth !== value && await readPrimary() === truth) {
          this.#violations.push(`${key} was ${value} while nobody wrote, but is ${truth}`);
        }
      } catch (error) {
        this.#fail(error);
      }
    }
  }
}
