/**
 * The first words on a new connection: protocol, credentials, name, database.
 *
 * @module
 */

import { ConnectionError, ProtocolError, ServerError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { clientIdIn, type Greeting, greetingIn, zoneIn } from "./greeting.ts";
import { withoutSecrets } from "./secrets.ts";
import { isPermanent } from "./dial_errors.ts";

/** State of a connection after the handshake. */
export interface HandshakeSettings {
  /** The protocol to ask for. */
  readonly protocol: 2 | 3;
  /** User and password. */
  readonly credentials?: { readonly username?: string; readonly password: string };
  /** Name that the server shows in CLIENT LIST. */
  readonly clientName?: string;
  /** Logical database. */
  readonly databaseId: number;
  /** Whether to read from a replica of a cluster. */
  readonly readOnly: boolean;
  /** Whether to tell the name and version of this library. */
  readonly clientInfo: boolean;
  /**
   * Whether to find out the availability zone, by INFO in the same write: Valkey tells it in the reply to HELLO only
   * since 8.1.
   *
   * @default {false}
   */
  readonly availabilityZone?: boolean;
}

/** Name and version of this library, as the server shows them in CLIENT LIST. */
export const LIBRARY: { readonly name: string; readonly version: string } = {
  name: "babushka-deno",
  version: "0.1.0",
};

/**
 * Shakes hands, in one write and one round trip where the server has RESP3 or RESP2 is wanted.
 *
 * If a server refuses HELLO, whatever its error says, the handshake continues in RESP2.
 *
 * @param call Sends a command on the new connection; calls in one turn go out as one write.
 * @param settings State of the connection after the handshake.
 * @returns What the server told.
 * @throws {ServerError} If the server refuses credentials, name or database. Its message holds no password.
 */
export async function shakeHands(
  call: (words: Words) => Promise<Reply>,
  settings: HandshakeSettings,
): Promise<Greeting> {
  const { credentials, clientName } = settings;
  if (credentials !== undefined) call = discreet(call, credentials.password);
  let availabilityZone: string | undefined;
  const askZone = (): Promise<void>[] => {
    if (!settings.availabilityZone) return [];
    const answer = call(["INFO", "server"]);
    // The user may be forbidden to run INFO.
    return [answer.then((info) => void (availabilityZone = zoneIn(info)), refused)];
  };
  let refusal: ServerError | undefined;
  if (settings.protocol === 3) {
    const hello: Words = ["HELLO", 3];
    if (credentials !== undefined) {
      hello.push("AUTH", credentials.username ?? "default", credentials.password);
    }
    if (clientName !== undefined) hello.push("SETNAME", clientName);
    const [answer, ...others] = await Promise.allSettled([
      call(hello),
      ...introduce(call, settings),
      ...askZone(),
    ]);
    if (answer.status === "fulfilled") {
      must(others);
      const greeting = greetingIn(answer.value as Reply);
      return availabilityZone === undefined ? greeting : { ...greeting, availabilityZone };
    }
    const { reason } = answer;
    if (!(reason instanceof ServerError) || REFUSED.has(reason.code)) throw reason;
    refusal = reason;
  }
  const calls: Promise<unknown>[] = [
    ...authenticate(call, settings),
    ...introduce(call, settings),
    ...askZone(),
  ];
  // Servers and proxies without HELLO answer NOAUTH to any command before AUTH. From others it means a missing
  // password.
  if (refusal?.code === "NOAUTH") calls.push(call(["PING"]));
  // The reply to HELLO would have had the number of the connection.
  let clientId: number | undefined;
  if (settings.clientInfo) {
    const answer = call(["CLIENT", "ID"]);
    calls.push(answer.then((id) => void (clientId = clientIdIn(id)), refused));
  }
  try {
    must(await Promise.allSettled(calls));
  } catch (error) {
    // A refused connection gets no further answers: the refusal says why.
    throw refusal === undefined || error instanceof ServerError ? error : refusal;
  }
  return { protocol: 2, clientId, availabilityZone };
}

/**
 * Takes a password out of all error replies.
 *
 * @param call Sends a command.
 * @param password The password.
 * @returns Sends a command; its error replies do not hold the password.
 */
export function discreet(
  call: (words: Words) => Promise<Reply>,
  password: string,
): (words: Words) => Promise<Reply> {
  return async (words) => {
    try {
      return await call(words);
    } catch (error) {
      throw error instanceof ServerError ? withoutSecrets(error, [password]) : error;
    }
  };
}

/** Refusals of HELLO that say nothing about whether the server has it. */
const REFUSED = new Set(["WRONGPASS", "NOPERM", "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN"]);
/** Refusals that another attempt will not change. */
const LASTING = new Set(["WRONGPASS", "NOAUTH", "NOPERM", "DENIED"]);

/**
 * Whether a server refused SELECT because it has no such database.
 *
 * @param error What {@linkcode shakeHands} threw.
 */
export function isBadDatabase(error: unknown): error is ServerError {
  return error instanceof ServerError && error.command === "SELECT" &&
    /out of range|invalid DB|SELECT is not allowed/i.test(error.message);
}

/**
 * Whether a server refused user or password.
 *
 * @param error What {@linkcode shakeHands} threw.
 */
export function isWrongPassword(error: unknown): boolean {
  return error instanceof ServerError &&
    (error.code === "WRONGPASS" || /invalid password/i.test(error.message));
}

/**
 * Whether another attempt to connect would end the same way.
 *
 * @param error Why a connection could not be opened.
 */
export function isHopeless(error: unknown): boolean {
  if (error instanceof ServerError) {
    return LASTING.has(error.code) ||
      /invalid password|without any password|no password is set/i.test(error.message);
  }
  if (error instanceof ConnectionError && isBadDatabase(error.cause)) return true;
  return error instanceof ProtocolError || isPermanent(error);
}

function authenticate(
  call: (words: Words) => Promise<Reply>,
  { credentials, clientName }: HandshakeSettings,
): Promise<Reply>[] {
  const calls: Promise<Reply>[] = [];
  if (credentials !== undefined) {
    const { username, password } = credentials;
    calls.push(call(username === undefined ? ["AUTH", password] : ["AUTH", username, password]));
  }
  if (clientName !== undefined) calls.push(call(["CLIENT", "SETNAME", clientName]));
  return calls;
}

function introduce(
  call: (words: Words) => Promise<Reply>,
  { databaseId, readOnly, clientInfo }: HandshakeSettings,
): Promise<unknown>[] {
  const calls: Promise<unknown>[] = [];
  if (databaseId !== 0) calls.push(call(["SELECT", databaseId]));
  if (readOnly) calls.push(call(["READONLY"]));
  // Only newer servers know this, and nothing depends on it.
  if (!clientInfo) return calls;
  calls.push(
    call(["CLIENT", "SETINFO", "LIB-NAME", LIBRARY.name]).catch(refused),
    call(["CLIENT", "SETINFO", "LIB-VER", LIBRARY.version]).catch(refused),
  );
  return calls;
}

function refused(error: unknown): void {
  if (!(error instanceof ServerError)) throw error;
}

function must(results: PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
