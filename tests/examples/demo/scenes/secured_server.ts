/**
 * Scene: a server that wants TLS, client certificates and ACL users, and what it lets whom do.
 *
 * @module
 */

import {
  ConnectionError,
  type RedisCredentials,
  ServerError,
  type TlsOptions,
} from "../../../../mod.ts";
import type { AclUser, TestServer } from "../../../../lib/testing/mod.ts";
import { isProduct, type Product, productFields, productKey } from "../catalogue.ts";
import { connect, PATIENCE } from "../connect.ts";
import { counted } from "../number_text.ts";
import type { Stage, Verdict } from "../scene.ts";

/** One attempt, and what came of it. */
export interface Attempt {
  readonly what: string;
  /** What was expected: `"ok"`, the code of an error reply, or the name of another error. */
  readonly expected: string;
  /** What happened, in the same words. */
  readonly outcome: string;
}

/** What came of it. */
export interface SecurityFigures {
  readonly attempts: readonly Attempt[];
}

const SHOP: RedisCredentials = { username: "shop", password: "demo-shop" };
const VISITOR: RedisCredentials = { username: "visitor", password: "demo-visitor" };

/** Password of the default user. */
export const DEFAULT_PASSWORD = "demo-default";

/** The ACL users that the server has to have. `ROLE` is how the client tells a primary from a replica. */
export const USERS: AclUser[] = [
  {
    name: "shop",
    rules: `on >${SHOP.password} ~product:* +@read +@write +@connection -@dangerous +role`,
  },
  { name: "visitor", rules: `on >${VISITOR.password} ~product:* +@read +@connection +role` },
];

/** Milliseconds for attempts to connect that are to fail. */
const REFUSAL = 5000;

/**
 * Tries what is allowed and what is not.
 *
 * @param stage Where the demo runs.
 * @param server A server with TLS, client certificates, {@linkcode DEFAULT_PASSWORD} and {@linkcode USERS}.
 * @param products Some products to store there.
 */
export async function visitSecuredServer(
  { terminal }: Stage,
  server: TestServer,
  products: readonly Product[],
): Promise<SecurityFigures> {
  terminal.heading("Talk to a server with TLS, client certificates and ACL users");
  const { caCert, otherCaCert, clientCert: cert, clientKey: key } = server.tls!;
  const tls: TlsOptions = { caCerts: [caCert], cert, key };
  const visit = (credentials: RedisCredentials, tls: TlsOptions, clientCreationTimeout: number) =>
    connect([server], { credentials, useTls: true, tls, clientCreationTimeout });
  const refused = async (credentials: RedisCredentials, tls: TlsOptions) => {
    await using _ = await visit(credentials, tls, REFUSAL);
  };

  await using shop = await visit(SHOP, tls, PATIENCE);
  await using visitor = await visit(VISITOR, tls, PATIENCE);
  const [first] = products;
  const attempts = [
    await attempt(`shop stores ${counted(products.length, "product")}`, "ok", async () => {
      await Promise.all(products.map((product) => {
        return shop.hset(productKey(product), productFields(product));
      }));
    }),
    await attempt("visitor reads them", "ok", async () => {
      for (const product of products) {
        const fields = await visitor.hgetall(productKey(product));
        if (!isProduct(product, fields)) throw new Error(`Wrong value of ${productKey(product)}`);
      }
    }),
    await attempt("visitor changes one", "NOPERM", () => {
      return visitor.hset(productKey(first), { stock: 0 });
    }),
    await attempt("visitor reads another key", "NOPERM", () => visitor.get("payroll")),
    await attempt("shop empties the server", "NOPERM", () => shop.customCommand(["FLUSHALL"])),
    await attempt("a wrong password", "WRONGPASS", () => {
      return refused({ ...SHOP, password: "guess" }, tls);
    }),
    await attempt("no client certificate", "ConnectionError", () => {
      return refused(SHOP, { caCerts: [caCert] });
    }),
    await attempt("a server that nobody vouches for", "ConnectionError", () => {
      return refused(SHOP, { ...tls, caCerts: [otherCaCert] });
    }),
  ];
  terminal.table(
    ["attempt", "expected", "outcome"],
    attempts.map(({ what, expected, outcome }) => [what, expected, outcome]),
  );
  return { attempts };
}

/**
 * Says what had to hold.
 *
 * @param figures What came of the scene.
 */
export function judgeSecurity({ attempts }: SecurityFigures): Verdict {
  const asExpected = attempts.filter(({ expected, outcome }) => expected === outcome).length;
  return {
    title: "TLS and ACL",
    facts: [["Attempts that ended as expected", `${asExpected} of ${attempts.length}`]],
    checks: [{
      claim: "The server let in whom it should, and the client said why where it did not",
      held: attempts.length > 0 && asExpected === attempts.length,
    }],
  };
}

async function attempt(
  what: string,
  expected: string,
  act: () => Promise<unknown>,
): Promise<Attempt> {
  try {
    await act();
    return { what, expected, outcome: "ok" };
  } catch (error) {
    return { what, expected, outcome: wordFor(error) };
  }
}

function wordFor(error: unknown): string {
  if (error instanceof ServerError) return error.code;
  if (error instanceof ConnectionError) return error.name;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
