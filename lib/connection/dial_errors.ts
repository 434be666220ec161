/**
 * Why a connection could not be opened, told from what the runtime says.
 *
 * Deno names the class of an error, and rustls speaks in its message. Node and Bun have a code.
 *
 * @module
 */

import { ConnectionError } from "../errors.ts";
import { type Endpoint, isSocket, show } from "./transport.ts";

/** What is wrong with TLS to a server that has none. */
export const PLAIN_ONLY =
  "the server does not speak TLS on this port: use redis:// or leave out useTls, or use its port for TLS";
const TLS_ONLY =
  "the server speaks TLS on this port: use rediss:// or the option useTls, or the port without TLS";

const UNKNOWN_ISSUER =
  "; no known authority has signed it: pass the certificate of its authority as tls.caCerts";

/** What the operating system says about codes of Node, in the words that Deno uses. */
const SYSTEM_ERRORS: ReadonlyMap<string, string> = new Map([
  ["EACCES", "Permission denied"],
  ["EADDRNOTAVAIL", "Cannot assign requested address"],
  ["ECONNABORTED", "Software caused connection abort"],
  ["ECONNREFUSED", "Connection refused"],
  ["ECONNRESET", "Connection reset by peer"],
  ["EHOSTUNREACH", "No route to host"],
  ["EMFILE", "Too many open files"],
  ["ENETUNREACH", "Network is unreachable"],
  ["ENOENT", "No such file or directory"],
  ["ENOTFOUND", "failed to lookup address information: Name or service not known"],
  ["EAI_AGAIN", "failed to lookup address information: Temporary failure in name resolution"],
  ["EPIPE", "Broken pipe"],
  ["ETIMEDOUT", "Connection timed out"],
]);

/** What rustls calls the reasons for which Node and Bun refuse a certificate, by their code. */
const CERTIFICATE_ERRORS: ReadonlyMap<string, string> = new Map([
  ["CERT_HAS_EXPIRED", "Expired"],
  ["CERT_NOT_YET_VALID", "NotValidYet"],
  ["CERT_REVOKED", "Revoked"],
  ["CERT_SIGNATURE_FAILURE", "BadSignature"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "UnknownIssuer"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate not valid for name"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "UnknownIssuer"],
  ["UNABLE_TO_GET_ISSUER_CERT", "UnknownIssuer"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "UnknownIssuer"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "UnknownIssuer"],
]);

/** One side speaks TLS and the other one does not. */
export class TlsMismatch extends Error {
  override readonly name = "TlsMismatch";
}

/** A host name that can be in no certificate. */
export class BadHostName extends TypeError {
  override readonly name = "BadHostName";
}

/**
 * Makes the error for a plain connection to a peer that speaks TLS. {@linkcode isPermanent} knows it.
 *
 * @param endpoint The peer.
 */
export function tlsExpected(endpoint: Endpoint): ConnectionError {
  const cause = new TlsMismatch(TLS_ONLY);
  return new ConnectionError(
    `Cannot connect to ${show(endpoint)}: ${cause.message}`,
    { ...endpoint, cause },
  );
}

/**
 * Whether trying again cannot help: the certificate is refused, the peer does not speak TLS or the host name cannot be
 * in a certificate, or the program has no permission to connect.
 *
 * @param error Why a connection could not be opened, or was lost.
 */
export function isPermanent(error: unknown): boolean {
  const cause = error instanceof ConnectionError ? error.cause : error;
  return isForbidden(cause) || isCertificateTrouble(cause) || cause instanceof TlsMismatch ||
    isBadName(cause);
}

/**
 * Whether one side refuses the certificate of the other.
 *
 * @param cause What the runtime has thrown.
 */
export function isCertificateTrouble(cause: unknown): boolean {
  // rustls speaks of certificates in all its refusals: unknown issuer, wrong name, expired, required, malformed.
  if (isNamed(cause, "InvalidData")) {
    return /certificate|UnknownIssuer|NotValidForName|UnknownCA|handshake ?failure/i.test(
      cause.message,
    );
  }
  const code = codeOf(cause);
  return CERTIFICATE_ERRORS.has(code) ||
    /^CERT_|CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|ALERT_DECRYPT_ERROR/.test(code);
}

/**
 * Whether a peer has answered a TLS handshake with something else.
 *
 * @param cause What the runtime has thrown.
 */
export function isProtocolMix(cause: unknown): boolean {
  return cause instanceof Error && /corrupt message/.test(cause.message) ||
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNEXPECTED_MESSAGE/.test(codeOf(cause));
}

/**
 * Says why a connection could not be opened, in the same words on every runtime.
 *
 * @param cause What the runtime has thrown.
 * @param endpoint Where to.
 * @returns The end of a sentence.
 */
export function explain(cause: unknown, { host }: Endpoint): string {
  const said = cause instanceof Error ? cause.message : String(cause);
  if (isForbidden(cause)) {
    const runtime = isNamed(cause, "NotCapable") ? "Deno" : "Node";
    const flags = isSocket(host) && runtime === "Deno"
      ? "--allow-net, --allow-read and --allow-write"
      : "--allow-net";
    return `the permission is missing, run ${runtime} with ${flags} (${said})`;
  }
  const code = codeOf(cause);
  const refusal = CERTIFICATE_ERRORS.get(code);
  const advice = refusal === "UnknownIssuer" || /\bUnknownIssuer$/.test(said) ? UNKNOWN_ISSUER : "";
  if (refusal !== undefined) return `invalid peer certificate: ${refusal} (${said})${advice}`;
  const alert = /^ERR_SSL_\w*_ALERT_(\w+)$/.exec(code)?.[1];
  if (alert !== undefined) return `received fatal alert: ${pascal(alert)} (${code})`;
  const system = SYSTEM_ERRORS.get(code);
  // Some errors of Deno have a code as well.
  return system === undefined || said.startsWith(system) ? said + advice : `${system} (${code})`;
}

/** Whether the runtime was started without the permission to connect. */
function isForbidden(cause: unknown): boolean {
  return isNamed(cause, "NotCapable") || codeOf(cause) === "ERR_ACCESS_DENIED";
}

/** Whether a host name is refused as it stands, because no certificate can hold it or no resolver look it up. */
function isBadName(cause: unknown): boolean {
  return cause instanceof BadHostName || cause instanceof URIError ||
    cause instanceof TypeError && cause.message.startsWith("Invalid hostname");
}

/** Whether an error is of a class of `Deno.errors`. */
function isNamed(cause: unknown, name: string): cause is Error {
  return cause instanceof Error && cause.name === name;
}

/** The code of an error of Node or Bun; "" if it has none. */
function codeOf(cause: unknown): string {
  const code = (cause as { code?: unknown } | undefined | null)?.code;
  return typeof code === "string" ? code : "";
}

/** `UNKNOWN_CA` as rustls writes it: `UnknownCa`. */
function pascal(words: string): string {
  return words.toLowerCase().replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase());
}
