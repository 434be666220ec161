/** The sets of YAML types that can be read and written. */
export type SchemaType = "failsafe" | "json" | "core" | "default" | "extended";

/** Where in a text an error was found. */
export interface YamlPosition {
  /** The line, from 1. */
  readonly line: number;
  /** The column, from 1. */
  readonly column: number;
  /** The character, from 0. */
  readonly offset: number;
}

/** Thrown by {@linkcode parse} for a text that is not YAML. */
interface YamlSyntaxError extends SyntaxError, YamlPosition {
  /** The text around the error. */
  readonly snippet?: string;
}

/** Options of {@linkcode parse}. */
export interface ParseOptions {
  /** The types to recognise; "default" by default. */
  schema?: SchemaType;
  /** `true` lets the last of equal keys win; `false` (an error) by default. */
  allowDuplicateKeys?: boolean;
  /** Is told what was odd but readable. */
  onWarning?(error: YamlSyntaxError): void;
}

/** Read a text of one YAML document. */
export declare function parse(content: string, options?: ParseOptions): unknown;
/** Read a text of any number of YAML documents. */
export declare function parseAll(content: string, options?: ParseOptions): unknown[];
// Without an export list a declaration file exports everything, the error above too.
export {};
