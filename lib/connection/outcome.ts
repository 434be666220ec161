/**
 * How a request was settled.
 *
 * @module
 */

/**
 * How a request was settled:
 *
 * - `"resolved"`: with the value of its reply.
 * - `"refused"`: with an error, after its reply. The reply is the error, or has no value that can be read.
 * - `"failed"`: with an error, without a reply of its own: it timed out, was aborted, lost its connection, or could not
 *   be sent.
 * - `"dropped"`: it was part of a request that has been settled.
 */
export type Outcome = "resolved" | "refused" | "failed" | "dropped";

/**
 * Whether a request has had its reply when it is settled.
 *
 * @param outcome How it was settled.
 */
export function isReplied(outcome: Outcome): boolean {
  return outcome === "resolved" || outcome === "refused";
}
