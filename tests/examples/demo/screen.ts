/**
 * Where the demo prints.
 *
 * @module
 */

/** Where text goes, and what can be done there. */
export interface Screen {
  /** Prints text, which may hold line ends. */
  write(text: string): void;
  /** Whether somebody is looking, so that a line can be printed over. */
  readonly live: boolean;
  /** Whether colours are wanted. */
  readonly colour: boolean;
  /** How many characters a line has room for. */
  columns(): number;
}

/** Exit code of programs that end because nobody reads what they print. */
const NOBODY_READS = 141;

/**
 * The terminal that this process was started on, or the file or pipe that its output goes to.
 *
 * @returns A screen without colours if `NO_COLOR` is set, or nobody is looking.
 */
export function ownScreen(): Screen {
  const live = Deno.stdout.isTerminal();
  const encoder = new TextEncoder();
  return {
    write(text) {
      const bytes = encoder.encode(text);
      try {
        for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
      } catch (error) {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
        // The reader of the pipe has seen enough, as with `| head`.
        Deno.exit(NOBODY_READS);
      }
    },
    live,
    colour: live && !Deno.noColor,
    columns() {
      try {
        // Some terminals do not know, and say 0.
        return Deno.consoleSize().columns || 80;
      } catch {
        return 80;
      }
    },
  };
}
