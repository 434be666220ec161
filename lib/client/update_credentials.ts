/**
 * Replaces the credentials of a running client.
 *
 * @module
 */

import type { CredentialsProvider, RedisCredentials } from "../configuration/options.ts";
import { credentialsOf } from "../configuration/access.ts";
import type { LinkSettings } from "../connection/settings.ts";
import { faultOfOptions } from "../option_shape.ts";

/** Options for {@linkcode Client.prototype.updateCredentials | Client.updateCredentials}. */
export interface UpdateCredentialsOptions {
  /**
   * Also authenticate open connections, with AUTH between two of their requests.
   *
   * @default {false}
   */
  reauthenticate?: boolean;
}

/**
 * Replaces the credentials.
 *
 * @param settings Connection settings of the client.
 * @param given Credentials from the caller.
 * @param options Options from the caller.
 * @returns Resolves when all open connections that are not blocked have authenticated.
 */
export async function updateCredentials(
  { credentials }: LinkSettings,
  given: RedisCredentials | CredentialsProvider,
  options: UpdateCredentialsOptions = {},
): Promise<void> {
  const fault = faultOfOptions<UpdateCredentialsOptions>(options, { reauthenticate: "flag" });
  if (fault !== undefined) throw new TypeError(`Cannot update the credentials: ${fault}`);
  const checked = credentialsOf(given, "");
  if (checked === undefined) {
    throw new TypeError(
      "Cannot update the credentials: expected { username, password } or a function, got none",
    );
  }
  await credentials.update(checked, options.reauthenticate ? "all" : "new");
}
