/**
 * What is measured: how each workload uses a client, and when a reply is right. `messages.ts` has what is published.
 *
 * The same code drives every client, on every runtime; it must not use anything that only one of them has.
 *
 * @module
 */

import {
  BIG_KEYS,
  BIG_VALUES,
  KEY_COUNT,
  KEYS,
  LIST_ITEMS,
  LIST_KEY,
  VALUE_LENGTH,
  VALUES,
} from "./data.ts";
import type { Adapter } from "./clients/adapter.ts";

/** Which of the servers a workload needs. */
export type ServerKind = "plain" | "tls" | "cluster";

/** What all workloads have. */
interface AnyWorkload {
  /** Name on the command line and in the table. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly about: string;
  /** The server that it runs on. */
  readonly server: ServerKind;
  /** The protocol that clients are told to speak, where it is not their own choice. */
  readonly protocol?: 2;
  /** Whether GET is answered from the client's memory where possible. */
  readonly cached?: true;
  /** How many of the keys somebody else writes in a second. */
  readonly writes?: number;
}

/** One way to use a client: requests, or messages that it is subscribed to. */
export type Workload = RequestWorkload | MessageWorkload;

/** Messages that clients receive. */
export interface MessageWorkload extends AnyWorkload {
  /** What is measured. */
  readonly measures: "messages";
  /** How many channels each subscriber is subscribed to. */
  readonly channels: number;
  /** How many clients subscribe, each on a connection of its own, all in the same process. */
  readonly subscribers: number;
}

/** Requests that one client sends. */
export interface RequestWorkload extends AnyWorkload {
  /** What is measured. */
  readonly measures: "requests";
  /** How many requests are under way at a time. */
  readonly inFlight: number;
  /** Whether all of them are sent at once and awaited together, instead of each making room for the next. */
  readonly burst: boolean;
  /** Sends the n-th request. */
  send(client: Adapter, n: number): Promise<unknown>;
  /** Tells whether the reply to the n-th request is what it has to be. */
  isRight(reply: unknown, n: number): boolean;
  /** Looks, at the end, whether the server has what was written. */
  verify?(client: Adapter): Promise<boolean>;
}

/** One request in so many is a SET. */
const SET_EVERY = 5;

/** Replies of many parts are compared in full only so often: the comparison must not be what is measured. */
const COMPARE_FULLY_EVERY = 16;

const PICKS = 65_536;
/** Which key the n-th request is for: random, and the same for all clients. */
const picks = new Uint16Array(PICKS);
{
  let state = 42;
  for (let i = 0; i < PICKS; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    picks[i] = state % KEY_COUNT;
  }
}

/**
 * The key of the n-th small request.
 *
 * @param n Number of the request.
 * @returns Its place in `KEYS`.
 */
export function pick(n: number): number {
  return picks[n % PICKS];
}

/**
 * Tells whether the n-th small request is a SET; else it is a GET.
 *
 * @param n Number of the request.
 * @returns True for one in five.
 */
export function isSet(n: number): boolean {
  return n % SET_EVERY === 0;
}

const getsAndSets: Pick<RequestWorkload, "send" | "isRight"> = {
  send(client, n) {
    const i = pick(n);
    return isSet(n) ? client.set(KEYS[i], VALUES[i]) : client.get(KEYS[i]);
  },
  isRight(reply, n) {
    return reply === (isSet(n) ? "OK" : VALUES[pick(n)]);
  },
};

const get1MiB: Pick<RequestWorkload, "send" | "isRight"> = {
  send: (client, n) => client.get(BIG_KEYS[n % BIG_KEYS.length]),
  isRight: (reply, n) => isBigValue(reply, n, n % COMPARE_FULLY_EVERY < BIG_KEYS.length),
};

const set1MiB: Pick<RequestWorkload, "send" | "isRight" | "verify"> = {
  send(client, n) {
    const i = n % BIG_KEYS.length;
    return client.set(BIG_KEYS[i], BIG_VALUES[i]);
  },
  isRight: (reply) => reply === "OK",
  async verify(client) {
    const values = await Promise.all(BIG_KEYS.map((key) => client.get(key)));
    return values.every((value, i) => isBigValue(value, i, true));
  },
};

const lrange1000: Pick<RequestWorkload, "send" | "isRight"> = {
  send: (client) => client.lrange(LIST_KEY, 0, LIST_ITEMS.length - 1),
  isRight: (reply, n) => isRightArray(reply, LIST_ITEMS, n),
};

const GROUPS = 64;
/** The keys of an MGET with their values; made before, as no client should be measured with it. */
const groups = Array.from({ length: GROUPS }, (_, group) => {
  const members = Array.from({ length: 100 }, (_, i) => pick(group * 100 + i));
  return { keys: members.map((i) => KEYS[i]), values: members.map((i) => VALUES[i]) };
});

/**
 * The keys of the n-th MGET.
 *
 * @param n Number of the request.
 * @returns A hundred keys.
 */
export function mgetKeys(n: number): string[] {
  return groups[n % GROUPS].keys;
}

const mget100: Pick<RequestWorkload, "send" | "isRight"> = {
  send: (client, n) => client.mget(mgetKeys(n)),
  isRight: (reply, n) => isRightArray(reply, groups[n % GROUPS].values, n),
};

