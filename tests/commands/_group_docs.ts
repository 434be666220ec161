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
}

/** All groups. */
export interface GroupDocs {
  /** What the merged interface extends. */
  groups: string[];
  /** Methods of all groups. */
  methods: MethodDocs[];
}

const MODULE = new URL("../../lib/commands/mod.ts", import.meta.url);

interface Output {
  version: number;
  nodes: Record<string, { symbols: { name: string; declarations: Declaration[] }[] }>;
}

interface Declaration {
  kind: string;
  def: { extends?: { repr: string }[]; methods?: Method[] };
}

interface Method {
  name: string;
  jsDoc?: { doc?: string; tags?: TagDocs[] };
  functionDef: { params: Parameter[] };
}

interface Parameter {
  name?: string;
  optional?: boolean;
  tsType?: { repr: string };
  /** Of a parameter with a default. */
  left?: Parameter;
}

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

  const docs: GroupDocs = { groups: [], methods: [] };
  for (const { name, declarations } of Object.values(nodes)[0].symbols) {
    for (const { kind, def } of declarations) {
      if (name === "Commands") {
        if (kind === "interface") docs.groups = def.extends!.map(({ repr }) => repr);
      } else if (kind === "class") {
        docs.methods.push(...firstSignatures(name, def.methods ?? []));
      }
    }
  }
  return docs;
}

function firstSignatures(group: string, methods: Method[]): MethodDocs[] {
  const seen = new Map<string, MethodDocs>();
  for (const { name, jsDoc, functionDef } of methods) {
    if (seen.has(name)) continue;
    seen.set(name, {
      group,
      name,
      doc: jsDoc?.doc ?? "",
      tags: jsDoc?.tags ?? [],
      parameters: functionDef.params.map(describe),
    });
  }
  return [...seen.values()];
}

function describe(parameter: Parameter): ParameterDocs {
  const { name, tsType, optional } = parameter.left ?? parameter;
  return {
    name: name ?? "",
    type: tsType?.repr ?? "",
    optional: optional === true || parameter.left !== undefined,
  };
}
