/**
 * What the documentation generator sees of the command groups.
 *
 * @module
 */

/** A parameter of a method. */
export interface ParameterDocs {
  name: string;
  /** Its type, without type arguments: `"Key"`, `"OneOrMany"`. */
  type: string;
  optional: boolean;
  /** Whether it is an object whose properties have a meaning, or a list of such. */
  structured: boolean;
}

/** A tag of a doc comment. */
export interface TagDocs {
  kind: string;
  name?: string;
  doc?: string;
}

/** A method of a group; for an overloaded one, its first signature. */
export interface MethodDocs {
  group: string;
  name: string;
  doc: string;
  tags: TagDocs[];
  parameters: ParameterDocs[];
  /** Parameters of its implementation, which takes what any of its signatures takes. */
  implementation: ParameterDocs[];
}

/** All groups. */
export interface GroupDocs {
  /** What the merged interface extends. */
  groups: string[];
  /** Methods of all groups. */
  methods: MethodDocs[];
  /** Signatures and options without a text, by what they belong to. */
  withoutText: string[];
}

const MODULE = new URL("../../../lib/commands/mod.ts", import.meta.url);

interface Output {
  version: number;
  nodes: Record<string, { symbols: { name: string; declarations: Declaration[] }[] }>;
}

interface Declaration {
  kind: string;
  def: { extends?: { repr: string }[]; methods?: Method[]; properties?: Property[] };
}

interface Property {
  name: string;
  jsDoc?: { doc?: string };
}

interface Method {
  name: string;
  jsDoc?: { doc?: string; tags?: TagDocs[] };
  functionDef: { params: Parameter[] };
}

interface Parameter {
  name?: string;
  optional?: boolean;
  tsType?: TypeDocs;
  /** Of a parameter with a default. */
  left?: Parameter;
}

interface TypeDocs {
  repr?: string;
  kind: string;
  value?: unknown;
}

/** Types of arguments that are words, or any number of words under any names. */
const PLAIN = [
  ...[
    "AnyCase",
    "Argument",
    "ArrayBound",
    "ArrayEntries",
    "ArrayOperation",
    "Bit",
    "Date",
    "Integer",
    "NodeCursor",
    "BitOperation",
    "BitmapUnit",
    "CommandlogType",
    "Cursor",
    "EntryId",
  ],
  ...["Entries", "GeoMembers", "GeoUnit", "Key", "LexBound", "ListSide", "PfdebugSubcommand"],
  ...["Score", "ScoreBound", "ScoredMembers", "SortedSetEnd", "StreamPositions", "Uint8Array"],
  ...["Value", "Vector", "VectorAttributes", "VectorQuery", "XnackMode"],
];

/** Reads the documentation of all groups. */
export async function readGroupDocs(): Promise<GroupDocs> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", MODULE.href],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const { version, nodes } = JSON.parse(new TextDecoder().decode(stdout)) as Output;
  if (version !== 2) {
    throw new Error(`Cannot read the output of deno doc: its version is ${version}`);
  }

  const docs: GroupDocs = { groups: [], methods: [], withoutText: [] };
  for (const { name, declarations } of Object.values(nodes)[0].symbols) {
    for (const { kind, def } of declarations) {
      if (name === "Commands") {
        if (kind === "interface") docs.groups = def.extends!.map(({ repr }) => repr);
      } else if (kind === "class" && name.endsWith("Commands")) {
        docs.methods.push(...firstSignatures(name, def.methods ?? []));
        docs.withoutText.push(...textless(name, def.methods ?? []));
      } else if (kind === "interface" || kind === "typeAlias") {
        docs.withoutText.push(
          ...textless(name, def.properties ?? []),
          ...textlessOptions(name, def),
        );
      }
    }
  }
  return docs;
}

function firstSignatures(group: string, methods: Method[]): MethodDocs[] {
  const seen = new Map<string, MethodDocs>();
  for (const { name, jsDoc, functionDef } of methods) {
    const parameters = functionDef.params.map(describe);
    const first = seen.get(name);
    if (first !== undefined) {
      // The implementation is the last one.
      first.implementation = parameters;
      continue;
    }
    seen.set(name, {
      group,
      name,
      doc: jsDoc?.doc ?? "",
      tags: jsDoc?.tags ?? [],
      parameters,
      implementation: parameters,
    });
  }
  return [...seen.values()];
}

function textless(owner: string, members: readonly (Method | Property)[]): string[] {
  return members.flatMap((member) => [
    ...(member.jsDoc?.doc ? [] : [`${owner}.${member.name}`]),
    ...textlessOptions(`${owner}.${member.name}`, member),
  ]);
}

/** Properties without a text in all object types that are somewhere in a declaration. */
function textlessOptions(owner: string, declaration: unknown): string[] {
  if (typeof declaration !== "object" || declaration === null) return [];
  const { kind, value } = declaration as { kind?: unknown; value?: { properties?: Property[] } };
  const properties = kind === "typeLiteral" ? value?.properties ?? [] : [];
  return [
    ...properties.filter(({ jsDoc }) => !jsDoc?.doc).map(({ name }) => `${owner}: ${name}`),
    ...Object.values(declaration).flatMap((part) => textlessOptions(owner, part)),
  ];
}

function describe(parameter: Parameter): ParameterDocs {
  const { name, tsType, optional } = parameter.left ?? parameter;
  return {
    name: name ?? "",
    type: tsType?.repr ?? "",
    optional: optional === true || parameter.left !== undefined,
    structured: tsType !== undefined && isStructured(tsType),
  };
}

function isStructured({ kind, value }: TypeDocs): boolean {
  switch (kind) {
    case "keyword":
    case "literal":
      return false;
    case "array":
    case "typeOperator":
      return isStructured(
        (kind === "array" ? value : (value as { tsType: TypeDocs }).tsType) as TypeDocs,
      );
    case "union":
      return (value as TypeDocs[]).some(isStructured);
    case "typeRef": {
      const { typeName, typeParams } = value as { typeName: string; typeParams?: TypeDocs[] };
      if (typeName === "OneOrMany" || typeName === "Many") return typeParams!.some(isStructured);
      return !PLAIN.includes(typeName);
    }
    default:
      return true;
  }
}
