/**
 * Keeps passwords out of error messages: some servers repeat the command that they refuse.
 *
 * @module
 */

import { ServerError } from "../errors.ts";

/** Shortest part of a password that counts as a repetition of it, in characters. */
const TELLING = 6;

/** Well-known messages about credentials, which repeat nothing, even if a password has words in common with them. */
const HARMLESS = new Set([
  "WRONGPASS invalid username-password pair or user is disabled.",
  "WRONGPASS invalid username-password pair",
  "NOAUTH Authentication required.",
  "ERR invalid password",
  "ERR Client sent AUTH, but no password is set",
  "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
]);

/**
 * Takes the words of a command out of an error reply to it, if they hold a secret.
 *
 * @param error The error reply.
 * @param secrets The secrets.
 * @returns The same error, or one that leaves out what could be a secret.
 */
export function withoutSecrets(error: ServerError, secrets: readonly string[]): ServerError {
  if (HARMLESS.has(error.message)) return error;
  // This is how Redis and Valkey repeat the arguments, cut at some length and with escapes.
  const brief = error.message.replace(/,? with args beginning with:.*$/s, "");
  if (!secrets.some((secret) => repeats(brief, secret))) {
    return brief === error.message ? error : reworded(error, brief);
  }
  // Leaving out only the matching part would show which well-known words are in the secret.
  const code = /^[A-Z]+(?= )/.exec(brief)?.[0] ?? "ERR";
  const safeCode = secrets.some((secret) => repeats(code, secret)) ? "ERR" : code;
  return reworded(error, `${safeCode} (the server's words are left out: they repeat credentials)`);
}

function reworded({ command }: ServerError, message: string): ServerError {
  const error = new ServerError(message);
  error.command = command;
  return error;
}

/** Whether a text holds a secret, or a part of it of a certain length. */
function repeats(text: string, secret: string): boolean {
  if (secret === "") return false;
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
  ];
  for (const form of forms) {
    if (form.length <= TELLING) {
      if (asWord(form).test(text)) return true;
      continue;
    }
    for (let i = 0; i + TELLING <= form.length; i++) {
      if (text.includes(form.slice(i, i + TELLING))) return true;
    }
  }
  return false;
}

/** A short secret is looked for between the ends of words only: as a part of words it would be found in any text. */
function asWord(secret: string): RegExp {
  const quoted = secret.replace(
    /[^\p{L}\p{N}]/gu,
    (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
  return new RegExp(`(?<![\\p{L}\\p{N}])${quoted}(?![\\p{L}\\p{N}])`, "u");
}
