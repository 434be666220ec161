const STAR = 0x2a;
const ONE = 0x3f;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const ESCAPE = 0x5c;
const NOT = 0x5e;
const RANGE = 0x2d;

/**
 * Whether bytes match a glob pattern as servers read it: `*`, `?`, `[abc]`, `[a-c]`, `[^a]`, and `\` in front of what
 * is meant literally.
 */
export function matchesGlob(pattern: Uint8Array, name: Uint8Array): boolean {
  /** Where to go on when what follows the last star does not match. */
  let retry: { pattern: number; name: number } | undefined;
  let p = 0;
  let n = 0;
  while (n < name.length || p < pattern.length) {
    if (pattern[p] === STAR) {
      retry = { pattern: ++p, name: n };
      continue;
    }
    const step = n < name.length ? stepOf(pattern, p, name[n]) : 0;
    if (step > 0) {
      p += step;
      n++;
    } else if (retry !== undefined && retry.name < name.length) {
      p = retry.pattern;
      n = ++retry.name;
    } else {
      return false;
    }
  }
  return true;
}

/** How many bytes of the pattern a byte of the name matches; 0 if it does not match. */
function stepOf(pattern: Uint8Array, at: number, byte: number): number {
  switch (pattern[at]) {
    case undefined:
      return 0;
    case ONE:
      return 1;
    case OPEN:
      return classStep(pattern, at, byte);
    case ESCAPE:
      if (at + 1 < pattern.length) return pattern[at + 1] === byte ? 2 : 0;
  }
  return pattern[at] === byte ? 1 : 0;
}

function classStep(pattern: Uint8Array, start: number, byte: number): number {
  let at = start + 1;
  const negated = pattern[at] === NOT;
  if (negated) at++;
  let found = false;
  while (at < pattern.length && pattern[at] !== CLOSE) {
    if (pattern[at] === ESCAPE && at + 1 < pattern.length) at++;
    if (pattern[at + 1] === RANGE && at + 2 < pattern.length) {
      const [low, high] = [pattern[at], pattern[at + 2]].sort((a, b) => a - b);
      if (low <= byte && byte <= high) found = true;
      at += 3;
    } else if (pattern[at++] === byte) {
      found = true;
    }
  }
  return found === negated ? 0 : Math.min(at + 1, pattern.length) - start;
}
