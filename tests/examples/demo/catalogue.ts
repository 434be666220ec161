/**
 * A made-up product catalogue: the records of the standalone part.
 *
 * @module
 */

import { Random } from "./random.ts";

/** One product. */
export interface Product {
  /** What stands behind `product:` in its key. */
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly brand: string;
  readonly cents: number;
  readonly stock: number;
}

/** Things by category. */
const THINGS: Record<string, readonly string[]> = {
  audio: ["Headphones", "Loudspeaker", "Microphone", "Radio", "Record Player"],
  bicycles: ["Bell", "Helmet", "Pannier", "Pump", "Saddle"],
  books: ["Almanac", "Atlas", "Cookbook", "Dictionary", "Novel"],
  garden: ["Hedge Trimmer", "Rake", "Spade", "Watering Can", "Wheelbarrow"],
  kitchen: ["Colander", "Kettle", "Ladle", "Saucepan", "Teapot"],
  lighting: ["Candlestick", "Floor Lamp", "Lantern", "Reading Lamp", "Torch"],
  music: ["Accordion", "Banjo", "Flute", "Metronome", "Viola"],
  toys: ["Jigsaw", "Kite", "Marbles", "Rocking Horse", "Spinning Top"],
};
const QUALITIES = ["Crimson", "Everyday", "Folding", "Grand", "Little", "Quiet", "Sturdy", "Swift"];
const MATERIALS = ["Birch", "Brass", "Cork", "Glass", "Linen", "Oak", "Steel", "Wool"];
const BRANDS = ["Aster", "Borealis", "Cormorant", "Dunlin", "Elder", "Finch", "Gannet", "Heron"];

/** Key of the sorted set of all products by price. */
export const BY_PRICE = "products:by-price";

/**
 * Makes a catalogue.
 *
 * @param size How many products.
 * @param seed The same seed makes the same products.
 */
export function makeCatalogue(size: number, seed = 1): Product[] {
  const random = new Random(seed);
  const categories = Object.keys(THINGS);
  return Array.from({ length: size }, (_, i) => {
    const category = random.pick(categories);
    const thing = random.pick(THINGS[category]);
    return {
      id: String(i + 1),
      name: `${random.pick(QUALITIES)} ${random.pick(MATERIALS)} ${thing}`,
      category,
      brand: random.pick(BRANDS),
      cents: random.integer(99, 99_999),
      stock: random.integer(0, 500),
    };
  });
}

/** Key of the hash that holds a product. */
export function productKey({ id }: Product): string {
  return `product:${id}`;
}

/** Fields of that hash. */
export function productFields(product: Product): Record<string, string> {
  const { name, category, brand, cents, stock } = product;
  return { name, category, brand, cents: String(cents), stock: String(stock) };
}

/**
 * Compares what a server holds with what it ought to hold.
 *
 * @param product The product.
 * @param fields Fields of its hash, as they were read; none if there is no such key.
 */
export function isProduct(product: Product, fields: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(productFields(product));
  return Object.keys(fields).length === wanted.length &&
    wanted.every(([field, value]) => fields[field] === value);
}

/**
 * Parts the products by something that they have.
 *
 * @param products The products.
 * @param property What they are parted by.
 * @returns Products by value of that property, in the order of the catalogue.
 */
export function groupBy(
  products: readonly Product[],
  property: "category" | "brand",
): Map<string, Product[]> {
  return Map.groupBy(products, (product) => product[property]);
}
