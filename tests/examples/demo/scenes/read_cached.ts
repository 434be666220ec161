/**
 * Scene: the catalogue is read from the client's memory, until somebody changes something.
 *
 * @module
 */

import type { RedisClient } from "../../../../mod.ts";
import type { TestServer } from "../../../../lib/testing/mod.ts";
import type { Product } from "../catalogue.ts";
import { count, counted, duration, percent, rate } from "../number_text.ts";
import { readCatalogue } from "../read_catalogue.ts";
import type { Stage, Verdict } from "../scene.ts";
import { callsOf, resetCounters } from "../server_counters.ts";

/** What came of it. */
export interface CachedFigures {
  readonly reads: number;
  /** Milliseconds that they took: from the server, for the cache, and from the cache. */
  readonly elapsed: { readonly server: number; readonly filling: number; readonly cache: number };
  /** Products that were missing, or not as they had been stored. */
  readonly wrong: number;
  /** Reads of the last round that were answered from memory. */
  readonly hits: number;
  /** Reads that the server has counted in that round. */
  readonly asked: number;
  /** Milliseconds from the answer to a write of another client until the cached view had the new value. */
  readonly notice: number;
  /** Bytes that the cache takes. */
  readonly bytes: number;
}

/** A key that another client changes. */
const OFFER = "offer-of-the-day";

/**
 * Reads the catalogue three times, and then sees a change of another client.
 *
 * @param stage Where the demo runs.
 * @param client A client of the primary.
 * @param writer Another client.
 * @param primary The primary.
 * @param products The catalogue.
 */
export async function readCached(
  { terminal }: Stage,
  client: RedisClient,
  writer: RedisClient,
  primary: TestServer,
  products: readonly Product[],
): Promise<CachedFigures> {
  terminal.heading("Read it from memory (client.cached)");
  const measure = async (reader: RedisClient): Promise<{ elapsed: number; wrong: number }> => {
    const started = performance.now();
    const wrong = await readCatalogue(reader, products);
    return { elapsed: performance.now() - started, wrong };
  };
  const fromServer = await measure(client);
  const filling = await measure(client.cached);
  await resetCounters([primary]);
  const before = client.cacheStatistics.hits;
  const fromCache = await measure(client.cached);
  const hits = client.cacheStatistics.hits - before;
  const asked = await callsOf(primary, "hgetall");
  const { bytes } = client.cacheStatistics;
  terminal.table(
    ["round", "time", "speed"],
    ([["from the server", fromServer], ["for the cache", filling], [
      "from the cache",
      fromCache,
    ]] as const)
      .map(([round, { elapsed }]) => [round, duration(elapsed), rate(products.length, elapsed)]),
  );
  terminal.say(
    `${counted(hits, "hit")}, ${percent(hits, products.length)}; ${
      count(bytes / 1024)
    } KiB are kept.`,
  );

  await writer.set(OFFER, "a kettle");
  await client.cached.get(OFFER);
  await writer.set(OFFER, "a teapot");
  const written = performance.now();
  while (await client.cached.get(OFFER) !== "a teapot") await new Promise((go) => setTimeout(go));
  const notice = performance.now() - written;
  await writer.del(OFFER);
  terminal.say(
    `Another client changed a key: the cached view had the new value after ${duration(notice)}.`,
  );
  return {
    reads: products.length,
    elapsed: { server: fromServer.elapsed, filling: filling.elapsed, cache: fromCache.elapsed },
    wrong: fromServer.wrong + filling.wrong + fromCache.wrong,
    hits,
    asked,
    notice,
    bytes,
  };
}

/**
 * Says what had to hold.
 *
 * @param figures What came of the scene.
 */
export function judgeCached(figures: CachedFigures): Verdict {
  const { reads, elapsed, wrong, hits, asked, notice } = figures;
  return {
    title: "Read from memory",
    facts: [
      ["From the server", `${duration(elapsed.server)}, ${rate(reads, elapsed.server)}`],
      ["From the cache", `${duration(elapsed.cache)}, ${rate(reads, elapsed.cache)}`],
      ["A change of another client was seen after", duration(notice)],
    ],
    checks: [
      {
        claim: `All ${count(reads)} products were right, three times`,
        held: reads > 0 && wrong === 0,
      },
      { claim: "The server was not asked for them any more", held: hits === reads && asked === 0 },
      { claim: "The change was seen within two seconds", held: notice < 2000 },
    ],
  };
}
