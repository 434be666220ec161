/**
 * Other credentials for a client that runs.
 *
 * @module
 */

import type { CredentialsProvider, RedisCredentials } from "../configuration/options.ts";
import { credentialsOf } from "../configuration/access.ts";
import type { LinkSettings } from "../connection/settings.ts";
import { faultOfOptions } from "../option_shape.ts";

/** Options for `client.updateCredentials()`. */
export interface UpdateCredentialsOptions {
  /** Have open connections log in with them as well, by AUTH between two of their requests. @default {false} */
  reauthenticate?: boolean;
}

/**
 * Uses other credentials from now on.
 *
 * @param settings How the client connects.
 * @param given What the caller gave as credentials.
 * @param options What the caller gave as options.
 * @returns Resolves when the connections that can have them at once have them.
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
