/**
 * Client certificates that expire soon, and the authority that signs them.
 *
 * @module
 */

import type { KeyPair } from "../../lib/testing/certificates.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../lib/testing/_temporary_folder.ts";

const CONFIGURATION = `
[req]
distinguished_name = name
prompt = no
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = .
certificate = ca.crt
private_key = ca.key
rand_serial = yes
default_md = sha256
policy = policy
x509_extensions = client
unique_subject = no
[policy]
commonName = supplied
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
`;

/** An authority for client certificates, in a temporary folder. */
export class ShortAuthority implements AsyncDisposable {
  readonly #folder: string;
  #count = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes an authority. */
  static async make(): Promise<ShortAuthority> {
    const folder = await makeTemporaryFolder();
    await Deno.writeTextFile(`${folder}/openssl.cnf`, CONFIGURATION);
    await Deno.writeTextFile(`${folder}/index.txt`, "");
    const authority = new ShortAuthority(folder);
    await authority.#openssl(
      ...["req", "-x509", "-config", "openssl.cnf", "-extensions", "authority", "-days", "9"],
      ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-subj", "/CN=Short authority", "-keyout", "ca.key", "-out", "ca.crt"],
    );
    return authority;
  }

  /** File of its certificate, for servers. */
  get path(): string {
    return `${this.#folder}/ca.crt`;
  }

  /**
   * Makes a client certificate.
   *
   * @param seconds For how long it is valid.
   */
  async sign(seconds: number): Promise<KeyPair> {
    const name = `client-${++this.#count}`;
    await this.#openssl(
      ...["req", "-new", "-config", "openssl.cnf", "-subj", `/CN=${name}`],
      ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", `${name}.key`, "-out", `${name}.csr`],
    );
    const time = (date: number): string => new Date(date).toISOString().replace(/[-:T]|\.\d+/g, "");
    await this.#openssl(
      ...["ca", "-config", "openssl.cnf", "-batch", "-notext", "-in", `${name}.csr`],
      ...["-startdate", time(Date.now() - 60_000), "-enddate", time(Date.now() + seconds * 1000)],
      ...["-out", `${name}.crt`],
    );
    return {
      cert: await Deno.readTextFile(`${this.#folder}/${name}.crt`),
      key: await Deno.readTextFile(`${this.#folder}/${name}.key`),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTemporaryFolder(this.#folder);
  }

  async #openssl(...args: string[]): Promise<void> {
    const options = { args, cwd: this.#folder, stdin: "null" } as const;
    const { success, stderr } = await new Deno.Command("openssl", options).output();
    if (!success) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
  }
}
