/**
 * The rule for names of command methods.
 *
 * @module
 */

/**
 * Names the method for a command: its words in lower case, and with a capital from the second one on. Dashes and
 * underscores separate words, too.
 *
 * @param command The command in upper case: `"CLIENT NO-EVICT"`.
 * @returns The name: `"clientNoEvict"`.
 */
export function methodName(command: string): string {
  return command.toLowerCase().replace(/[ _-]+(.)/g, (_, letter) => letter.toUpperCase());
}
