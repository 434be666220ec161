/**
 * Checks the options of the clients and fills in their defaults.
 *
 * @module
 */

import { Dials } from "../connection/dials.ts";
import { PeerNotes } from "../connection/peer_notes.ts";
import { Tally } from "../connection/tally.ts";
import type { Backoff, LinkSettings } from "../connection/settings.ts";
import type { Endpoint } from "../connection/transport.ts";
import { check, flag, integer, isObject, known, MAX_MS, real, time, timeOrOff } from "./_check.ts";
import { accessOf, addressMapOf, sentinelOf, type SentinelSettings } from "./access.ts";
import type { AddressMap } from "./address_map.ts";
import {
  type BackoffStrategy,
  type CacheOptions,
  type ClusterClientConfiguration,
  DEFAULT_PORT,
  ReadFrom,
  type RedisClientConfiguration,
} from "./options.ts";
import type { TelemetryOptions } from "./telemetry.ts";
import { configurationOf, type UrlOptions } from "./url.ts";

/** A checked and complete configuration. */
export interface Settings {
  readonly addresses: readonly Endpoint[];
  readonly readFrom: ReadFrom;
  readonly clientAz: string | undefined;
  readonly clientCreationTimeout: number;
  readonly requestTimeout: number;
  readonly blockingConnections: number;
  readonly inflightRequestsLimit: number;
  readonly lazyConnect: boolean;
  readonly periodicTopologyCheck: number;
  readonly addressMap: AddressMap | undefined;
  /** Undefined if telemetry is off. */
  readonly telemetry: TelemetrySettings | undefined;
  readonly cache: { readonly maxBytes: number; readonly maxTtl: number };
  readonly link: LinkSettings;
  /** How to find the nodes by Sentinel; there are no addresses then. */
  readonly sentinel: SentinelSettings | undefined;
}

/** Checked options of telemetry. */
export type TelemetrySettings =
  & Required<Omit<TelemetryOptions, "tracerProvider" | "meterProvider">>
  & Pick<TelemetryOptions, "tracerProvider" | "meterProvider">;

const BASE_OPTIONS = [
  "addresses",
  "credentials",
  "useTls",
  "tls",
  "readFrom",
  "clientAz",
  "clientCreationTimeout",
  "requestTimeout",
  "reconnectStrategy",
  "protocol",
  "databaseId",
  "clientName",
  "clientInfo",
  "blockingConnections",
  "inflightRequestsLimit",
  "lazyConnect",
  "periodicTopologyCheck",
  "keepAlive",
  "telemetry",
  "cache",
];

/**
 * Checks a configuration and fills in the defaults.
 *
 * @param configuration Options, or a URL.
 * @param client Which client it is for.
 * @param options Options besides a URL.
 * @returns The settings.
 * @throws {ConfigurationError} If an option is bad; it names the option.
 */
export function settingsOf(
  configuration: RedisClientConfiguration | ClusterClientConfiguration | string | URL,
  client: "standalone" | "cluster",
  options?: UrlOptions<RedisClientConfiguration | ClusterClientConfiguration>,
): Settings {
  const given: RedisClientConfiguration & Pick<ClusterClientConfiguration, "addressMap"> =
    configurationOf(configuration, options);
  check(isObject(given), "addresses", "expected an object of options or a URL");
  known(given, [...BASE_OPTIONS, client === "cluster" ? "addressMap" : "sentinel"], "");

  const clientCreationTimeout = time(given.clientCreationTimeout, 2500, "clientCreationTimeout");
  const limits = {
    backoff: backoffOf(given.reconnectStrategy === undefined ? {} : given.reconnectStrategy),
    attemptTimeout: clientCreationTimeout,
  };
  const { addresses, ...access } = accessOf(given, {
    port: DEFAULT_PORT,
    prefix: "",
    sockets: client === "standalone",
    found: given.sentinel !== undefined,
    limits,
  });
  const readFrom = readFromOf(given.readFrom);
  const link: LinkSettings = {
    protocol: protocolOf(given.protocol),
    ...access,
    clientName: clientNameOf(given.clientName),
    databaseId: integer(given.databaseId, 0, 0, 2 ** 31 - 1, "databaseId"),
    readOnly: false,
    clientInfo: given.clientInfo === undefined || flag(given.clientInfo, "clientInfo"),
    availabilityZone: usesZones(readFrom),
    ...limits,
    keepAlive: timeOrOff(given.keepAlive, 30_000, "keepAlive"),
    peers: new PeerNotes(),
    dials: new Dials(),
    tally: new Tally(),
  };
  return {
    addresses,
    readFrom,
    clientAz: clientAzOf(given.clientAz, readFrom),
    clientCreationTimeout,
    requestTimeout: time(given.requestTimeout, 250, "requestTimeout"),
    blockingConnections: integer(given.blockingConnections, 0, 0, 1000, "blockingConnections"),
    inflightRequestsLimit: integer(
      given.inflightRequestsLimit,
      100_000,
      1,
      Number.MAX_SAFE_INTEGER,
      "inflightRequestsLimit",
    ),
    lazyConnect: flag(given.lazyConnect, "lazyConnect"),
    periodicTopologyCheck: timeOrOff(given.periodicTopologyCheck, 60_000, "periodicTopologyCheck"),
    addressMap: addressMapOf(given.addressMap, ""),
    telemetry: telemetryOf(given.telemetry),
    cache: cacheOf(given.cache),
    link,
    sentinel: sentinelOf(given.sentinel, link),
  };
}

