/**
 * Checks the options of the clients and fills in their defaults.
 *
 * @module
 */

import { Dials } from "../connection/dials.ts";
import { PeerNotes } from "../connection/peer_notes.ts";
import { Tally } from "../connection/tally.ts";
import { Credentials } from "../connection/credentials.ts";
import type { Backoff, LinkSettings } from "../connection/settings.ts";
import { isServerName, tlsProblem } from "../connection/tls_check.ts";
import { TlsSource } from "../connection/tls_source.ts";
import { type Endpoint, isSocket, type TlsSettings } from "../connection/transport.ts";
import { badOption, check } from "./_check.ts";
import type { AddressMap } from "./address_map.ts";
import {
  type BackoffStrategy,
  type CacheOptions,
  type ClusterClientConfiguration,
  type CredentialsProvider,
  DEFAULT_PORT,
  DEFAULT_SENTINEL_PORT,
  ReadFrom,
  type RedisClientConfiguration,
  type RedisCredentials,
  type TlsOptions,
  type TlsProvider,
} from "./options.ts";
import type { TelemetryOptions } from "./telemetry.ts";
import { configurationOfUrl } from "./url.ts";

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

/** Checked options for sentinels. */
export interface SentinelSettings {
  /** Name of the primary. */
  readonly name: string;
  readonly addresses: readonly Endpoint[];
  readonly addressMap: AddressMap | undefined;
  /** How to connect to sentinels. */
  readonly link: LinkSettings;
}

/** Checked options of telemetry. */
export type TelemetrySettings =
  & Required<Omit<TelemetryOptions, "tracerProvider" | "meterProvider">>
  & Pick<TelemetryOptions, "tracerProvider" | "meterProvider">;

/** Longest time that a timer can measure. */
const MAX_MS = 2 ** 31 - 1;

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
 * @returns The settings.
 * @throws {ConfigurationError} If an option is bad; it names the option.
 */
