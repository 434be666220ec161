/**
 * Types of arguments, replies and push messages.
 *
 * @module
 */

import type { ServerError } from "../errors.ts";

/**
 * Argument of a command, or its name.
 *
 * Strings are sent as UTF-8, numbers and bigints in decimal, bytes unchanged.
 */
export type Argument = string | number | bigint | Uint8Array;

/**
 * Decoded reply of a server, without conversion by the type of the command.
 *
 * - Simple strings are strings.
 * - Bulk strings are strings, or `Uint8Array` if bytes were requested.
 * - Integers are numbers up to ±(2^53 − 1), and bigints beyond.
 * - Arrays are arrays. An error in an array, set or map is a {@linkcode ServerError}.
 * - Maps, sets, booleans, doubles and big numbers of RESP3 are `Map`, `Set`, boolean, number and bigint.
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
 * Out-of-band message (RESP3 push), such as a pub/sub message or a cache invalidation. It is not a reply to a request.
 */
export class Push {
  /** Kind of the message, which is its first element: `"message"`, `"invalidate"`, … */
  readonly kind: string;
  /** All elements, including the kind. */
  readonly elements: Reply[];

  /**
   * Creates a push message.
   *
   * @param elements All elements, the kind first.
   */
  constructor(elements: Reply[]) {
    const kind = elements[0];
    this.kind = kind instanceof Uint8Array ? new TextDecoder().decode(kind) : String(kind);
    this.elements = elements;
  }
}
