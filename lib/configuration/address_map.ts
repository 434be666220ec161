/**
 * Translates the addresses that servers announce by the function of the user.
 *
 * @module
 */

import { type Endpoint, show } from "../connection/transport.ts";
import { ConfigurationError } from "../errors.ts";

/** Translates announced addresses. It is the user's function, so its result is checked. */
export type AddressMap = (host: string, port: number) => Endpoint;

/**
 * Translates an address.
 *
 * @param addressMap The function.
 * @param host Announced host.
 * @param port Announced port.
 * @param option Name of the option, for errors.
 * @returns The address to connect to.
 * @throws {ConfigurationError} If the function throws, or answers anything but an address.
 */
export function mapAddress(
  addressMap: AddressMap,
  host: string,
  port: number,
  option: string,
): Endpoint {
  const refuse = (problem: string, cause?: unknown): never => {
    throw new ConfigurationError(
      `Cannot reach node ${show({ host, port })}: option "${option}" ${problem}`,
      option,
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
