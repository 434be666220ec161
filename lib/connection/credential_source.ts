/**
 * Where connections get user and password from: a fixed set, or a function of the user.
 *
 * @module
 */

import { ClosedError, RedisError } from "../errors.ts";
import { waitFor } from "./wait_for.ts";

/** User and password. */
export interface Login {
  /** ACL user; the default user if it is not given. */
  readonly username?: string;
  /** Password. */
  readonly password: string;
}

/** A function that gives credentials. It is the user's, so its result is checked. */
export type LoginProvider = () => Promise<Login & { readonly refreshAfter?: number }>;

/** Credentials as they were given to connections. */
export interface IssuedLogin {
  /** User and password; undefined if there are none. */
  readonly login: Login | undefined;
  /** Number of the set: a later one is newer. */
  readonly version: number;
  /** When connections should get newer ones, in milliseconds of `performance.now()`; undefined for never. */
  readonly refreshAt?: number;
}

/** Shortest time until newer credentials are asked for, in milliseconds. */
const LEAST_REFRESH = 100;
/** Longest time that a timer can measure, in milliseconds. */
const MAX_MS = 2 ** 31 - 1;

/** Why a call of the provider is not waited for any more. */
const REPLACED = new RedisError("Other credentials were given meanwhile");

/** A call of the provider that is under way. */
interface Call {
  /** Ends the wait for it. */
  readonly end: AbortController;
  /** What it gives. */
  readonly result: Promise<IssuedLogin>;
}

/** The credentials of one client. */
export class CredentialSource {
  /** How often they were replaced. */
  replacements = 0;
  readonly #patience: number;
  #given: Login | LoginProvider | undefined;
  #newest: IssuedLogin;
  #call: Call | null = null;
  /** Why no credentials are given any more. */
  #closed: ClosedError | undefined;

  /**
   * Makes a source.
   *
   * @param given The credentials, or what gives them; undefined for none.
   * @param patience Milliseconds that a call of the provider may take.
   */
  constructor(given: Login | LoginProvider | undefined, patience: number) {
    this.#patience = patience;
    this.#given = given;
    this.#newest = issued(typeof given === "function" ? undefined : given, 0);
  }

  /** Whether a function gives the credentials. */
  get isProvided(): boolean {
    return typeof this.#given === "function";
  }

  /**
   * Uses other credentials from now on. What waits for a call of the earlier provider gets the other ones.
   *
   * @param given The credentials, or what gives them.
   */
  replace(given: Login | LoginProvider): void {
    this.replacements++;
    this.#given = given;
    const fixed = typeof given === "function" ? this.#newest.login : given;
    this.#newest = issued(fixed, this.#newest.version + 1);
    const call = this.#call;
    this.#call = null;
    call?.end.abort(REPLACED);
  }

  /**
   * Gets credentials for a connection: calls the provider, or waits for the call that is under way.
   *
   * @returns The credentials.
   * @throws {RedisError} If the provider rejects, does not answer in time, or returns no credentials. The cause is what
   * it rejected with.
   * @throws {ClosedError} If the source was closed.
   */
  async issue(): Promise<IssuedLogin> {
    while (true) {
      if (this.#closed !== undefined) throw this.#closed;
      const given = this.#given;
      if (typeof given !== "function") return this.#newest;
      const call = this.#call ??= this.#ask(given);
      try {
        return await call.result;
      } catch (error) {
        if (error !== REPLACED) throw error;
      }
    }
  }

  /**
   * Gets newer credentials than those that a server has refused.
   *
   * @param refused The credentials that were refused.
   * @returns The newest credentials; those that were refused if there are no newer ones.
   * @throws {RedisError} As {@linkcode CredentialSource.issue} does.
   */
  async issueNewer(refused: IssuedLogin): Promise<IssuedLogin> {
    return this.#newest.version > refused.version ? this.#newest : await this.issue();
  }

  /** Ends it: a call that is under way rejects. */
  close(): void {
    this.#closed = new ClosedError("Cannot get credentials: the client was closed");
    this.#call?.end.abort(this.#closed);
  }

  #ask(provider: LoginProvider): Call {
    const end = new AbortController();
    const { replacements } = this;
    const take = async (): Promise<IssuedLogin> => {
      try {
        const { login, refreshAfter } = await waitFor(called(provider), {
          limit: this.#patience,
          late: (limit) =>
            new RedisError(`the credentials provider did not answer within ${limit} ms`),
          signal: end.signal,
        });
        // In the same turn, or by the provider itself.
        if (replacements !== this.replacements) throw REPLACED;
        return this.#newest = issued(login, this.#newest.version + 1, refreshAfter);
      } finally {
        if (this.#call === call) this.#call = null;
      }
    };
    const call: Call = { end, result: take() };
    return call;
  }
}

function issued(login: Login | undefined, version: number, refreshAfter?: number): IssuedLogin {
  if (refreshAfter === undefined) return { login, version };
  const wait = Math.min(Math.max(refreshAfter, LEAST_REFRESH), MAX_MS);
  return { login, version, refreshAt: performance.now() + wait };
}

/**
 * Calls a provider, and reads what it returns. Its words are left out of the message, since they may repeat a secret: they
 * are in the cause.
 */
async function called(provider: LoginProvider): Promise<{ login: Login; refreshAfter?: number }> {
  let result: unknown;
  try {
    result = await provider();
    // Each field is read once: what is checked is used.
    if (typeof result === "object" && result !== null) {
      const { username, password, refreshAfter } = result as Record<string, unknown>;
      result = { username, password, refreshAfter };
    }
  } catch (cause) {
    throw new RedisError("the credentials provider failed", { cause });
  }
  const problem = problemOf(result);
  if (problem !== undefined) throw new RedisError(`the credentials provider ${problem}`);
  const { username, password, refreshAfter } = result as Awaited<ReturnType<LoginProvider>>;
  return { login: username === undefined ? { password } : { username, password }, refreshAfter };
}

/** What is wrong with the result of a provider; undefined if nothing is. */
function problemOf(result: unknown): string | undefined {
  const expected = "expected { username?, password, refreshAfter? }";
  if (typeof result !== "object" || result === null) return `returned no object, ${expected}`;
  const { username, password, refreshAfter } = result as Record<string, unknown>;
  if (typeof password !== "string") return `returned no password, ${expected}`;
  if (username !== undefined && (typeof username !== "string" || username === "")) {
    return `returned a user name that is no text or empty, ${expected}`;
  }
  if (refreshAfter !== undefined && !(typeof refreshAfter === "number" && refreshAfter > 0)) {
    return "returned a refreshAfter that is no number of milliseconds above 0";
  }
  return undefined;
}
