/**
 * The inside of a client's process: takes orders from the bench, a JSON line each on standard input, and answers each with a JSON line.
 *
 * @module
 */

import process from "node:process";
import { createInterface } from "node:readline";
import { type Adapter, type Endpoint, type Subscribe, Unsupported } from "./adapter.ts";
import { drive } from "./drive.ts";
import { openSubscribers } from "./drive_messages.ts";
import type { Figures } from "./figures.ts";
import type { Session } from "./session.ts";
import { type Workload, workloadNamed } from "../workloads.ts";

/** An order of the bench. */
export type Order =
  | { readonly do: "open"; readonly workload: string; readonly endpoint: Endpoint }
  | { readonly do: "measure"; readonly milliseconds: number };

/** The answer to an order. */
export type Answer =
  | { readonly is: "opened" }
  | { readonly is: "measured"; readonly figures: Figures }
  | { readonly is: "unsupported"; readonly reason: string }
  | { readonly is: "failed"; readonly reason: string };

/** How a client is to be set up: the process's first argument, such as `"auto-pipelining"`, or "". */
export const mode: string = process.argv[2] ?? "";

/**
 * Serves measurements of a client until the bench closes standard input.
 *
 * @param connect Connects a client; throws {@linkcode Unsupported} for what it cannot do.
 * @param subscribe Connects a client that is subscribed; undefined if the client cannot do that.
 */
export async function serve(
  connect: (endpoint: Endpoint) => Promise<Adapter>,
  subscribe?: Subscribe,
): Promise<void> {
  await serveSessions(async (workload, endpoint) => {
    if (workload.measures === "messages") {
      if (subscribe === undefined) throw new Unsupported("It cannot subscribe");
      return await openSubscribers(workload, endpoint, subscribe);
    }
    const client = await connect(endpoint);
    return {
      measure: (milliseconds) => drive(workload, client, milliseconds),
      close: () => client.close(),
    };
  });
}

/**
 * Serves measurements of something that does workloads in a way of its own, until the bench closes standard input.
 *
 * @param open Gets ready for a workload; throws {@linkcode Unsupported} for what it cannot do.
 */
export async function serveSessions(
  open: (workload: Workload, endpoint: Endpoint) => Session | Promise<Session>,
): Promise<void> {
  let session: Session | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    const order: Order = JSON.parse(line);
    try {
      if (order.do === "open") {
        await session?.close();
        session = undefined;
        session = await open(workloadNamed(order.workload), order.endpoint);
        answer({ is: "opened" });
      } else {
        if (!session) throw new Error("Cannot measure: nothing is open");
        answer({ is: "measured", figures: await session.measure(order.milliseconds) });
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      answer({ is: error instanceof Unsupported ? "unsupported" : "failed", reason });
    }
  }
  // Some clients leave threads and timers behind that would keep the process.
  process.exit(0);
}

function answer(answer: Answer): void {
  process.stdout.write(JSON.stringify(answer) + "\n");
}
