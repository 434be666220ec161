/**
 * TLS certificates for tests, valid and invalid ones.
 *
 * @module
 */

import { makeTemporaryFolder, removeTemporaryFolder } from "./_temporary_folder.ts";

/** A certificate with its private key, both as PEM text. */
export interface KeyPair {
  /** The certificate. */
  cert: string;
  /** Its private key (PKCS #8). */
  key: string;
}

/** Certificates and keys, as returned by {@linkcode testCertificates}. */
export interface TestCertificates {
  /**
   * Certificate of the authority that has signed `server`, `client` and `wrongHost`, as PEM text.
   */
  caCert: string;
  /** Certificate of a server on `localhost`, `127.0.0.1` or `::1`. */
  server: KeyPair;
  /** Certificate of a client. */
  client: KeyPair;
  /** Certificate of a server with the name `elsewhere.test`: the right authority, but the wrong host. */
  wrongHost: KeyPair;
  /** Certificate of another authority, which clients and servers of the kit do not trust, as PEM text. */
  otherCaCert: string;
  /** Like `server`, but signed by the other authority. */
  otherServer: KeyPair;
  /** Like `client`, but signed by the other authority. */
  otherClient: KeyPair;
}

const CONFIGURATION = `
[req]
distinguished_name = name
prompt = no
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
[wrongHost]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:elsewhere.test
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
`;

let made: Promise<TestCertificates> | undefined;

/**
 * Creates the certificates, once per process.
 *
 * They have P-256 keys and are created by the program `openssl` in less than a second. They are kept in memory.
 *
 * @example A server that presents the wrong host name
 * ```ts no-eval
 * import { testCertificates } from "@babushka/redis/testing";
 *
 * const { wrongHost } = await testCertificates();
 * using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...wrongHost });
 * ```
 *
 * @returns The certificates and keys.
 * @throws {Error} If `openssl` is missing or fails.
 */
export function testCertificates(): Promise<TestCertificates> {
  made ??= make().catch((error) => {
    made = undefined;
    throw error;
  });
  return made;
}

async function make(): Promise<TestCertificates> {
  const folder = await makeTemporaryFolder();
  try {
    await Deno.writeTextFile(`${folder}/openssl.cnf`, CONFIGURATION);
    const [ours, other] = await Promise.all([
      makeAuthority(folder, "ca", ["server", "client", "wrongHost"]),
      makeAuthority(folder, "other", ["server", "client"]),
    ]);
    return {
      caCert: ours.authority.cert,
      server: ours.server,
      client: ours.client,
      wrongHost: ours.wrongHost,
      otherCaCert: other.authority.cert,
      otherServer: other.server,
      otherClient: other.client,
    };
  } finally {
    await removeTemporaryFolder(folder);
  }
}

/** Makes an authority and one certificate for each section of the configuration that is named. */
async function makeAuthority<Section extends string>(
  folder: string,
  name: string,
  sections: Section[],
): Promise<Record<Section | "authority", KeyPair>> {
  const key = (of: string) => `${name}-${of}.key`;
  const cert = (of: string) => `${name}-${of}.crt`;
  await openssl(folder, [
    ...["req", "-x509", "-config", "openssl.cnf", "-extensions", "authority", "-days", "3650"],
    ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-subj", `/CN=Test authority ${name}`, "-keyout", key("authority")],
    ...["-out", cert("authority")],
  ]);
  await Promise.all(sections.map(async (section, i) => {
    const request = `${name}-${section}.csr`;
    await openssl(folder, [
      ...["req", "-new", "-config", "openssl.cnf"],
      ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-subj", `/CN=Test ${section}`, "-keyout", key(section), "-out", request],
    ]);
    await openssl(folder, [
      ...["x509", "-req", "-in", request, "-days", "3650", "-set_serial", String(i + 1)],
      ...["-CA", cert("authority"), "-CAkey", key("authority")],
      ...["-extfile", "openssl.cnf", "-extensions", section, "-out", cert(section)],
    ]);
  }));
  const pairs: Partial<Record<Section | "authority", KeyPair>> = {};
  for (const of of ["authority" as const, ...sections]) {
    pairs[of] = {
      cert: await Deno.readTextFile(`${folder}/${cert(of)}`),
      key: await Deno.readTextFile(`${folder}/${key(of)}`),
    };
  }
  return pairs as Record<Section | "authority", KeyPair>;
}

async function openssl(cwd: string, args: string[]): Promise<void> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command("openssl", { args, cwd, stdin: "null" }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      "Cannot create certificates: the program openssl is not on the PATH. Install the package openssl",
      { cause: error },
    );
  }
  if (output.success) return;
  const text = new TextDecoder().decode(output.stderr).trim();
  throw new Error(`Cannot create certificates: "openssl ${args[0]}" failed: ${text}`);
}
