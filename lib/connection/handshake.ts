/**
 * The first words on a new connection: protocol, credentials, name, database.
 *
 * @module
 */

import { ProtocolError, ServerError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { isPermanent } from "./transport.ts";

/** What a connection shall be after the handshake. */
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
}

/** Name and version of this library, as the server shows them in CLIENT LIST. */
const LIBRARY = { name: "babushka-deno", version: "0.1.0" };

/**
 * Shakes hands, in one write and one round trip where the server has RESP3 or RESP2 is wanted.
 *
 * @param call Sends a command on the new connection; calls in one turn go out as one write.
 * @param settings What the connection shall be.
 * @returns The protocol that the connection speaks now.
 * @throws {ServerError} If the server refuses credentials, name or database.
 */
export async function shakeHands(
  call: (words: Words) => Promise<Reply>,
  settings: HandshakeSettings,
): Promise<2 | 3> {
  if (settings.protocol === 3) {
    const hello: Words = ["HELLO", 3];
    const { credentials, clientName } = settings;
    if (credentials !== undefined) {
      hello.push("AUTH", credentials.username ?? "default", credentials.password);
    }
    if (clientName !== undefined) hello.push("SETNAME", clientName);
    const [greeting, ...others] = await Promise.allSettled([
      call(hello),
      ...introduce(call, settings),
    ]);
    if (greeting.status === "fulfilled") {
      must(others);
      return 3;
    }
    if (!isUnknownHello(greeting.reason)) throw greeting.reason;
  }
  must(
    await Promise.allSettled([...authenticate(call, settings), ...introduce(call, settings)]),
  );
  return 2;
}

/**
 * Whether another attempt to connect would end the same way.
 *
 * @param error Why a connection could not be opened.
 */
export function isHopeless(error: unknown): boolean {
  if (error instanceof ServerError) {
    return ["WRONGPASS", "NOAUTH", "NOPERM"].includes(error.code) ||
      /invalid password|without any password/i.test(error.message);
  }
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
  { databaseId, readOnly }: HandshakeSettings,
): Promise<unknown>[] {
  const calls: Promise<unknown>[] = [];
  if (databaseId !== 0) calls.push(call(["SELECT", databaseId]));
  if (readOnly) calls.push(call(["READONLY"]));
  // Only newer servers know this, and nothing depends on it.
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

function isUnknownHello(error: unknown): boolean {
  return error instanceof ServerError &&
    (error.code === "NOPROTO" || /unknown command|unsupported protocol/i.test(error.message));
}
