import { PROPERTIES, type Property } from "./_properties.ts";
import { Random } from "./_random.ts";

/** How many cases the suite tries; `deno task fuzz` tries others, for as long as you like. */
const CASES: Record<keyof typeof PROPERTIES, number> = {
  decodesEveryTree: 12_000,
  decodesEveryList: 1500,
  decodesEveryDouble: 1500,
  survivesDamage: 20_000,
  encodesEveryCommand: 4000,
};

for (const [name, property] of Object.entries(PROPERTIES)) {
  Deno.test(`the codec ${words(name)}, in ${CASES[name]} random cases`, () => {
    for (let seed = 1; seed <= CASES[name]; seed++) check(property, name, seed);
  });
}

function check(property: Property, name: string, seed: number): void {
  try {
    property(new Random(seed));
  } catch (cause) {
    throw new Error(`Property ${name} does not hold: deno task fuzz ${name} 1 ${seed}`, { cause });
  }
}

function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