/** One read in so many is a miss: of a key that was never read before, and does not exist. */
const MISS_EVERY = 10;

const cachedGets: Pick<RequestWorkload, "send" | "isRight"> = {
  send: (client, n) => client.get(n % MISS_EVERY === 0 ? `absent:${misses++}` : KEYS[pick(n)]),
  isRight: (reply, n) => reply === (n % MISS_EVERY === 0 ? null : VALUES[pick(n)]),
};
let misses = 0;

const plain = { measures: "requests", server: "plain", burst: false } as const;

const pubsub = { measures: "messages", server: "plain" } as const;

/** All workloads, in the order of the table. */
export const WORKLOADS: readonly Workload[] = [
  { ...plain, ...getsAndSets, name: "seq", inFlight: 1, about: "one request at a time" },
  { ...plain, ...getsAndSets, name: "c10", inFlight: 10, about: "10 concurrent loops" },
  { ...plain, ...getsAndSets, name: "c100", inFlight: 100, about: "100 concurrent loops" },
  { ...plain, ...getsAndSets, name: "c1000", inFlight: 1000, about: "1000 concurrent loops" },
  {
    ...plain,
    ...getsAndSets,
    name: "burst1000",
    inFlight: 1000,
    burst: true,
    about: "1000 requests at once, awaited together",
  },
  { ...plain, ...get1MiB, name: "get1MiB", inFlight: 4, about: "GET of 1 MiB, 4 in flight" },
  { ...plain, ...set1MiB, name: "set1MiB", inFlight: 4, about: "SET of 1 MiB, 4 in flight" },
  {
    ...plain,
    ...lrange1000,
    name: "lrange1000",
    inFlight: 10,
    about: "LRANGE of 1000 short strings, 10 in flight",
  },
  { ...plain, ...mget100, name: "mget100", inFlight: 10, about: "MGET of 100 keys, 10 in flight" },
  {
    ...plain,
    ...getsAndSets,
    name: "tls-c100",
    server: "tls",
    inFlight: 100,
    about: "c100 over TLS",
  },
  {
    ...plain,
    ...getsAndSets,
    name: "resp2-c100",
    protocol: 2,
    inFlight: 100,
    about: "c100 in RESP2",
  },
  {
    ...plain,
    ...cachedGets,
    name: "cached-get",
    cached: true,
    writes: 1000,
    inFlight: 100,
    about:
      "GET with client-side caching, 90 % hits, 10 000 keys, 1000 written a second by another client",
  },
  {
    ...plain,
    ...getsAndSets,
    name: "cluster-c100",
    server: "cluster",
    inFlight: 100,
    about: "c100 on 3 primaries",
  },
  {
    ...plain,
    ...mget100,
    name: "cluster-mget100",
    server: "cluster",
    inFlight: 10,
    about: "100 keys of all slots on 3 primaries, 10 in flight",
  },
  {
    ...pubsub,
    name: "pubsub-1-1",
    channels: 1,
    subscribers: 1,
    about: "messages of 1 channel for 1 subscriber",
  },
  {
    ...pubsub,
    name: "pubsub-100-1",
    channels: 100,
    subscribers: 1,
    about: "messages of 100 channels for 1 subscriber",
  },
  {
    ...pubsub,
    name: "pubsub-1-10",
    channels: 1,
    subscribers: 10,
    about: "messages of 1 channel for each of 10 subscribers",
  },
  {
    ...pubsub,
    name: "pubsub-100-10",
    channels: 100,
    subscribers: 10,
    about: "messages of 100 channels for each of 10 subscribers",
  },
];

/**
 * The workload of a name.
 *
 * @param name The name, such as `"c100"`.
 * @returns The workload.
 * @throws {RangeError} If there is none.
 */
export function workloadNamed(name: string): Workload {
  const workload = WORKLOADS.find((workload) => workload.name === name);
  if (!workload) throw new RangeError(`Cannot find the workload "${name}"`);
  return workload;
}

/**
 * The workloads of a name on the command line.
 *
 * @param name The name of one, or what the names of several begin with: `"pubsub"`.
 * @returns The workloads.
 * @throws {RangeError} If there is none.
 */
export function workloadsNamed(name: string): Workload[] {
  const workloads = WORKLOADS.filter((workload) =>
    workload.name === name || workload.name.startsWith(`${name}-`)
  );
  return workloads.length > 0 ? workloads : [workloadNamed(name)];
}

function isBigValue(reply: unknown, n: number, fully: boolean): boolean {
  const value = BIG_VALUES[n % BIG_VALUES.length];
  if (typeof reply !== "string" || reply.length !== value.length) return false;
  if (fully) return reply === value;
  const middle = (n * VALUE_LENGTH) % value.length;
  return [0, middle, value.length - 1].every((i) => reply.charCodeAt(i) === value.charCodeAt(i));
}

function isRightArray(reply: unknown, values: readonly string[], n: number): boolean {
  if (!Array.isArray(reply) || reply.length !== values.length) return false;
  if (n % COMPARE_FULLY_EVERY === 0) return values.every((value, i) => reply[i] === value);
  const last = values.length - 1;
  const other = n % values.length;
  return reply[0] === values[0] && reply[last] === values[last] && reply[other] === values[other];
}
