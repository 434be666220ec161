/**
 * Where a connection delivers the messages that are no replies.
 *
 * In RESP3 they have a type of their own ({@linkcode Push}). In RESP2 they look like replies. Only a connection that
 * subscribes gets any, so its inbox has to tell them from replies.
 *
 * @module
 */

import type { Push } from "../resp/reply.ts";
import type { Channel } from "./request.ts";

/** Receives the out-of-band messages of connections. */
export interface Inbox {
  /**
   * Called for each message, in the order in which messages and replies came.
   *
   * @param push The message.
   * @param connection The connection that it came on.
   */
  onPush(push: Push, connection: Channel): void;
}

/** Drops all messages: for connections that ask for none. */
export const NO_INBOX: Inbox = { onPush: () => {} };