export function settingsOf(
  configuration: RedisClientConfiguration | ClusterClientConfiguration | string | URL,
  client: "standalone" | "cluster",
): Settings {
  const given: RedisClientConfiguration & Pick<ClusterClientConfiguration, "addressMap"> =
    typeof configuration === "string" || configuration instanceof URL
      ? configurationOfUrl(configuration)
      : configuration;
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

/** Where servers are, and what they want from a client. */
interface Access extends Pick<LinkSettings, "credentials" | "tls" | "tlsSource"> {
  readonly addresses: readonly Endpoint[];
}

/** Options for the access to servers, and how they are checked. */
interface AccessCheck {
  /** The port of an address without one. */
  readonly port: number;
  /** What comes before the names of the options, for messages. */
  readonly prefix: string;
  /** Whether the path of a Unix domain socket can be an address. */
  readonly sockets: boolean;
  /** Whether sentinels tell the addresses. @default {false} */
  readonly found?: boolean;
  readonly limits: Pick<LinkSettings, "backoff" | "attemptTimeout">;
}

/** Checks the options for the access to servers of one kind. */
function accessOf(
  given: { addresses?: unknown; credentials?: unknown; useTls?: unknown; tls?: unknown },
  { port, prefix, sockets, found, limits }: AccessCheck,
): Access {
  if (found) check(given.addresses === undefined, "addresses", "expected none with sentinel");
  const addresses = found ? [] : addressesOf(given.addresses, { port, prefix, sockets });
  const credentials = new Credentials(credentialsOf(given.credentials, prefix), limits);
  if (!flag(given.useTls, `${prefix}useTls`)) {
    check(given.tls === undefined, `${prefix}tls`, "expected useTls to be true with it");
    return { addresses, credentials, tls: undefined };
  }
  const tls = typeof given.tls === "function" ? undefined : tlsOf(given.tls, prefix);
  for (const [i, { host }] of addresses.entries()) {
    const name = `${prefix}addresses[${i}]`;
    check(!isSocket(host), `${name}.path`, "expected useTls to be false with it");
    check(
      tls === undefined || tls.serverName !== undefined || isServerName(host),
      `${name}.host`,
      "expected a name that a certificate can hold (DNS name in ASCII, IP address without a zone), or tls.serverName with it",
    );
  }
  if (tls !== undefined) return { addresses, credentials, tls };
  const provider = given.tls as TlsProvider;
  const settingsOfResult = (result: unknown): TlsSettings => tlsOf(result, prefix);
  const tlsSource = new TlsSource(
    provider,
    settingsOfResult,
    Math.ceil(limits.attemptTimeout * 0.9),
  );
  return { addresses, credentials, tls: {}, tlsSource };
}

function sentinelOf(given: unknown, link: LinkSettings): SentinelSettings | undefined {
  if (given === undefined) return undefined;
  const prefix = "sentinel.";
  check(isObject(given), "sentinel", "expected { name, addresses }");
  known(given, ["name", "addresses", "credentials", "useTls", "tls", "addressMap"], prefix);
  const { name, addressMap } = given as { name?: unknown; addressMap?: unknown };
  check(typeof name === "string" && name !== "", "sentinel.name", "expected a string");
  const { addresses, ...access } = accessOf(given, {
    port: DEFAULT_SENTINEL_PORT,
    prefix,
    sockets: false,
    limits: link,
  });
  return {
    name,
    addresses,
    addressMap: addressMapOf(addressMap, prefix),
    link: {
      ...link,
      // None of those for the nodes, not even where there is none for sentinels.
      tlsSource: undefined,
      ...access,
      databaseId: 0,
      availabilityZone: false,
      peers: new PeerNotes(),
      tally: new Tally(),
    },
  };
}

function addressMapOf(addressMap: unknown, prefix: string): AddressMap | undefined {
  check(
    addressMap === undefined || typeof addressMap === "function",
    `${prefix}addressMap`,
    "expected a function",
  );
  return addressMap as AddressMap | undefined;
}

function addressesOf(
  addresses: unknown,
  { port: defaultPort, prefix, sockets }: Omit<AccessCheck, "limits">,
): Endpoint[] {
  const expected = sockets ? "{ host, port } or { path }" : "{ host, port }";
  check(
    Array.isArray(addresses) && addresses.length > 0,
    `${prefix}addresses`,
    `expected an array of at least one ${expected}`,
  );
  const endpoints = Array.from(addresses, (address: unknown, i) => {
    const name = `${prefix}addresses[${i}]`;
    check(isObject(address), name, `expected ${expected}`);
    if (sockets && "path" in address) return socketOf(address, name);
    known(address, ["host", "port"], `${name}.`);
    const { host: given, port } = address as { host?: unknown; port?: unknown };
    const host = typeof given === "string" ? given.replace(/^\[(.*:.*)\]$/, "$1") : "";
    check(isHost(host), `${name}.host`, "expected a host name or IP address, without a port");
    return { host, port: integer(port, defaultPort, 1, 65535, `${name}.port`) };
  });
  // An address that is given twice would look like two nodes with the same role.
  return endpoints.filter(({ host, port }, i) =>
    i === endpoints.findIndex((other) => other.host === host && other.port === port)
  );
}

/** The endpoint of a Unix domain socket. Its path takes the place of the host, which never has a slash. */
function socketOf(address: { path: unknown }, name: string): Endpoint {
  known(address, ["path"], `${name}.`);
  const { path } = address;
  check(
    typeof path === "string" && path !== "" && !path.includes("\0"),
    `${name}.path`,
    "expected the path of a socket",
  );
  return { host: isSocket(path) ? path : `./${path}`, port: 0 };
}

function isHost(host: string): boolean {
  return host.includes(":")
    ? /^[\da-f.]*:[\da-f.]*:[\da-f.:]*(%[\w.-]+)?$/i.test(host)
    : /^[^\s[\]/@]+$/.test(host);
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
    check(!usesZones(readFrom), "clientAz", `expected a zone with readFrom "${readFrom}"`);
    return undefined;
  }
  check(typeof zone === "string" && zone !== "", "clientAz", "expected a string that is not empty");
  check(
    usesZones(readFrom),
    "clientAz",
    'expected readFrom to be "azAffinity" or "azAffinityReplicasAndPrimary" with it',
  );
  return zone;
}

/**
 * Checks credentials.
 *
 * @param credentials What a caller gave.
 * @param prefix What comes before the name of the option, for messages.
 * @returns User and password, or the function that gives them; undefined if there are none.
 * @throws {ConfigurationError} If they are no credentials.
 */