function readFromOf(readFrom: unknown): ReadFrom {
  if (readFrom === undefined) return "primary";
  const values: unknown[] = Object.values(ReadFrom);
  check(
    values.includes(readFrom),
    "readFrom",
    `expected ${values.map((value) => JSON.stringify(value)).join(", ")}`,
  );
  return readFrom as ReadFrom;
}

/** Whether reads go to nodes by their zones. */
function usesZones(readFrom: ReadFrom): boolean {
  return readFrom === "azAffinity" || readFrom === "azAffinityReplicasAndPrimary";
}

function clientAzOf(zone: unknown, readFrom: ReadFrom): string | undefined {
  if (zone === undefined) {
    check(!usesZones(readFrom), "clientAz", `readFrom "${readFrom}" requires it`);
    return undefined;
  }
  check(typeof zone === "string" && zone !== "", "clientAz", "expected a string that is not empty");
  check(
    usesZones(readFrom),
    "clientAz",
    'it requires readFrom to be "azAffinity" or "azAffinityReplicasAndPrimary"',
  );
  return zone;
}

function cacheOf(cache: unknown): Settings["cache"] {
  const given = cache === undefined ? {} : cache;
  check(isObject(given), "cache", "expected { maxBytes, maxTtl }");
  known(given, ["maxBytes", "maxTtl"], "cache.");
  const { maxBytes, maxTtl } = given as CacheOptions;
  return {
    maxBytes: integer(maxBytes, 64 * 1024 * 1024, 1, Number.MAX_SAFE_INTEGER, "cache.maxBytes"),
    maxTtl: time(maxTtl, 60_000, "cache.maxTtl"),
  };
}

function clientNameOf(name: unknown): string | undefined {
  if (name === undefined) return undefined;
  check(
    typeof name === "string" && /^[!-~]+$/.test(name),
    "clientName",
    "expected printable ASCII characters without spaces",
  );
  return name;
}

function protocolOf(protocol: unknown): 2 | 3 {
  const value = protocol === undefined ? 3 : protocol;
  check(value === 2 || value === 3, "protocol", "expected 2 or 3");
  return value;
}

function telemetryOf(telemetry: unknown): TelemetrySettings | undefined {
  if (telemetry === undefined) return undefined;
  check(isObject(telemetry), "telemetry", "expected an object");
  known(telemetry, [
    "traces",
    "metrics",
    "tracerProvider",
    "meterProvider",
    "requireParent",
    "queryText",
  ], "telemetry.");
  const { traces, metrics, tracerProvider, meterProvider, requireParent, queryText } =
    telemetry as TelemetryOptions;
  return {
    traces: flag(traces, "telemetry.traces", { fallback: true }),
    metrics: flag(metrics, "telemetry.metrics"),
    tracerProvider: provider(tracerProvider, "getTracer", "telemetry.tracerProvider"),
    meterProvider: provider(meterProvider, "getMeter", "telemetry.meterProvider"),
    requireParent: flag(requireParent, "telemetry.requireParent", { fallback: true }),
    queryText: flag(queryText, "telemetry.queryText"),
  };
}

/** Checks a provider, which may be a class with static methods. */
function provider<P>(given: P | undefined, method: keyof P & string, name: string): P | undefined {
  check(
    given === undefined ||
      (typeof given === "object" || typeof given === "function") &&
        typeof given?.[method] === "function",
    name,
    `expected an object with the method ${method}`,
  );
  return given;
}

function backoffOf(strategy: unknown): Backoff {
  const name = "reconnectStrategy";
  check(isObject(strategy), name, "expected an object");
  const retryNames = ["multiplier", "minTimeout", "maxTimeout", "jitter"];
  if (retryNames.some((key) => key in strategy)) {
    known(strategy, retryNames, `${name}.`);
    const given = strategy as Partial<Backoff>;
    const { multiplier = 2, minTimeout = 10, maxTimeout = 3000, jitter = 1 } = given;
    real(multiplier, 1, 1e6, `${name}.multiplier`);
    real(minTimeout, 0, MAX_MS, `${name}.minTimeout`);
    real(maxTimeout, 1, MAX_MS, `${name}.maxTimeout`);
    real(jitter, 0, 1, `${name}.jitter`);
    check(
      minTimeout <= maxTimeout || given.minTimeout === undefined || given.maxTimeout === undefined,
      `${name}.minTimeout`,
      "expected no more than maxTimeout",
    );
    // The default of one limit is adapted to the other limit.
    return given.maxTimeout === undefined
      ? { multiplier, minTimeout, maxTimeout: Math.max(minTimeout, maxTimeout), jitter }
      : { multiplier, minTimeout: Math.min(minTimeout, maxTimeout), maxTimeout, jitter };
  }
  known(strategy, ["numOfRetries", "factor", "exponentBase", "maxDelay"], `${name}.`);
  const given = strategy as BackoffStrategy;
  const n = integer(given.numOfRetries, 16, 0, 1e6, `${name}.numOfRetries`);
  const { factor = 10, exponentBase = 2, maxDelay = 3000 } = given;
  real(factor, 1, MAX_MS, `${name}.factor`);
  real(exponentBase, 1, 1e6, `${name}.exponentBase`);
  real(maxDelay, 1, MAX_MS, `${name}.maxDelay`);
  // The wait does not grow any more once N has reached numOfRetries, so this is the longest wait.
  const maxTimeout = Math.min(maxDelay, factor * exponentBase ** n);
  const minTimeout = Math.min(factor, maxTimeout);
  return { multiplier: exponentBase, minTimeout, maxTimeout, jitter: 1 };
}
