/**
 * Follows redirections: sends a redirected request to the node that the redirection names.
 *
 * @module
 */

import { Budget } from "../lib/connection/budget.ts";
import type { Link } from "../lib/connection/link.ts";
import type { Request } from "../lib/connection/request.ts";
import type { Endpoint } from "../lib/connection/transport.ts";
import type { ServerError } from "../lib/errors.ts";
import type { Nodes } from "./nodes.ts";
import { RedirectOrder } from "./redirect_order.ts";
import { type Redirection, tooManyRedirects } from "./router.ts";
import { type Check, checkOf, confirmed } from "./script_redirects.ts";
import { ReplicaTarget, targetOf, targetOfSlot } from "./target.ts";

/** How often a request may be redirected. */
const MAX_REDIRECTS = 16;
/** Maximum time for which calls wait for replies of the old owner of their slot, which may hang, in milliseconds. */
const LONGEST_HOLD = 100;

/** What the owner of the requests does for {@linkcode Redirects}. */
export interface RedirectSteps {
  /** Whether there is nothing left to do for a request. */
  isOver(request: Request): boolean;
  /** Sends a request again after a wait. */
  retryLater(request: Request, error: ServerError): void;
  /** Called when a request is sent to another node. */
  onRedirect(request: Request, error: ServerError, target: Endpoint): void;
  /** Asks for a refresh of the map. */
  refresh(why: "outdated" | "broken"): void;
}

/** An error reply that redirects a request. */
interface Redirected {
  readonly request: Request;
  readonly error: ServerError;
  readonly redirection: Redirection;
  /** The link on which it came. */
  readonly link: Link;
}

/** Follows the redirections of one client. */
export class Redirects {
  /** Order of the requests of a slot while some of them are redirected. */
  readonly order: RedirectOrder = new RedirectOrder();
  readonly #nodes: Nodes;
  readonly #timeout: number;
  readonly #steps: RedirectSteps;
  /** How often each request was redirected. */
  readonly #hops = new WeakMap<Request, number>();

  /**
   * Creates an object without redirections.
   *
   * @param nodes The nodes of the client.
   * @param timeout Milliseconds for the check of a script's redirection.
   * @param steps What the owner of the requests does.
   */
  constructor(nodes: Nodes, timeout: number, steps: RedirectSteps) {
    this.#nodes = nodes;
    this.#timeout = timeout;
    this.#steps = steps;
  }

  /**
   * Follows a redirection, after earlier ones of the same slot.
   *
   * @param request The request.
   * @param error The error reply.
   * @param redirection What the error reply says.
   * @param link The link on which it came.
   */
  follow(request: Request, error: ServerError, redirection: Redirection, link: Link): void {
    const redirected = { request, error, redirection, link };
    const check = checkOf(request);
    if (check === null && this.order.holds(redirection.slot)) request.requeue(error);
    this.order.run(redirection.slot, () => {
      if (check !== null) return this.#check(check, redirected);
      if (!this.#steps.isOver(request)) this.#send(redirected);
    });
  }

  /** Follows a redirection after the server has confirmed that it does not come from a script. */
  async #check(check: Check, redirected: Redirected): Promise<void> {
    const { request, error, redirection, link } = redirected;
    if (request.settled) return;
    const owner = this.#nodes.topology!.shardOf(redirection.slot)?.primary;
    const answer = await confirmed(check, redirection, link, {
      asking: owner?.name !== this.#nodes.nameOf(link),
      timeout: this.#timeout,
    });
    if (this.#steps.isOver(request)) return;
    if (answer === null) request.reject(error, "refused");
    else this.#send({ ...redirected, redirection: answer });
  }

  /** Sends a request to the node that another one has named. */
  #send({ request, error, redirection: { action, slot, target }, link }: Redirected): void {
    const hops = (this.#hops.get(request) ?? 0) + 1;
    this.#hops.set(request, hops);
    if (hops > MAX_REDIRECTS) {
      return request.reject(tooManyRedirects(request.name, MAX_REDIRECTS, error), "refused");
    }
    const node = this.#nodes.nodeAt(target);
    if (this.#nodes.get(node.name) === link) {
      // The node redirects to itself: its view of the cluster is changing, or a proxy is in between.
      this.#steps.refresh("broken");
      return this.#steps.retryLater(request, error);
    }
    this.#steps.onRedirect(request, error, node);
    request.requeue(error);
    if (action === "ask") {
      request.asking = true;
    } else {
      const demanded = targetOf(request) instanceof ReplicaTarget;
      request.target = targetOfSlot(slot, demanded ? "demanded" : "allowed");
      if (this.#nodes.move(slot, node)) this.order.holdBack(slot, this.#answered(link));
      this.#steps.refresh("outdated");
    }
    this.#nodes.linkTo(node).send(request);
  }

  /** Resolves when a node has answered all requests that were sent to it, or has not answered for a while. */
  async #answered(link: Link): Promise<void> {
    // Replies that were read together are matched in one turn.
    await null;
    if (link.idle) return;
    const late = Promise.withResolvers<void>();
    const budget = new Budget(LONGEST_HOLD, () => late.resolve());
    try {
      // Replies come in order, so this one is the last.
      await Promise.race([link.call(["PING"], this.#timeout).then(ignore, ignore), late.promise]);
    } finally {
      budget.stop();
    }
  }
}

function ignore(): void {}
