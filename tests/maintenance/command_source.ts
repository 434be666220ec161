/**
 * Reads what a server says about its commands, from the server itself or from a file.
 *
 * @module
 */

import { type CommandRow, rowsFromCommandReply } from "../../lib/command_table/mod.ts";
import { startServer } from "../../lib/testing/mod.ts";
import { RawConnection } from "./raw_connection.ts";

/** Which server said something. */
export interface ServerVersion {
  /** Which of the two kinds of server. */
  readonly product: "redis" | "valkey";
  /** Version numbers, the major one first. */
  readonly version: readonly number[];
}

/** What one server says about its commands. */
export interface CommandSource extends ServerVersion {
  /** A row per command. */
  readonly rows: CommandRow[];
}

/**
 * Reads one source.
 *
 * @param place `host:port` of a server that runs, path of a `.json` file with a COMMAND reply (its name tells the server:
 * `valkey-9.1.2.json`), or path of a server program, which is then started for a moment.
 */
export async function readSource(place: string): Promise<CommandSource> {
  if (place.endsWith(".json")) return await readFile(place);
  const address = /^(?<host>.+):(?<port>\d+)$/.exec(place)?.groups;
  if (address !== undefined) {
    return await askServer({ host: address.host, port: Number(address.port) });
  }
  await using server = await startServer({ binary: place });
  return await askServer(server);
}

/** Asks a running server. */
export async function askServer(address: { host: string; port: number }): Promise<CommandSource> {
  using connection = await RawConnection.open(address);
  const info = String(await connection.command("INFO", "server"));
  const valkey = /^valkey_version:(.+)$/m.exec(info);
  const redis = /^redis_version:(.+)$/m.exec(info);
  const version = (valkey ?? redis)?.[1].trim();
  if (version === undefined) throw new Error("Cannot tell the server's version: INFO has none");
  return {
    product: valkey === null ? "redis" : "valkey",
    version: numbersIn(version),
    rows: rowsFromCommandReply(await connection.command("COMMAND")),
  };
}

async function readFile(path: string): Promise<CommandSource> {
  const server = readServerVersion(path.slice(path.lastIndexOf("/") + 1));
  const reply = JSON.parse(
    await Deno.readTextFile(path),
    (_, value) => value?.constructor === Object ? new Map(Object.entries(value)) : value,
  );
  return { ...server, rows: rowsFromCommandReply(reply) };
}

/** Reads `redis 7.0.15`, or any text with such words in it. */
export function readServerVersion(text: string): ServerVersion {
  const parts = /(?<product>redis|valkey)[ -](?<version>\d+(?:\.\d+)*)/.exec(text)?.groups;
  if (parts === undefined) {
    throw new Error(`Cannot tell the server's version: "${text}" does not name it`);
  }
  return { product: parts.product as "redis" | "valkey", version: numbersIn(parts.version) };
}

/** Writes what {@linkcode readServerVersion} reads. */
export function printServerVersion({ product, version }: ServerVersion): string {
  return `${product} ${version.join(".")}`;
}

/** Orders servers by how much their word counts: Redis before Valkey, older before newer. */
export function compareServers(a: ServerVersion, b: ServerVersion): number {
  if (a.product !== b.product) return a.product === "redis" ? -1 : 1;
  return compareVersions(a.version, b.version);
}

/** Orders versions from old to new. */
function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersIn(version: string): number[] {
  return version.split(".").map(Number);
}
