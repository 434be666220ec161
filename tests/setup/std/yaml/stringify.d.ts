import type { SchemaType } from "./parse.d.ts";

export type { SchemaType };

/** How a value of a type with several spellings is written. */
export type StyleVariant =
  | "lowercase"
  | "uppercase"
  | "camelcase"
  | "decimal"
  | "binary"
  | "octal"
  | "hexadecimal";

/** Options of {@linkcode stringify}. */
export type StringifyOptions = {
  /** Spaces per level; 2 by default. */
  indent?: number;
  /** Whether arrays are indented too; `true` by default. */
  arrayIndent?: boolean;
  /** `true` leaves out what YAML cannot express; `false` (an error) by default. */
  skipInvalid?: boolean;
  /** The level at which flow style begins; -1, never, by default. */
  flowLevel?: number;
  /** The spelling to use by tag. */
  styles?: Record<string, StyleVariant>;
  /** The types to write; "default" by default. */
  schema?: SchemaType;
  /** Whether, or how, keys are sorted; `false` by default. */
  sortKeys?: boolean | ((a: string, b: string, depth: number) => number);
  /** The longest line; 80 by default. */
  lineWidth?: number;
  /** Whether a repeated object becomes a reference; `true` by default. */
  useAnchors?: boolean;
  /** Whether to stay readable for old parsers; `true` by default. */
  compatMode?: boolean;
  /** Whether flow style goes without spaces; `false` by default. */
  condenseFlow?: boolean;
};

/** Write a value as one YAML document. */
export declare function stringify(data: unknown, options?: StringifyOptions): string;
