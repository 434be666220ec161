/**
 * Attributes of spans and measurements. They are created once per command, node and status, and then reused.
 *
 * @module
 */

import type { TelemetryAttributes } from "../configuration/telemetry.ts";
import { DEFAULT_PORT } from "../configuration/options.ts";
import type { Carrier } from "../connection/request.ts";
import { type Endpoint, show } from "../connection/transport.ts";
import type { Failure } from "./names.ts";

/** Maximum number of remembered nodes, since the addresses of servers may change for ever. */
const MAX_NODES = 1000;

/** The attributes of a call when it ends. */
export interface Outcome {
  /** Attributes that its span did not have at the start. */
  readonly span: TelemetryAttributes;
  /** Those of its duration. */
  readonly metric: TelemetryAttributes;
}

/** A node as attributes show it. */
export interface NodeAttributes {
  /** Lookup key of the attributes. */
  readonly key: string;
  /** The attributes. */
  readonly attributes: TelemetryAttributes;
}

/** The attributes of one operation: of a command, or of batches or transactions of one kind. */
export class OperationAttributes {
  /** Name of the operation, and of its spans. */
  readonly name: string;
  /** Attributes at the beginning. */
  readonly start: TelemetryAttributes;
  readonly #outcomes = new Map<string, Outcome>();

  /**
   * Makes attributes.
   *
   * @param name Name of the operation.
   * @param common Attributes of all operations of the client.
   */
  constructor(name: string, common: TelemetryAttributes) {
    this.name = name;
    this.start = { ...common, "db.operation.name": name };
  }

  /**
   * The attributes at the end.
   *
   * @param node The last node that was contacted; undefined if there was none.
   * @param failure How the call failed; undefined if it did not.
   */
  outcome(node: NodeAttributes | undefined, failure: Failure | undefined): Outcome {
    const key = `${node?.key ?? ""} ${failure?.type ?? ""}`;
    let outcome = this.#outcomes.get(key);
    if (outcome === undefined) {
      const span: Record<string, string | number> = { ...node?.attributes };
      if (failure !== undefined) {
        span["error.type"] = failure.type;
        if (failure.code !== undefined) span["db.response.status_code"] = failure.code;
      }
      outcome = { span, metric: { ...this.start, ...span } };
      if (this.#outcomes.size >= MAX_NODES) this.#outcomes.clear();
      this.#outcomes.set(key, outcome);
    }
    return outcome;
  }
}

/** The attributes of one client. */
export class Attributes {
  /** Attributes of all operations. */
  readonly common: TelemetryAttributes;
  readonly #operations = new Map<string, OperationAttributes>();
  readonly #nodes = new Map<string, NodeAttributes>();
  /** The node to which each link led last. */
  readonly #links = new WeakMap<
    Carrier,
    { endpoint: Endpoint; peer: Endpoint | undefined; node: NodeAttributes }
  >();

  /**
   * Makes attributes.
   *
   * @param databaseId Number of the database.
   */
  constructor(databaseId: number) {
    this.common = { "db.system.name": "redis", "db.namespace": String(databaseId) };
  }

  /**
   * The attributes of an operation.
   *
   * @param name Its name. There must be a limit to the number of names.
   */
  of(name: string): OperationAttributes {
    let operation = this.#operations.get(name);
    if (operation === undefined) {
      operation = new OperationAttributes(name, this.common);
      this.#operations.set(name, operation);
    }
    return operation;
  }

  /**
   * The attributes of the node that a link leads to.
   *
   * @param link The link.
   */
  node(link: Carrier): NodeAttributes {
    const { endpoint, peer } = link;
    const known = this.#links.get(link);
    if (known?.endpoint === endpoint && known.peer === peer) return known.node;
    const key = `${show(endpoint)} ${peer === undefined ? "" : show(peer)}`;
    let node = this.#nodes.get(key);
    if (node === undefined) {
      node = { key, attributes: nodeAttributes(endpoint, peer) };
      if (this.#nodes.size >= MAX_NODES) this.#nodes.clear();
      this.#nodes.set(key, node);
    }
    this.#links.set(link, { endpoint, peer, node });
    return node;
  }
}

/** The attributes of a server by its address; the port only if it is not the usual one, and no Unix domain socket. */
export function serverAttributes({ host, port }: Endpoint): Record<string, string | number> {
  return port === DEFAULT_PORT || port === 0
    ? { "server.address": host }
    : { "server.address": host, "server.port": port };
}

function nodeAttributes(endpoint: Endpoint, peer: Endpoint | undefined): TelemetryAttributes {
  const attributes = serverAttributes(endpoint);
  if (peer !== undefined) {
    attributes["network.peer.address"] = peer.host;
    if (peer.port !== 0) attributes["network.peer.port"] = peer.port;
  }
  return attributes;
}
