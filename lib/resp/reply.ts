/**
 * What the server can answer, as JavaScript values, and what a command can be made of.
 *
 * @module
 */

import type { ServerError } from "../errors.ts";

/**
 * One word of a command.
 *
 * Text goes out as UTF-8, numbers and bigints in decimal, bytes as they are.
 */
export type Argument = string | number | bigint | Uint8Array;

/**
 * A reply, decoded but not interpreted.
 *
 * Bulk strings are text, or `Uint8Array` where bytes were asked for; integers are numbers up to ±(2^53 − 1) and bigints
 * beyond; an error inside an aggregate is a {@linkcode ServerError} value. RESP3's maps, sets, booleans, doubles and
 * big numbers are the JavaScript types of the same name.
 */
export type Reply =
  | null
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | ServerError
  | Reply[]
  | Map<Reply, Reply>
  | Set<Reply>;

/**
 * An out-of-band message (RESP3 push): pub/sub messages, invalidations, and the like.
 *
 * It answers no request.
 */
export class Push {
  /** Kind of the message, its first element: `"message"`, `"invalidate"`, … */
  readonly kind: string;
  /** All elements, the kind included. */
  readonly elements: Reply[];

  /**
   * Makes a push message.
   *
   * @param elements All elements of the frame, the kind first.
   */
  constructor(elements: Reply[]) {
    const kind = elements[0];
    this.kind = kind instanceof Uint8Array ? new TextDecoder().decode(kind) : String(kind);
    this.elements = elements;
  }
}
