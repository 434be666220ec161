/**
 * Load on a server whose password changes again and again.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { RedisClient, type RedisClientConfiguration } from "../../standalone/mod.ts";
import { startServer, type TestServer } from "../../lib/testing/mod.ts";

/** Rules of the user `app` besides its passwords. */
export const APP = "on ~* &* +@all";

/** When a provider is asked again, in milliseconds. */
const REFRESH = 100;

/** How the load runs. */
export interface RotationPlan {
  /** How often the password changes. */
  readonly rotations: number;
  /** Milliseconds between two changes. */
  readonly interval: number;
  /** Requests in a second. */
  readonly rate: number;
  /** Whether both passwords are good while the client changes from one to the other. */
  readonly overlap: boolean;
  /** Whether a provider gives the passwords, again and again by `refreshAfter`, instead of `updateCredentials()`. */
  readonly provided?: boolean;
  /** Further options of the client. */
  readonly options?: Partial<RedisClientConfiguration>;
}

/** What became of the load. */
export interface RotationResult {
  /** Requests that were answered. */
  answered: number;
  /** Errors of the others. */
  readonly errors: Error[];
  /** Blocking commands that got the element that was meant for them. */
  popped: number;
  /** Messages that were published, and came. */
  readonly messages: { published: number; received: number };
  /** Gaps that the subscription has told. */
  gaps: number;
  /** Connections that the server has accepted for the client during the load. */
  connections: number;
  /** AUTH commands that the server has executed. */
  auths: number;
  /** Events of failures. */
  readonly failures: Error[];
}

async function statOf(server: TestServer, command: string): Promise<number> {
  const stats = (await server.info("commandstats"))[`cmdstat_${command}`];
  return Number(/calls=(\d+)/.exec(stats ?? "")?.[1] ?? 0);
}

/**
 * Changes the password of a user under load.
 *
 * @param server A server with the user `app`, whose password is `pw-0`.
 * @param plan How the load runs.
 * @returns What became of it.
 */
export async function rotate(server: TestServer, plan: RotationPlan): Promise<RotationResult> {
  const { rotations, interval, rate, overlap, provided, options } = plan;
  const passwordOf = (n: number): string => `pw-${n}`;
  const result: RotationResult = {
    answered: 0,
    errors: [],
    popped: 0,
    messages: { published: 0, received: 0 },
    gaps: 0,
    connections: 0,
    auths: 0,
    failures: [],
  };
  await server.command(["ACL", "SETUSER", "app", "reset", ...APP.split(" "), ">pw-0"]);
  let current = passwordOf(0);
  await using client = await RedisClient.create({
    addresses: [{ host: server.host, port: server.port }],
    credentials: provided
      ? () => Promise.resolve({ username: "app", password: current, refreshAfter: REFRESH })
      : { username: "app", password: current },
    requestTimeout: 10_000,
    ...options,
  });
  const watching = (async () => {
    for await (const event of client.events) {
      if (event.type === "reauthenticationFailed") result.failures.push(event.error);
    }
  })();
  await using news = await client.subscribe("news", { gaps: true });
  const reading = (async () => {
    for await (const { kind } of news) {
      if (kind === "gap") result.gaps++;
      else result.messages.received++;
    }
  })();
  const auths = await statOf(server, "auth");
  const connected = Number((await server.info("stats")).total_connections_received);
  let over = false;
  const requests: Promise<void>[] = [];
  const load = (async () => {
    const began = performance.now();
    for (let sent = 0; !over; await delay(5)) {
      for (const due = (performance.now() - began) * rate / 1000; sent < due; sent++) {
        const kind = sent % 10;
        const request: Promise<unknown> = kind === 0
          ? client.transaction((t) => [t.incr("n"), t.get("n")])
          : kind === 1
          ? client.watch(
            `w${sent}`,
            (session) => session.transaction((t) => [t.set(`w${sent}`, 1)]),
          )
          : kind < 5
          ? client.set(`k${sent % 100}`, "v")
          : client.get(`k${sent % 100}`);
        requests.push(request.then(() => {
          result.answered++;
        }, (error) => {
          result.errors.push(error);
        }));
      }
    }
  })();
  const blocking = (async () => {
    for (let n = 0; !over; n++) {
      let refused = false;
      const popped = client.blpop("jobs", 0).catch((error) => {
        // Its connection could not log in.
        refused = true;
        result.errors.push(error);
        return null;
      });
      await delay(interval * 1.5);
      if (!refused) await client.rpush("jobs", `job ${n}`);
      const job = (await popped)?.[1];
      if (refused) await client.del("jobs");
      else if (job === `job ${n}`) result.popped++;
      else result.errors.push(new Error(`job ${n} was lost`));
    }
  })();
  const publishing = (async () => {
    for (; !over; await delay(10)) {
      await client.publish("news", "hello");
      result.messages.published++;
    }
  })();
  for (let n = 1; n <= rotations; n++) {
    const [old, next] = [passwordOf(n - 1), passwordOf(n)];
    const use = async (): Promise<void> => {
      current = next;
      if (provided) return await delay(2 * REFRESH);
      const credentials = { username: "app", password: next };
      await client.updateCredentials(credentials, { reauthenticate: true });
    };
    if (overlap) {
      await server.command(["ACL", "SETUSER", "app", `>${next}`]);
      await use();
      await server.command(["ACL", "SETUSER", "app", `<${old}`]);
    } else {
      await server.command(["ACL", "SETUSER", "app", "resetpass", `>${next}`]);
      await delay(interval / 2);
      await use();
    }
    await delay(interval);
  }
  over = true;
  await Promise.all([load, blocking, publishing]);
  await Promise.all(requests);
  // The last messages may be on their way.
  const { messages } = result;
  for (let i = 0; i < 100 && messages.received < messages.published; i++) await delay(10);
  // The kit's own connection to the server is opened before.
  result.connections = Number((await server.info("stats")).total_connections_received) - connected;
  result.auths = await statOf(server, "auth") - auths;
  await client.close();
  await Promise.all([watching, reading]);
  return result;
}

// The large run: deno run -A tests/standalone/_rotation.ts [server program]
if (import.meta.main) {
  const users = [{ name: "app", rules: `${APP} >pw-0` }];
  await using server = await startServer({ users, binary: Deno.args[0] });
  for (const protocol of [2, 3] as const) {
    for (const [overlap, provided] of [[true, false], [true, true], [false, false]]) {
      const options = { protocol };
      const plan = { rotations: 50, interval: 200, rate: 1000, overlap, provided, options };
      const { errors, failures, ...figures } = await rotate(server, plan);
      const kinds = new Set(errors.map(({ name, message }) => `${name}: ${message}`));
      const failed = { failed: errors.length, errors: kinds, failures: failures.length };
      console.log({ protocol, overlap, provided, ...figures, ...failed });
    }
  }
}
