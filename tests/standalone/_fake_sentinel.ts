/**
 * A sentinel that says what a test wants.
 *
 * @module
 */

import {
  type FakeReply,
  FakeServer,
  type FakeServerOptions,
  type ServerAddress,
  ServerError,
} from "../../lib/testing/mod.ts";
import { testCertificates } from "../../lib/testing/mod.ts";
import { RedisClient, type RedisClientConfiguration } from "../../standalone/mod.ts";
import { GENEROUS } from "./_connect.ts";

/** What a {@linkcode FakeSentinel} says. */
export interface Opinion {
  /** The primary; null for an unknown name. */
  primary: ServerAddress | null;
  /** Number of the failover that made it the primary. @default {1} */
  epoch?: number;
  /** Flags of the primary. @default {"master"} */
  flags?: string;
  /** Replicas that are in sync. */
  replicas?: readonly ServerAddress[];
  /** Other sentinels, with their ids. */
  sentinels?: readonly (ServerAddress & { id?: string })[];
  /** How many other sentinels there are. @default {2} */
  others?: number;
}

let ids = 0;

/** A scripted sentinel. Dispose of it with `await using`. */
export class FakeSentinel implements AsyncDisposable {
  /** What it says; may be changed at any time. */
  opinion: Opinion;
  /** Its id. */
  readonly id: string = `sentinel-${++ids}`;
  /** The server that speaks for it. */
  readonly server: FakeServer;
  /** A refusal that it answers to every question instead. */
  refusal: ServerError | undefined;

  constructor(
    opinion: Opinion,
    options: FakeServerOptions = {},
    keyPair?: { cert: string; key: string },
  ) {
    this.opinion = opinion;
    this.server = new FakeServer(
      {
        SENTINEL: ({ args }) => this.refusal ?? this.#answer(args[1].toUpperCase()),
      },
      options,
      keyPair,
    );
  }

  get host(): string {
    return this.server.host;
  }

  get port(): number {
    return this.server.port;
  }

  /** Number of the rounds of questions so far. */
  get rounds(): number {
    return this.server.received.filter(({ args }) => args[1] === "GET-MASTER-ADDR-BY-NAME").length;
  }

  /** Tells its subscribers that another node is the primary now, and says so from now on. */
  switchTo(opinion: Opinion): void {
    this.opinion = opinion;
    this.server.publish("+switch-master", "main");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }

  #answer(question: string): FakeReply | undefined {
    const { primary, epoch = 1, flags = "master", replicas = [], sentinels = [], others = 2 } =
      this.opinion;
    switch (question) {
      case "MYID":
        return this.id;
      case "GET-MASTER-ADDR-BY-NAME":
        return primary === null ? null : [primary.host, String(primary.port)];
    }
    if (primary === null) return new ServerError("ERR No such master with that name");
    const address = ({ host, port }: ServerAddress) => ({ ip: host, port: String(port) });
    switch (question) {
      case "MASTER":
        return map({
          ...address(primary),
          flags,
          "config-epoch": String(epoch),
          "num-other-sentinels": String(others),
        });
      case "REPLICAS":
        return replicas.map((each) =>
          map({ ...address(each), flags: "slave", "master-link-status": "ok" })
        );
      case "SENTINELS":
        return sentinels.map((each) =>
          map({ ...address(each), flags: "sentinel", runid: each.id ?? "" })
        );
    }
  }
}

/** Starts a scripted sentinel. */
export async function startFakeSentinel(
  opinion: Opinion,
  options: FakeServerOptions = {},
): Promise<FakeSentinel> {
  const keyPair = options.tls ? (await testCertificates()).server : undefined;
  return new FakeSentinel(opinion, options, keyPair);
}

/**
 * Makes a client that asks sentinels.
 *
 * @param sentinels The sentinels.
 * @param options Further options, those for the sentinels included.
 * @returns The client, to be closed by the caller.
 */
export function connectBy(
  sentinels: readonly ServerAddress[],
  { sentinel, ...options }: Partial<RedisClientConfiguration> = {},
): Promise<RedisClient> {
  return RedisClient.create({
    sentinel: {
      name: "main",
      addresses: sentinels.map(({ host, port }) => ({ host, port })),
      ...sentinel,
    },
    requestTimeout: GENEROUS,
    clientCreationTimeout: GENEROUS,
    ...options,
  });
}

function map(fields: Record<string, string>): Map<FakeReply, FakeReply> {
  return new Map(Object.entries(fields));
}
