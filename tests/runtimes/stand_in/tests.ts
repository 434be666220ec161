/**
 * `Deno.test` for other runtimes: gathers the tests of a file, and runs them one after the other.
 *
 * @module
 */

interface Context {
  readonly name: string;
  step(name: string | StepDefinition, run?: Body): Promise<boolean>;
}

type Body = (context: Context) => unknown;

interface StepDefinition {
  name: string;
  fn: Body;
  ignore?: boolean;
}

interface Test {
  readonly name: string;
  readonly run: Body;
  readonly ignored: boolean;
}

/** What came out of a file. */
export interface Outcome {
  passed: number;
  failed: number;
  /** Tests that cannot run here, by name. */
  skipped: number;
}

/** Longest time for a test, in milliseconds. */
const LIMIT = 120_000;

/** Tests may replace them. */
const { setTimeout, clearTimeout } = globalThis;
const now = performance.now.bind(performance);

const tests: Test[] = [];

/** Stands for `Deno.test`. */
export const test = Object.assign(
  (first: unknown, second?: unknown, third?: unknown): void => {
    tests.push(testOf(first, second, third));
  },
  {
    ignore: (first: unknown, second?: unknown, third?: unknown): void => {
      tests.push({ ...testOf(first, second, third), ignored: true });
    },
  },
);

/**
 * Runs the tests that were gathered, and prints a line for each.
 *
 * @param only Tests whose name has this text; by default all.
 * @param excluded Why tests are left out, by their name or a part of it.
 */
export async function runTests(
  only: string,
  excluded: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const outcome: Outcome = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, run, ignored } of tests) {
    if (!name.includes(only)) continue;
    if (ignored || Object.keys(excluded).some((part) => name.includes(part))) {
      outcome.skipped++;
      continue;
    }
    const begun = now();
    try {
      await withLimit(Promise.resolve(run(contextOf(name))));
      outcome.passed++;
      console.log(`${name} ... ok (${Math.round(now() - begun)}ms)`);
    } catch (error) {
      outcome.failed++;
      console.log(`${name} ... FAILED (${Math.round(now() - begun)}ms)`);
      console.log(error);
    }
  }
  return outcome;
}

function contextOf(name: string): Context {
  return {
    name,
    async step(first, second) {
      const { name: title, run, ignored } = testOf(first, second);
      if (ignored) return true;
      try {
        await run(contextOf(title));
      } catch (error) {
        throw new Error(`Step "${title}" failed`, { cause: error });
      }
      return true;
    },
  };
}

/** Reads the ways to call `Deno.test` that are in use. */
function testOf(first: unknown, second?: unknown, third?: unknown): Test {
  const parts = [first, second, third];
  const options = parts.find((part) => typeof part === "object" && part !== null) as
    | Partial<StepDefinition>
    | undefined;
  const run = parts.find((part) => typeof part === "function") as Body | undefined ?? options?.fn;
  const name = typeof first === "string" ? first : options?.name ?? run?.name;
  if (run === undefined || name === undefined) throw new TypeError("Cannot read the test");
  return { name, run, ignored: options?.ignore ?? false };
}

async function withLimit(body: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It takes longer than ${LIMIT} ms`)), LIMIT);
  });
  await Promise.race([body, late]).finally(() => clearTimeout(timer));
}
