import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { groupBy, isProduct, makeCatalogue, productFields } from "./catalogue.ts";

Deno.test("makeCatalogue() makes the same products of the same seed, and various ones", () => {
  const products = makeCatalogue(1000, 7);
  assertEquals(products, makeCatalogue(1000, 7));
  assertNotEquals(products, makeCatalogue(1000, 8));
  assertEquals(new Set(products.map(({ id }) => id)).size, 1000);
  for (const property of ["category", "brand"] as const) {
    const sizes = [...groupBy(products, property).values()].map(({ length }) => length);
    assertEquals(sizes.length, 8);
    assert(Math.min(...sizes) > 80, `${property}: ${sizes}`);
  }
});

Deno.test("isProduct() sees whatever is missing, wrong or too much", () => {
  const [product, other] = makeCatalogue(2);
  const fields = productFields(product);
  assert(isProduct(product, fields));
  assert(!isProduct(product, {}));
  assert(!isProduct(product, productFields(other)));
  assert(!isProduct(product, { ...fields, stock: "-1" }));
  assert(!isProduct(product, { ...fields, colour: "red" }));
});
