/**
 * The surfaces that tests of commands run on, made to look alike: every command is a request for one value.
 *
 * @module
 */

import type { RedisClusterClient } from "../../cluster/mod.ts";
import { keyPositions, lookUp } from "../../lib/command_table/mod.ts";
import { Commands } from "../../lib/commands/mod.ts";
import type { Decoder, Words } from "../../lib/executor.ts";
import type { Argument, Reply } from "../../lib/resp/mod.ts";
import { elementsOf, pairsOf, toMap, toSet } from "../../lib/resp/repeated.ts";
import type { RedisClient } from "../../standalone/mod.ts";

/** What every surface has: all commands, as text and as bytes. */
export type CommandClient = Commands<string, "one"> & { readonly bytes: BytesClient };

/** All commands, as bytes. */
export type BytesClient = Commands<Uint8Array, "one">;

/** Kinds of surfaces. */
export type SurfaceName = "standalone" | "batch" | "cluster";

/** Commands of a standalone client, each in a batch of its own. */
export class BatchSurface<T extends string | Uint8Array = string> extends Commands<T, "one"> {
  readonly #client: RedisClient;
  readonly #bytes: boolean;

  /**
   * Makes a surface.
   *
   * @param client The client.
   * @param bytes Whether bulk strings are bytes.
   */
  constructor(client: RedisClient, bytes = false) {
    super();
    this.#client = client;
    this.#bytes = bytes;
  }

  /** The surface whose bulk strings are bytes. */
  get bytes(): BatchSurface<Uint8Array> {
    return new BatchSurface<Uint8Array>(this.#client, true);
  }

  /** Sends a batch with this command alone. */
  protected override async send<R>(
    words: Words,
    decode: Decoder<R>,
    bytes: boolean = this.#bytes,
  ): Promise<R> {
    const [value] = await this.#client.batch((batch) => [batch["send"](words, decode, bytes)]);
    return value;
  }
}

/** Puts all keys of a test into one slot. */
const TAG = "{t}";
const TAG_BYTES = new TextEncoder().encode(TAG);

/**
 * Commands of a cluster client, with all keys in one slot, so that tests can use several in one command.
 *
 * Keys get a hash tag on their way to the server, which is taken off whatever comes back.
 */
export class ClusterSurface<T extends string | Uint8Array = string> extends Commands<T, "one"> {
  readonly #client: RedisClusterClient;
  readonly #bytes: boolean;

  /**
   * Makes a surface.
   *
   * @param client The client.
   * @param bytes Whether bulk strings are bytes.
   */
  constructor(client: RedisClusterClient, bytes = false) {
    super();
    this.#client = client;
    this.#bytes = bytes;
  }

  /** The surface whose bulk strings are bytes. */
  get bytes(): ClusterSurface<Uint8Array> {
    return new ClusterSurface<Uint8Array>(this.#client, true);
  }

  /** Sends the command with tagged keys. */
  protected override send<R>(
    words: Words,
    decode: Decoder<R>,
    bytes: boolean = this.#bytes,
  ): Promise<R> {
    // A cursor belongs to one node.
    const client = words[0] === "SCAN"
      ? this.#client.with({ route: { slotKey: TAG } })
      : this.#client;
    return client["send"](
      tagged(words),
      (reply: Reply, bytes: boolean) => decode(untagged(reply), bytes),
      bytes,
    );
  }
}

function tagged(words: Words): Words {
  if (words.some((word) => word instanceof Error)) return words;
  const args = words as Argument[];
  const row = lookUp(args);
  // Cursors and shard channels are found like keys, but are none.
  const hasKeys = row !== undefined && row.keys.every(({ access }) => access !== "not_key");
  const positions = hasKeys ? keyPositions(row, args) : [];
  if (args[0] === "KEYS") positions.push(1);
  if (args[0] === "SCAN" && args.includes("MATCH")) positions.push(args.indexOf("MATCH") + 1);
  const copy = [...args];
  for (const position of positions) copy[position] = withTag(copy[position]);
  return copy;
}

function withTag(key: Argument): Argument {
  if (!(key instanceof Uint8Array)) return TAG + key;
  const whole = new Uint8Array(TAG_BYTES.length + key.length);
  whole.set(TAG_BYTES);
  whole.set(key, TAG_BYTES.length);
  return whole;
}

function untagged(reply: Reply): Reply {
  if (typeof reply === "string") return reply.startsWith(TAG) ? reply.slice(TAG.length) : reply;
  if (reply instanceof Uint8Array) {
    return TAG_BYTES.every((byte, i) => reply[i] === byte) ? reply.slice(TAG.length) : reply;
  }
  if (Array.isArray(reply)) return reply.map(untagged);
  if (reply instanceof Set) return toSet(elementsOf(reply).map(untagged));
  if (reply instanceof Map) return toMap([...pairsOf(reply)].flat().map(untagged));
  return reply;
}
