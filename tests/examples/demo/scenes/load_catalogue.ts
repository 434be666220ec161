/**
 * Scene: a catalogue goes into a primary, as hashes, sets, lists, counters and a sorted set.
 *
 * @module
 */

import type { RedisClient } from "../../../../mod.ts";
import { BY_PRICE, groupBy, type Product, productFields, productKey } from "../catalogue.ts";
import { count, counted, duration, rate } from "../number_text.ts";
import type { Stage, Verdict } from "../scene.ts";

/** What came of it. */
export interface LoadFigures {
  readonly products: number;
  readonly requests: number;
  /** Milliseconds that the requests took. */
  readonly elapsed: number;
  /** Keys that there have to be, and those that there are. */
  readonly keys: { readonly wanted: number; readonly found: number };
  /** Replicas that had all of it when `WAIT` came back. */
  readonly replicas: number;
  /** Categories and brands whose sets, lists and counters were compared. */
  readonly groups: number;
  /** … and those among them that were not right. */
  readonly wrongGroups: number;
  /** Whether the sorted set names the same cheapest products as the catalogue. */
  readonly cheapestRight: boolean;
}

/** Products whose requests are under way at the same time. */
const AT_ONCE = 200;
const CHEAPEST = 3;
const REPLICAS = 2;

/**
 * Loads a catalogue and looks at what is there then.
 *
 * @param stage Where the demo runs.
 * @param client A client for an empty server.
 * @param products The catalogue.
 */
export async function loadCatalogue(
  { terminal }: Stage,
  client: RedisClient,
  products: readonly Product[],
): Promise<LoadFigures> {
  terminal.heading("Load a product catalogue");
  const started = performance.now();
  let requests = 0;
  {
    using progress = terminal.progress("Loading");
    for (let at = 0; at < products.length; at += AT_ONCE) {
      const chunk = products.slice(at, at + AT_ONCE);
      const replies = await Promise.all(chunk.flatMap((product) => store(client, product)));
      requests += replies.length;
      const loaded = at + chunk.length;
      progress.update(
        loaded / products.length,
        `${counted(loaded, "product")}, ${rate(requests, performance.now() - started)} requests`,
      );
    }
  }
  const elapsed = performance.now() - started;
  terminal.say(
    `${counted(products.length, "product")} in ${counted(requests, "request")}, ` +
      `${duration(elapsed)}: ${rate(requests, elapsed)} requests, each with its own await`,
  );
  const replicas = await client.wait(REPLICAS, 5000);
  const figures: LoadFigures = {
    products: products.length,
    requests,
    elapsed,
    keys: { wanted: keysOf(products), found: Number(await client.customCommand(["DBSIZE"])) },
    replicas,
    ...await compareGroups(client, products),
    cheapestRight: await compareCheapest(client, products),
  };
  await showSample(terminal, client, products);
  return figures;
}

/**
 * Says what had to hold.
 *
 * @param figures What came of the scene.
 */
export function judgeLoad(figures: LoadFigures): Verdict {
  const { products, requests, elapsed, keys, replicas, groups, wrongGroups } = figures;
  return {
    title: "Load a product catalogue",
    facts: [
      ["Products", count(products)],
      ["Requests", `${count(requests)} in ${duration(elapsed)}, ${rate(requests, elapsed)}`],
      ["Keys", count(keys.found)],
    ],
    checks: [
      { claim: `There are ${count(keys.wanted)} keys`, held: keys.found === keys.wanted },
      {
        claim: `Sets, lists and counters of ${groups} categories and brands are right`,
        held: groups > 0 && wrongGroups === 0,
      },
      { claim: "The sorted set knows the cheapest products", held: figures.cheapestRight },
      { claim: "Both replicas have all of it", held: replicas === REPLICAS },
    ],
  };
}

function store(client: RedisClient, product: Product): Promise<unknown>[] {
  const { id, category, brand, cents } = product;
  return [
    client.hset(productKey(product), productFields(product)),
    client.sadd(`category:${category}`, id),
    client.rpush(`brand:${brand}`, id),
    client.incr(`count:${category}`),
    client.customCommand(["ZADD", BY_PRICE, cents, id]),
  ];
}

function keysOf(products: readonly Product[]): number {
  const categories = groupBy(products, "category").size;
  return products.length + 2 * categories + groupBy(products, "brand").size + 1;
}

async function compareGroups(
  client: RedisClient,
  products: readonly Product[],
): Promise<{ groups: number; wrongGroups: number }> {
  const right = await Promise.all([
    ...[...groupBy(products, "category")].map(async ([category, { length }]) => {
      const members = await client.smembers(`category:${category}`);
      const counter = await client.get(`count:${category}`);
      return members.size === length && counter === String(length);
    }),
    ...[...groupBy(products, "brand")].map(async ([brand, group]) => {
      const ids = await client.lrange(`brand:${brand}`, 0, -1);
      // All went over one connection, so the lists are in the order of the calls.
      return ids.join() === group.map(({ id }) => id).join();
    }),
  ]);
  return { groups: right.length, wrongGroups: right.filter((isRight) => !isRight).length };
}

async function compareCheapest(
  client: RedisClient,
  products: readonly Product[],
): Promise<boolean> {
  const reply = await client.customCommand([
    ...["ZRANGE", BY_PRICE, 0, CHEAPEST - 1],
    "WITHSCORES",
  ]);
  // RESP3 answers pairs, RESP2 a flat list.
  const prices = (reply as unknown[]).flat().filter((_, i) => i % 2 === 1).map(Number);
  const wanted = products.map(({ cents }) => cents).sort((a, b) => a - b).slice(0, CHEAPEST);
  return prices.join() === wanted.join();
}

async function showSample(
  terminal: Stage["terminal"],
  client: RedisClient,
  products: readonly Product[],
): Promise<void> {
  const cheapest = await client.customCommand(["ZRANGE", BY_PRICE, 0, CHEAPEST - 1]) as string[];
  const rows = await Promise.all(cheapest.map(async (id) => {
    const { name, category, brand, cents, stock } = await client.hgetall(`product:${id}`);
    return [`product:${id}`, name, category, brand, (Number(cents) / 100).toFixed(2), stock];
  }));
  terminal.table(["the cheapest", "name", "category", "brand", "price", "stock"], rows);
  const sizes = [...groupBy(products, "category").keys()].sort().map(async (category) => {
    return `${category} ${count(await client.scard(`category:${category}`))}`;
  });
  terminal.say(`By category: ${(await Promise.all(sizes)).join(", ")}`);
}