export function credentialsOf(
  credentials: unknown,
  prefix: string,
): RedisCredentials | CredentialsProvider | undefined {
  if (credentials === undefined) return undefined;
  if (typeof credentials === "function") return credentials as CredentialsProvider;
  const name = `${prefix}credentials`;
  check(isObject(credentials), name, "expected { username, password } or a function");
  known(credentials, ["username", "password"], `${name}.`);
  const { username, password } = credentials as { username?: unknown; password?: unknown };
  check(typeof password === "string", `${name}.password`, "expected a string");
  check(
    username === undefined || typeof username === "string" && username !== "",
    `${name}.username`,
    "expected a string that is not empty",
  );
  return username === undefined ? { password } : { username, password };
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
    "expected printable ASCII characters without white space",
  );
  return name;
}

function protocolOf(protocol: unknown): 2 | 3 {
  const value = protocol === undefined ? 3 : protocol;
  check(value === 2 || value === 3, "protocol", "expected 2 or 3");
  return value;
}

function tlsOf(tls: unknown, prefix: string): TlsSettings {
  if (tls === undefined) return {};
  const name = `${prefix}tls`;
  check(isObject(tls), name, "expected an object or a function");
  known(tls, [
    "caCerts",
    "cert",
    "key",
    "serverName",
    "unsafelyDisableHostnameVerification",
  ], `${name}.`);
  const { caCerts, cert, key, serverName, unsafelyDisableHostnameVerification } = tls as TlsOptions;
  check(
    caCerts === undefined ||
      Array.isArray(caCerts) && caCerts.every((pem) => typeof pem === "string"),
    `${name}.caCerts`,
    "expected an array of PEM texts",
  );
  check(cert === undefined || typeof cert === "string", `${name}.cert`, "expected a PEM text");
  check(key === undefined || typeof key === "string", `${name}.key`, "expected a PEM text");
  check(
    (cert === undefined) === (key === undefined),
    cert ? `${name}.key` : `${name}.cert`,
    "expected cert and key together",
  );
  check(
    serverName === undefined || typeof serverName === "string" && serverName !== "",
    `${name}.serverName`,
    "expected a host name",
  );
  check(
    serverName === undefined || cert === undefined,
    `${name}.serverName`,
    "expected no client certificate with it: Deno takes the name from the address then",
  );
  const settings = {
    caCerts,
    cert,
    key,
    serverName,
    unsafelyDisableHostnameVerification: flag(
      unsafelyDisableHostnameVerification,
      `${name}.unsafelyDisableHostnameVerification`,
    ),
  };
  const found = tlsProblem(settings);
  if (found !== undefined) {
    const { option, problem, cause } = found;
    throw badOption(`${name}.${option}`, problem, cause === undefined ? undefined : { cause });
  }
  return settings;
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

function time(value: unknown, fallback: number, name: string): number {
  return real(value === undefined ? fallback : value, Number.MIN_VALUE, MAX_MS, name);
}

function timeOrOff(value: unknown, fallback: number, name: string): number {
  return real(value === undefined ? fallback : value, 0, MAX_MS, name);
}

function integer(value: unknown, fallback: number, min: number, max: number, name: string): number {
  const number = value === undefined ? fallback : value;
  check(
    Number.isInteger(number) && (number as number) >= min && (number as number) <= max,
    name,
    `expected an integer from ${min} to ${max}`,
  );
  return number as number;
}

function real(value: unknown, min: number, max: number, name: string): number {
  check(
    typeof value === "number" && value >= min && value <= max,
    name,
    min === Number.MIN_VALUE
      ? `expected a number above 0, up to ${max}`
      : `expected a number from ${min} to ${max}`,
  );
  return value;
}

function flag(value: unknown, name: string, { fallback = false } = {}): boolean {
  check(value === undefined || typeof value === "boolean", name, "expected a boolean");
  return value ?? fallback;
}

function known(given: object, names: readonly string[], prefix: string): void {
  for (const name of Object.keys(given)) {
    check(
      names.includes(name),
      `${prefix}${name}`,
      `there is no such option, only ${names.join(", ")}`,
    );
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
