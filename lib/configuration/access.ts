/**
 * Checks the options for the access to servers: addresses, credentials, TLS; and those for sentinels.
 *
 * @module
 */

import { Credentials } from "../connection/credentials.ts";
import { PeerNotes } from "../connection/peer_notes.ts";
import type { LinkSettings } from "../connection/settings.ts";
import { Tally } from "../connection/tally.ts";
import { isServerName, tlsProblem } from "../connection/tls_check.ts";
import { TlsSource } from "../connection/tls_source.ts";
import { type Endpoint, isSocket, type TlsSettings } from "../connection/transport.ts";
import { badOption, check, flag, integer, isObject, known } from "./_check.ts";
import type { AddressMap } from "./address_map.ts";
import {
  type CredentialsProvider,
  DEFAULT_SENTINEL_PORT,
  type RedisCredentials,
  type TlsOptions,
  type TlsProvider,
} from "./options.ts";

/** Checked options for sentinels. */
export interface SentinelSettings {
  /** Name of the primary. */
  readonly name: string;
  readonly addresses: readonly Endpoint[];
  readonly addressMap: AddressMap | undefined;
  /** How to connect to sentinels. */
  readonly link: LinkSettings;
}

/** Where servers are, and what they want from a client. */
export interface Access extends Pick<LinkSettings, "credentials" | "tls" | "tlsSource"> {
  readonly addresses: readonly Endpoint[];
}

/** Options for the access to servers, and how they are checked. */
export interface AccessCheck {
  /** The port of an address without one. */
  readonly port: number;
  /** What comes before the names of the options, for messages. */
  readonly prefix: string;
  /** Whether the path of a Unix domain socket can be an address. */
  readonly sockets: boolean;
  /**
   * Whether sentinels tell the addresses.
   *
   * @default {false}
   */
  readonly found?: boolean;
  readonly limits: Pick<LinkSettings, "backoff" | "attemptTimeout">;
}

/** Checks the options for the access to servers of one kind. */
export function accessOf(
  given: { addresses?: unknown; credentials?: unknown; useTls?: unknown; tls?: unknown },
  { port, prefix, sockets, found, limits }: AccessCheck,
): Access {
  if (found) {
    check(given.addresses === undefined, "addresses", "it cannot be combined with sentinel");
  }
  const addresses = found ? [] : addressesOf(given.addresses, { port, prefix, sockets });
  const credentials = new Credentials(credentialsOf(given.credentials, prefix), limits);
  if (!flag(given.useTls, `${prefix}useTls`)) {
    check(given.tls === undefined, `${prefix}tls`, "it requires useTls to be true");
    return { addresses, credentials, tls: undefined };
  }
  const tls = typeof given.tls === "function" ? undefined : tlsOf(given.tls, prefix);
  for (const [i, { host }] of addresses.entries()) {
    const name = `${prefix}addresses[${i}]`;
    check(!isSocket(host), `${name}.path`, "a Unix domain socket requires useTls to be false");
    check(
      tls === undefined || tls.serverName !== undefined || isServerName(host),
      `${name}.host`,
      "TLS requires a DNS name in ASCII or an IP address without a zone, or the option tls.serverName",
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

/** Checks the options for sentinels. */
export function sentinelOf(given: unknown, link: LinkSettings): SentinelSettings | undefined {
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

/** Checks a function that translates addresses. */
export function addressMapOf(addressMap: unknown, prefix: string): AddressMap | undefined {
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
    // An instance of a class, such as a server of the test kit, may have more than an address.
    if (isPlain(address)) known(address, ["host", "port"], `${name}.`);
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
    "expected the path of a Unix domain socket",
  );
  return { host: isSocket(path) ? path : `./${path}`, port: 0 };
}

function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isHost(host: string): boolean {
  return host.includes(":")
    ? /^[\da-f.]*:[\da-f.]*:[\da-f.:]*(%[\w.-]+)?$/i.test(host)
    : /^[^\s[\]/@]+$/.test(host);
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
