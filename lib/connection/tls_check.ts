/**
 * Checks of TLS options that need no server: values on which a connection would fail later, or that would be ignored.
 *
 * @module
 */

import { type MaterialFault, materialFault, NAME_WITH_CERTIFICATE } from "./tls_material.ts";
import type { TlsSettings } from "./transport.ts";

/** What is wrong with a TLS option. */
export interface TlsProblem {
  /** Name of the option inside `tls`. */
  readonly option: "caCerts" | "cert" | "key" | "serverName";
  /** What was expected instead. Holds nothing of the option's value. */
  readonly problem: string;
  /** What the runtime said, if it was the runtime that refused the option. */
  readonly cause?: unknown;
}

/**
 * Finds the first TLS option that cannot work.
 *
 * @param tls The options; their types are right.
 * @returns The problem, undefined if there is none.
 */
export function tlsProblem(
  { caCerts, cert, key, serverName }: TlsSettings,
): TlsProblem | undefined {
  if (serverName !== undefined && !isServerName(serverName)) {
    return {
      option: "serverName",
      problem: "expected a DNS name in ASCII, such as redis.example.com, or an IP address",
    };
  }
  if (serverName !== undefined && cert !== undefined && !NAME_WITH_CERTIFICATE) {
    return {
      option: "serverName",
      problem: "expected no client certificate with it: Deno takes the name from the address then",
    };
  }
  for (const pem of caCerts ?? []) {
    if (!CERTIFICATE.test(pem)) return { option: "caCerts", problem: notPem(pem, "CERTIFICATE") };
  }
  if (cert !== undefined && !CERTIFICATE.test(cert)) {
    return { option: "cert", problem: notPem(cert, "CERTIFICATE") };
  }
  if (key !== undefined && !PRIVATE_KEY.test(key)) {
    return {
      option: "key",
      problem: key.includes("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        ? "expected a key without a passphrase"
        : notPem(key, "PRIVATE KEY"),
    };
  }
  const fault = materialFault({ caCerts, cert, key });
  return fault === undefined ? undefined : problemOf(fault);
}

/**
 * Whether a name can be looked for in a certificate: a DNS name in ASCII, or an IP address without a zone.
 *
 * @param name The name.
 */
export function isServerName(name: string): boolean {
  if (name.includes(":")) return URL.canParse(`http://[${name}]`);
  if (/^\d+(\.\d+){3}$/.test(name)) return URL.canParse(`http://${name}`);
  const labels = name.replace(/\.$/, "").split(".");
  return name.length <= 253 && !/^\d+$/.test(labels[labels.length - 1]) &&
    labels.every((label) => /^(?!-)[\w-]{1,63}(?<!-)$/.test(label));
}

const CERTIFICATE = /^-----BEGIN CERTIFICATE-----/m;
const PRIVATE_KEY = /^-----BEGIN (RSA |EC )?PRIVATE KEY-----/m;

function notPem(text: string, label: string): string {
  const expected = `expected PEM text with a line -----BEGIN ${label}-----`;
  // A path is one short line, unlike base64 and DER.
  return /^[^\n\0]{1,512}$/.test(text.trim()) && /[./\\]/.test(text)
    ? `${expected}, got what looks like a path: read the file first`
    : expected;
}

function problemOf({ part, cause }: MaterialFault): TlsProblem {
  switch (part) {
    case "caCerts":
      return { option: part, problem: "expected certificates that can be read", cause };
    case "cert":
      return { option: part, problem: "expected a certificate that can be read", cause };
    case "key":
      return {
        option: part,
        problem: "expected an RSA, ECDSA or EdDSA key that can be read",
        cause,
      };
    case "pair":
      return {
        option: "key",
        problem: "expected the private key that belongs to tls.cert, got another",
        cause,
      };
  }
}
