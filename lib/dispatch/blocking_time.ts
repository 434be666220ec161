/**
 * The deadline of a command that may block on the server.
 *
 * @module
 */

import type { CommandRow } from "../command_table/mod.ts";
import type { Settings } from "../configuration/settings.ts";
import type { Request } from "../connection/request.ts";

/** Milliseconds that the client waits longer than the server does for a blocking command, at least. */
const MARGIN = 500;

/**
 * Adds the time that a command may block to the timeout of its request, unless the caller has set one.
 *
 * @param request The request.
 * @param row The command.
 * @param limit Milliseconds that the server may block; 0 for no limit.
 * @param given Timeout that the caller has set, in milliseconds.
 * @param settings The checked configuration.
 * @throws {RangeError} If the command would block the shared connection without a limit.
 */
export function allowForBlocking(
  request: Request,
  row: CommandRow,
  limit: number,
  given: number | undefined,
  settings: Settings,
): void {
  request.blocks = !countsOwnWrites(row);
  if (!request.blocks && limit === 0) {
    throw new RangeError(
      `Cannot send ${row.name} with a timeout of 0: it would block the connection for ever`,
    );
  }
  request.serverTime = limit;
  if (given !== undefined) return;
  const { clientCreationTimeout, requestTimeout } = settings;
  const whole = limit === 0 ? 0 : limit + Math.max(MARGIN, requestTimeout);
  // The server's time begins when it gets the request, for which a connection may have to be opened.
  request.timeoutOnceWritten = whole;
  request.timeout = request.blocks && whole > 0 ? Math.max(whole, clientCreationTimeout) : whole;
}

/** WAIT and WAITAOF count the writes of their own connection, so they are sent on the shared one. */
function countsOwnWrites(row: CommandRow): boolean {
  return row.name === "WAIT" || row.name === "WAITAOF";
}
