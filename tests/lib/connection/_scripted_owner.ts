/**
 * Owners of links and requests, for tests of the connection layer alone.
 *
 * @module
 */

import { Deadlines } from "../../../lib/connection/deadlines.ts";
import { Link, type LinkOwner } from "../../../lib/connection/link.ts";
import { type Carrier, Request, type RequestOwner } from "../../../lib/connection/request.ts";
import type { LinkSettings } from "../../../lib/connection/settings.ts";
import type { Endpoint } from "../../../lib/connection/transport.ts";
import type { Push } from "../../../lib/resp/reply.ts";
import { settings } from "./_settings.ts";

/** The owner of one link and its requests, which notes what happens. What it decides may be replaced. */
export class ScriptedOwner implements LinkOwner, RequestOwner, Disposable {
  /** What the link has told, in order: `connected`, `ready`, `lost: …`, `refused: …`. */
  readonly log: string[] = [];
  readonly pushes: Push[] = [];
  /** Requests that came back. */
  readonly resent: Request[] = [];
  readonly deadlines: Deadlines = new Deadlines();
  readonly link: Link;

  /**
   * Makes a link that is not started.
   *
   * @param endpoint Where it leads.
   * @param changes Settings that differ from the usual ones.
   * @param addresses All addresses of the node.
   */
  constructor(
    { host, port }: Endpoint,
    changes: Partial<LinkSettings> = {},
    addresses?: () => Endpoint[],
  ) {
    this.link = new Link({ host, port }, settings(changes), this, this.deadlines, addresses);
  }

  /** Sends a command over the link. */
  send(...words: string[]): Promise<unknown> {
    const request = this.request(...words);
    const promise = request.promise();
    this.link.send(request);
    return promise;
  }

  /** Makes a request without a promise and without a timeout. */
  request(...words: string[]): Request {
    return new Request(words, undefined, (reply) => reply, this);
  }

  onConnected(_link: Link): Promise<void> {
    this.log.push("connected");
    return Promise.resolve();
  }
  onReady(_link: Link): void {
    this.log.push("ready");
  }
  onLost(_link: Link, error: Error): void {
    this.log.push(`lost: ${error.message}`);
  }
  onRefused(_link: Link, error: Error): void {
    this.log.push(`refused: ${error.message}`);
  }
  onPush(_link: Link, push: Push): void {
    this.pushes.push(push);
  }
  onErrorReply(): boolean {
    return false;
  }
  resend(request: Request): void {
    this.resent.push(request);
  }
  onSettled(): void {}
  onSilence(_request: Request, _carrier: Carrier): void {}

  /** Ends the link. */
  [Symbol.dispose](): void {
    this.link.destroy(new Error("The test is over"));
    this.deadlines.clear();
  }
}
