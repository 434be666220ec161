/**
 * What a server tells about itself and the connection during the handshake.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";

/** The result of a handshake. What the server does not tell is undefined. */
export interface Greeting {
  /** The protocol of the connection. */
  readonly protocol: 2 | 3;
  /** The server's number of the connection (CLIENT ID). */
  readonly clientId?: number;
  /** Role of the node at the time of the handshake; not told in RESP2. */
  readonly role?: "primary" | "replica";
  /** Availability zone of the node. */
  readonly availabilityZone?: string;
  /** Name of the server software, `redis` or `valkey`; not told in RESP2. */
  readonly server?: string;
  /** Version of the server software; not told in RESP2. */
  readonly version?: string;
}

/**
 * Reads the reply to HELLO 3.
 *
 * @param reply The reply; servers differ in the fields that they send.
 * @returns The greeting.
 */
export function greetingIn(reply: Reply): Greeting {
  const field = (name: string): unknown => reply instanceof Map ? reply.get(name) : undefined;
  const role = field("role");
  const zone = field("availability_zone");
  const server = field("server");
  const version = field("version");
  return {
    protocol: 3,
    clientId: clientIdIn(field("id")),
    role: role === "master" ? "primary" : role === "replica" ? "replica" : undefined,
    availabilityZone: typeof zone === "string" && zone !== "" ? zone : undefined,
    server: typeof server === "string" ? server : undefined,
    version: typeof version === "string" ? version : undefined,
  };
}

/**
 * Reads the reply to CLIENT ID.
 *
 * @param reply The reply.
 * @returns The number of the connection; undefined if the server does not tell it.
 */
export function clientIdIn(reply: unknown): number | undefined {
  return typeof reply === "number" ? reply : undefined;
}

/**
 * Finds the availability zone of a node.
 *
 * @param info Reply to INFO of section `server`.
 * @returns The zone; undefined if none is configured, or the server does not know zones.
 */
export function zoneIn(info: Reply): string | undefined {
  return /^availability_zone:([^\r\n]+)\r?$/m.exec(String(info))?.[1];
}
