/**
 * The addresses at which to connect to a node: its announced address, its host name, or what `addressMap` returns.
 *
 * @module
 */

import { type Endpoint, show, type TlsSettings } from "../lib/connection/transport.ts";
import { ConfigurationError } from "../lib/errors.ts";
import type { ClusterNode } from "./topology.ts";

/** Translates announced addresses. It is the user's function, so its result is checked. */
export type AddressMap = (host: string, port: number) => Endpoint;

/**
 * The addresses at which to try to reach a node, in order.
 *
 * Certificates are made out to names, so under TLS the name that a node announces comes first. It may be one that only
 * others can resolve, so the preferred endpoint follows.
 *
 * @param node The node.
 * @param addressMap Translates the preferred endpoint; its result is the only address then.
 * @param tls TLS settings; undefined for plain TCP.
 * @returns At least one address.
 * @throws {ConfigurationError} If `addressMap` throws, or answers anything but an address.
 */
export function addressesOf(
  { host, port, hostname }: ClusterNode,
  addressMap: AddressMap | undefined,
  tls: TlsSettings | undefined,
): Endpoint[] {
  if (addressMap !== undefined) return [mapAddress(addressMap, host, port)];
  const named = tls !== undefined && tls.serverName === undefined &&
    tls.unsafelyDisableHostnameVerification !== true && hostname !== undefined && hostname !== host;
  return named ? [{ host: hostname, port }, { host, port }] : [{ host, port }];
}

function mapAddress(addressMap: AddressMap, host: string, port: number): Endpoint {
  const refuse = (problem: string, cause?: unknown): never => {
    throw new ConfigurationError(
      `Cannot reach node ${show({ host, port })}: option "addressMap" ${problem}`,
      "addressMap",
      { cause },
    );
  };
  let address: unknown;
  try {
    address = addressMap(host, port);
  } catch (cause) {
    refuse("throws", cause);
  }
  if (address instanceof Promise) {
    // The promise is not used, and without a handler its rejection would end the process.
    address.catch(() => {});
    refuse("returned a promise, expected { host, port }; it must not be async");
  }
  const { host: to, port: at } = (address ?? {}) as { host?: unknown; port?: unknown };
  if (typeof to !== "string" || to === "") refuse("returned no host, expected { host, port }");
  if (!Number.isInteger(at) || (at as number) < 1 || (at as number) > 65_535) {
    refuse("returned no port from 1 to 65535, expected { host, port }");
  }
  return { host: to as string, port: at as number };
}
