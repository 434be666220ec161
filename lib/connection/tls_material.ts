/**
 * Has the runtime read certificates and keys, as it would for a connection.
 *
 * @module
 */

/** Whether the runtime can show a client certificate and expect another name than that of the address. */
export const NAME_WITH_CERTIFICATE: boolean = typeof Deno === "undefined";

/** A part of TLS material that the runtime refuses. */
export interface MaterialFault {
  /** Which part; `pair` if the key belongs to another certificate. */
  readonly part: "caCerts" | "cert" | "key" | "pair";
  /** What the runtime said. */
  readonly cause: unknown;
}

/** What is read. */
export interface Material {
  /** PEM certificates of authorities. */
  readonly caCerts?: readonly string[];
  /** PEM certificate chain of the client; with the key or not at all. */
  readonly cert?: string;
  /** PEM private key of the client. */
  readonly key?: string;
}

/** The part of `node:crypto` that is used. */
interface Crypto {
  X509Certificate: new (
    pem: string,
  ) => { readonly publicKey: PublicKey; checkPrivateKey(key: unknown): boolean };
  createPrivateKey(pem: string): unknown;
  createPublicKey(privateKey: unknown): PublicKey;
}

interface PublicKey {
  export(form: typeof DER): { equals(other: unknown): boolean };
}

const DER = { type: "spki", format: "der" } as const;
const MISMATCH = "The certificate is for another key";

/**
 * Finds the first part that the runtime cannot use. Opens no socket and needs no permission.
 *
 * @param material The material.
 * @returns The fault, undefined if there is none.
 */
export function materialFault({ caCerts, cert, key }: Material): MaterialFault | undefined {
  const find = typeof Deno === "undefined" ? faultOnNode : faultOnDeno;
  return find({ caCerts }) ??
    (cert === undefined || key === undefined ? undefined : find({ cert, key }));
}

function faultOnDeno(material: Material): MaterialFault | undefined {
  try {
    // Deno 2.4 to 2.8 end the process if a key belongs to another certificate, in the next call or in that of the connection.
    if (isMismatch(material)) return { part: "pair", cause: new Error(MISMATCH) };
    Deno.createHttpClient(material as Deno.CreateHttpClientOptions).close();
    return undefined;
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : "";
    const part = material.caCerts !== undefined
      ? "caCerts"
      : /KeyMismatch/.test(text)
      ? "pair"
      : /private key/i.test(text)
      ? "key"
      : "cert";
    return { part, cause };
  }
}

/** Whether the key belongs to another certificate; false if that cannot be told. */
function isMismatch({ cert, key }: Material): boolean {
  const crypto = nodeCrypto();
  if (cert === undefined || key === undefined || crypto === undefined) return false;
  try {
    const [own] = certificatesOf(cert, crypto);
    const theirs = crypto.createPublicKey(crypto.createPrivateKey(key));
    return !own.publicKey.export(DER).equals(theirs.export(DER));
  } catch {
    return false;
  }
}

function faultOnNode({ caCerts = [], cert, key }: Material): MaterialFault | undefined {
  const crypto = nodeCrypto();
  if (crypto === undefined) return undefined;
  let part: MaterialFault["part"] = "caCerts";
  try {
    for (const pem of caCerts) certificatesOf(pem, crypto);
    if (cert === undefined || key === undefined) return undefined;
    part = "cert";
    const [own] = certificatesOf(cert, crypto);
    part = "key";
    const privateKey = crypto.createPrivateKey(key);
    part = "pair";
    if (own.checkPrivateKey(privateKey)) return undefined;
    throw new Error(MISMATCH);
  } catch (cause) {
    return { part, cause };
  }
}

/** Reads all certificates of a PEM text. */
function certificatesOf(
  pem: string,
  { X509Certificate }: Crypto,
): InstanceType<Crypto["X509Certificate"]>[] {
  const parts = pem.split(/^(?=-----BEGIN CERTIFICATE-----)/m);
  return parts.filter((part) => part.startsWith("-----")).map((part) => new X509Certificate(part));
}

/** `node:crypto`, without an import that other runtimes would have to load; undefined in Node before 22.3. */
function nodeCrypto(): Crypto | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): unknown };
  };
  return process?.getBuiltinModule?.("node:crypto") as Crypto | undefined;
}
