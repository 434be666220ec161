/**
 * Reads the options of a client from a URL.
 *
 * @module
 */

import { badOption, check, isObject } from "./_check.ts";
import { DEFAULT_PORT, type RedisClientConfiguration, type RedisCredentials } from "./options.ts";

/** `unix://[user[:password]@]/path[?db=database]`. */
const SOCKET = /^(?:redis\+)?unix:\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?(\/[^?#]+)(?:\?db=(\d+))?$/i;

/** Options that may be given besides a URL: all but those that only the URL gives. */
export type UrlOptions<C> = C extends unknown ? Omit<C, "addresses" | "sentinel" | "useTls">
  : never;

/**
 * Makes the options of a client from what `create()` takes.
 *
 * @param configuration Options, or a URL.
 * @param options Options besides a URL. They must not contain what the URL gives.
 * @returns The options.
 * @throws {ConfigurationError} If the URL has a wrong form, an option is given twice, or options follow options.
 */
export function configurationOf<C extends object>(
  configuration: C | string | URL,
  options?: object,
): C | RedisClientConfiguration {
  if (typeof configuration !== "string" && !(configuration instanceof URL)) {
    check(options === undefined, "options", "expected one object of options, or a URL before them");
    return configuration;
  }
  const given = configurationOfUrl(configuration);
  if (options === undefined) return given;
  check(isObject(options), "options", "expected an object");
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    check(
      !(name in given) && name !== "useTls" && name !== "sentinel",
      name,
      name === "useTls"
        ? "the URL says it; begin it with rediss:// for TLS"
        : "the URL says where to connect and how to log in",
    );
  }
  return { ...options, ...given };
}

/**
 * Reads a URL: `redis://`, `rediss://`, `valkey://` or `valkeys://`, then `[user[:password]@]host[:port][/database]`; or
 * `unix://` or `redis+unix://`, then `[user[:password]@]/path[?db=database]`.
 *
 * @param url The URL. User and password are percent-encoded, an IPv6 address is in brackets.
 * @returns The options.
 * @throws {ConfigurationError} If it has another form.
 */
export function configurationOfUrl(url: string | URL): RedisClientConfiguration {
  // The text of a URL may hold a password, so no message repeats it.
  if (/^(redis\+)?unix:/i.test(String(url))) return configurationOfSocket(String(url));
  check(URL.canParse(url), "url", "expected a URL such as redis://localhost:6379");
  const { protocol, username, password, hostname, port, pathname, search, hash } = new URL(url);
  const tls = protocol === "rediss:" || protocol === "valkeys:";
  check(
    tls || protocol === "redis:" || protocol === "valkey:",
    "url",
    "expected redis://, rediss://, valkey://, valkeys://, unix:// or redis+unix://",
  );
  check(hostname !== "", "url", "expected a host");
  check(
    search === "" && hash === "",
    "url",
    "expected no query and no fragment; pass other options as create(url, options)",
  );
  const database = pathname.replace(/^\//, "");
  check(/^\d*$/.test(database), "url", "expected a database number as the path");
  check(username === "" || password !== "", "url", "expected a password after the user name");
  const configuration: RedisClientConfiguration = {
    addresses: [{
      host: decode(hostname).replace(/^\[(.*)\]$/, "$1"),
      port: port === "" ? DEFAULT_PORT : Number(port),
    }],
    useTls: tls,
  };
  if (password !== "") configuration.credentials = credentialsIn(username, password);
  if (database !== "") configuration.databaseId = Number(database);
  return configuration;
}

function configurationOfSocket(url: string): RedisClientConfiguration {
  const parts = SOCKET.exec(url);
  check(
    parts !== null,
    "url",
    "expected unix:// with an absolute path, such as unix:///run/redis.sock",
  );
  const [, username = "", password = "", path, database] = parts;
  check(username === "" || password !== "", "url", "expected a password after the user name");
  const configuration: RedisClientConfiguration = { addresses: [{ path: decode(path) }] };
  if (password !== "") configuration.credentials = credentialsIn(username, password);
  if (database !== undefined) configuration.databaseId = Number(database);
  return configuration;
}

function credentialsIn(username: string, password: string): RedisCredentials {
  const credentials: RedisCredentials = { password: decode(password) };
  if (username !== "") credentials.username = decode(username);
  return credentials;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw badOption("url", "malformed percent-encoding", { cause });
  }
}
