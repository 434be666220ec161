/**
 * Tries random cases of the codec's properties, until one fails or enough were tried.
 *
 *     deno task fuzz                             # 100 000 of each property, from a new seed
 *     deno task fuzz survivesDamage 1000000      # of one property
 *     deno task fuzz survivesDamage 1 4711       # one case again
 *
 * @module
 */

import { PROPERTIES } from "./_properties.ts";
import { Random } from "./_random.ts";

const [name = "all", count = "100000", first = String(Date.now() % 2 ** 31)] = Deno.args;
const names = name === "all" ? Object.keys(PROPERTIES) : [name];
for (const name of names) {
  if (!(name in PROPERTIES)) {
    console.error(`There is no property ${name}, only ${Object.keys(PROPERTIES).join(", ")}`);
    Deno.exit(2);
  }
  const [from, until] = [Number(first), Number(first) + Number(count)];
  console.log(`${name}: seeds ${from} to ${until - 1}`);
  let shown = Date.now();
  for (let seed = from; seed < until; seed++) {
    try {
      PROPERTIES[name](new Random(seed));
    } catch (error) {
      console.error(error);
      console.error(`Does not hold: deno task fuzz ${name} 1 ${seed}`);
      Deno.exit(1);
    }
    if (Date.now() - shown < 5000) continue;
    shown = Date.now();
    console.log(`${name}: ${seed - from + 1} of ${count}`);
  }
}
