/**
 * The addresses at which to connect to a node: its announced address, its host name, or what `addressMap` returns.
 *
 * @module
 */

import { type AddressMap, mapAddress } from "../lib/configuration/address_map.ts";
import type { Endpoint, TlsSettings } from "../lib/connection/transport.ts";
import type { ClusterNode } from "./topology.ts";

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
  if (addressMap !== undefined) return [mapAddress(addressMap, host, port, "addressMap")];
  const named = tls !== undefined && tls.serverName === undefined &&
    tls.unsafelyDisableHostnameVerification !== true && hostname !== undefined && hostname !== host;
  return named ? [{ host: hostname, port }, { host, port }] : [{ host, port }];
}
