/**
 * Reads the options of a client from a URL.
 *
 * @module
 */

import { badOption, check } from "./_check.ts";
import { DEFAULT_PORT, type RedisClientConfiguration } from "./options.ts";

/**
 * Reads a URL: `redis://`, `rediss://`, `valkey://` or `valkeys://`, then `[user[:password]@]host[:port][/database]`.
 *
 * @param url The URL. User and password are percent-encoded, an IPv6 address is in brackets.
 * @returns The options.
 * @throws {ConfigurationError} If it has another form.
 */
export function configurationOfUrl(url: string | URL): RedisClientConfiguration {
  // The text of a URL may hold a password, so no message repeats it.
  check(URL.canParse(url), "url", "expected a URL such as redis://localhost:6379");
  const { protocol, username, password, hostname, port, pathname, search, hash } = new URL(url);
  const tls = protocol === "rediss:" || protocol === "valkeys:";
  check(
    tls || protocol === "redis:" || protocol === "valkey:",
    "url",
    "expected redis://, rediss://, valkey:// or valkeys://",
  );
  check(hostname !== "", "url", "expected a host");
  check(search === "" && hash === "", "url", "expected no query and no fragment: pass an object");
  const database = pathname.replace(/^\//, "");
  check(/^\d*$/.test(database), "url", "expected the number of a database as its path");
  check(username === "" || password !== "", "url", "expected a password behind the user name");
  const configuration: RedisClientConfiguration = {
    addresses: [{
      host: decode(hostname).replace(/^\[(.*)\]$/, "$1"),
      port: port === "" ? DEFAULT_PORT : Number(port),
    }],
    useTls: tls,
  };
  if (password !== "") {
    configuration.credentials = { password: decode(password) };
    if (username !== "") configuration.credentials.username = decode(username);
  }
  if (database !== "") configuration.databaseId = Number(database);
  return configuration;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw badOption("url", "malformed percent-encoding", { cause });
  }
}
