/**
 * Timers that do not keep the process alive.
 *
 * @module
 */

/**
 * Lets the process end while a timer waits.
 *
 * @param timer What `setTimeout` or `setInterval` returned: a number on Deno, an object on Node and Bun.
 */
export function unrefTimer(timer: unknown): void {
  if (typeof timer === "object") (timer as { unref?(): void }).unref?.();
  // A fake clock of a test may give numbers on any runtime.
  else if (typeof Deno !== "undefined") Deno.unrefTimer(timer as number);
}
