/**
 * The credentials of one client: new connections log in with them, and open ones get newer ones by AUTH, or are replaced
 * where AUTH is not enough.
 *
 * @module
 */

import { ClosedError, RedisError, TimeoutError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { unrefTimer } from "../unref_timer.ts";
import { Budget } from "./budget.ts";
import {
  CredentialSource,
  type IssuedLogin,
  type Login,
  type LoginProvider,
} from "./credential_source.ts";
import type { Greeting } from "./greeting.ts";
import { discreet } from "./handshake.ts";
import { type Backoff, waitBefore } from "./backoff.ts";
import type { Endpoint } from "./transport.ts";

/** A connection that logs in. */
export interface LoggingIn {
  /** Whether it is closed. */
  readonly closed: boolean;
  /** Resolves when it is closed, with the reason. */
  readonly ended: Promise<Error>;
  /** What the handshake learnt. */
  readonly greeting: Greeting | undefined;
}

/**
 * How a connection gets newer credentials: between two of its requests, by the functions here; or `"beforeUse"`, when
 * {@linkcode Credentials.prepare} is called, because its present request blocks or watches keys.
 *
 * @typeParam C Type of the connections.
 */
export type LoginRenewal<C extends LoggingIn> = "beforeUse" | {
  /** Whether the server refuses AUTH on the connection, as it does on RESP2 connections with subscriptions. */
  refusesAuth?(connection: C): boolean;
  /**
   * Opens another connection, which logs in with the newest credentials, and uses it instead of this one. Called for
   * another user, whose rights differ, and where the server refuses AUTH. Rejects if that fails; this connection then
   * stays in use.
   */
  takeOver(connection: C): Promise<void>;
};

/** A connection that has logged in. */
export interface Member<C extends LoggingIn> {
  /** Where it leads. */
  readonly endpoint: Endpoint;
  /** What it has logged in with. */
  readonly issued: IssuedLogin;
  /** How it gets newer credentials. */
  readonly renewal: LoginRenewal<C>;
  /** Sends AUTH on it; rejects also if the server leaves the refusal out. */
  call(words: Words): Promise<Reply>;
}

/** A failure in the background: newer credentials could not be used, or could not be had. */
export interface CredentialsFailure {
  /** Why. */
  readonly error: Error;
  /** The node that refused them; undefined if the provider failed. */
  readonly endpoint?: Endpoint;
}

/** How often and how long to try. */
export interface CredentialsSettings {
  /** Wait between attempts to give connections newer credentials. */
  readonly backoff: Backoff;
  /** Milliseconds that a call of the provider may take, and the reply to AUTH. */
  readonly attemptTimeout: number;
}

/** The credentials of one client, and its open connections. */
export class Credentials {
  /** Learns of failures, after which the connections stay as they are and another attempt follows. */
  onFailure: (failure: CredentialsFailure) => void = ignore;
  readonly #source: CredentialSource;
  readonly #settings: CredentialsSettings;
  readonly #members = new Map<LoggingIn, Member<LoggingIn>>();
  /** The credentials that all connections should have. */
  #wanted: IssuedLogin | undefined;
  /** Begins the next round, and when. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;
  /** How many rounds in a row have failed. */
  #failures = 0;
  #closed = false;

  /**
   * Makes credentials without connections.
   *
   * @param given User and password, or what gives them; undefined for none.
   * @param settings How often and how long to try.
   */
  constructor(given: Login | LoginProvider | undefined, settings: CredentialsSettings) {
    // A provider that hangs is to be named as the reason before the attempt to connect is over.
    this.#source = new CredentialSource(given, Math.ceil(settings.attemptTimeout * 0.9));
    this.#settings = settings;
  }

  /** How often they were replaced by others. */
  get replacements(): number {
    return this.#source.replacements;
  }

  /**
   * Gets credentials for a connection.
   *
   * @returns The credentials.
   * @throws {RedisError} If the provider fails. The message begins in lower case, for the end of another one.
   */
  issue(): Promise<IssuedLogin> {
    return this.#source.issue();
  }

  /**
   * Gets newer credentials than those that a server has refused.
   *
   * @param refused The credentials that were refused.
   * @returns The newest credentials; undefined if there are no others.
   * @throws {RedisError} If the provider fails.
   */
  async issueNewer(refused: IssuedLogin): Promise<IssuedLogin | undefined> {
    if (!this.#source.isProvided) return undefined;
    return await this.#source.issueNewer(refused);
  }

  /**
   * Adds a connection that has logged in.
   *
   * @param connection The connection.
   * @param member What is known of it.
   */
  add<C extends LoggingIn>(connection: C, member: Member<C>): void {
    if (this.#closed || connection.closed) return;
    this.#members.set(connection, member as Member<LoggingIn>);
    connection.ended.then(() => this.#members.delete(connection));
    const { version, refreshAt } = member.issued;
    if (refreshAt !== undefined) this.#schedule(refreshAt);
    // It has logged in while the others got newer credentials.
    if (version < (this.#wanted?.version ?? 0)) this.#schedule(performance.now());
  }

  /**
   * Gives a connection newer credentials before its next request, if there are any.
   *
   * @param connection The connection, which has no request under way.
   * @returns False if it must not be used any more: a connection with the newest credentials has to be opened.
   */
  prepare(connection: LoggingIn): boolean {
    const wanted = this.#wanted;
    const member = this.#members.get(connection);
    if (member === undefined || wanted === undefined || !isOlder(member, wanted)) return true;
    if (!isSameUser(member, wanted)) return false;
    this.#authenticate(connection, member, wanted).catch((error) => {
      // The connection may be lost, or even newer credentials may have come.
      if (connection.closed || wanted !== this.#wanted) return;
      this.onFailure({ error, endpoint: member.endpoint });
    });
    return true;
  }

  /**
   * Uses other credentials for connections from now on.
   *
   * @param given The credentials, or what gives them.
   * @param scope Whether open connections get them as well.
   * @returns Resolves when the open connections have them, or have to wait until they are free; rejects with the first
   * refusal. Further attempts are made in the background.
   * @throws {ClosedError} If they were closed.
   */
  async update(given: Login | LoginProvider, scope: "new" | "all"): Promise<void> {
    if (this.#closed) {
      throw new ClosedError("Cannot update the credentials: the client is closed");
    }
    this.#source.replace(given);
    if (scope === "new") return;
    const error = await this.#round();
    if (error !== undefined) throw error;
  }

  /** Ends it: nothing is asked any more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#members.clear();
    this.#source.close();
  }

  #schedule(due: number): void {
    if (this.#closed || due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#due = Infinity;
      if (this.#members.size > 0) this.#round();
    }, Math.max(0, due - performance.now()));
    unrefTimer(this.#timer);
  }

  /**
   * Gives all connections the newest credentials.
   *
   * @returns The first failure; undefined if there was none. Never rejects.
   */
  async #round(): Promise<Error | undefined> {
    const failures: CredentialsFailure[] = [];
    let issued: IssuedLogin | undefined;
    try {
      issued = this.#wanted = await this.#source.issue();
    } catch (error) {
      if (error instanceof ClosedError) return error;
      const { message, cause } = error as Error;
      failures.push({
        error: new RedisError(`Cannot get newer credentials: ${message}`, { cause }),
      });
    }
    if (issued !== undefined) {
      const wanted = issued;
      await Promise.all(
        Array.from(this.#members, async ([connection, member]) => {
          try {
            await this.#renew(connection, member, wanted);
          } catch (error) {
            // The next connection logs in with the newest credentials anyway.
            if (connection.closed) return;
            failures.push({ error: error as Error, endpoint: member.endpoint });
          }
        }),
      );
    }
    // Other credentials came meanwhile: those count.
    if (this.#closed || issued !== undefined && issued !== this.#wanted) return undefined;
    for (const failure of failures) this.onFailure(failure);
    if (failures.length === 0) {
      this.#failures = 0;
      if (issued?.refreshAt !== undefined) this.#schedule(issued.refreshAt);
    } else {
      const situation = { failures: ++this.#failures, waited: false, lost: true };
      this.#schedule(performance.now() + waitBefore(situation, this.#settings.backoff));
    }
    return failures[0]?.error;
  }

  async #renew(
    connection: LoggingIn,
    member: Member<LoggingIn>,
    wanted: IssuedLogin,
  ): Promise<void> {
    const { renewal } = member;
    if (!isOlder(member, wanted) || renewal === "beforeUse") return;
    if (isSameUser(member, wanted) && !renewal.refusesAuth?.(connection)) {
      return await this.#authenticate(connection, member, wanted);
    }
    await renewal.takeOver(connection);
    // It is not in use any more, and closed after its last reply.
    this.#members.delete(connection);
  }

  async #authenticate(
    connection: LoggingIn,
    member: Member<LoggingIn>,
    wanted: IssuedLogin,
  ): Promise<void> {
    const { login } = wanted;
    if (login === undefined) return;
    const { username, password } = login;
    // Servers that do not know users have no RESP3 either.
    const words: Words = username === undefined && connection.greeting?.protocol !== 3
      ? ["AUTH", password]
      : ["AUTH", username ?? DEFAULT_USER, password];
    await within(this.#settings.attemptTimeout, discreet(member.call, password)(words));
    const present = this.#members.get(connection);
    if (present !== undefined && isOlder(present, wanted)) {
      this.#members.set(connection, { ...present, issued: wanted });
    }
  }
}

/** The user of credentials without a name. */
const DEFAULT_USER = "default";

function isSameUser({ issued }: Member<LoggingIn>, wanted: IssuedLogin): boolean {
  return usernameOf(issued.login) === usernameOf(wanted.login);
}

function isOlder({ issued }: Member<LoggingIn>, wanted: IssuedLogin): boolean {
  return issued.version < wanted.version;
}

function usernameOf(login: Login | undefined): string {
  return login?.username ?? DEFAULT_USER;
}

/** Waits for the reply to AUTH. It may come later; the connection is not closed because of it. */
async function within<T>(timeout: number, reply: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const budget = new Budget(timeout, () => {
    late.reject(
      new TimeoutError(`Cannot authenticate within ${timeout} ms: the server does not answer`, {
        phase: "sent",
        timeout,
      }),
    );
  });
  try {
    return await Promise.race([reply, late.promise]);
  } finally {
    budget.stop();
  }
}

function ignore(): void {}
