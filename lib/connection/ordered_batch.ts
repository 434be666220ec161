/**
 * Keeps the requests of a batch in their order where one of them blocks.
 *
 * @module
 */

import type { BatchOrder, Carrier, Request } from "./request.ts";

/**
 * Gathers the requests of one batch by node, and gives those of each node to its link together.
 *
 * The node of a request is known only when it is dispatched. All requests of a batch are dispatched in one turn, and so
 * are those that a node redirects together.
 */
export class OrderedBatch implements BatchOrder {
  #groups = new Map<Carrier, Request[]>();

  /**
   * Adds a request; it goes out at the end of the turn.
   *
   * @param carrier The link to its node.
   * @param request The request.
   */
  send(carrier: Carrier, request: Request): void {
    if (this.#groups.size === 0) queueMicrotask(() => this.#flush());
    const group = this.#groups.get(carrier);
    if (group === undefined) this.#groups.set(carrier, [request]);
    else group.push(request);
  }

  #flush(): void {
    const groups = this.#groups;
    this.#groups = new Map();
    for (const [carrier, requests] of groups) {
      carrier.sendTogether(requests.filter(({ settled }) => !settled));
    }
  }
}

/**
 * Makes the requests of a batch keep their order if one of them blocks.
 *
 * A command waits for the blocking ones before it, so their times are added to its own, counted from when it is
 * written.
 *
 * @param requests The requests, not launched yet.
 * @param timeout The time that the caller gave to each request; it stays as it is.
 */
export function keepOrder(requests: readonly Request[], timeout: number | undefined): void {
  if (!requests.some(({ blocks }) => blocks)) return;
  const batch = new OrderedBatch();
  let before = 0;
  for (const request of requests) {
    request.batch = batch;
    if (timeout !== undefined) continue;
    const own = request.timeoutOnceWritten || request.timeout;
    // 0 is no limit, which then holds for all requests behind it as well.
    const whole = own === 0 || before === Infinity ? 0 : own + before;
    request.timeoutOnceWritten = whole;
    request.timeout = whole === 0 ? 0 : Math.max(request.timeout, whole);
    if (request.blocks) before = own === 0 ? Infinity : before + own;
  }
}
