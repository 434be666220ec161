import { assert, assertEquals } from "@std/assert";
import type { Link } from "../../lib/connection/link.ts";
import type { Endpoint } from "../../lib/connection/transport.ts";
import { NodeLinks } from "../../standalone/node_links.ts";

const at = (port: number): Endpoint => ({ host: "localhost", port });

/** What a set needs of a link. */
class Node {
  gone = false;
  readonly ends: string[] = [];

  constructor(readonly endpoint: Endpoint) {}

  retire(): void {
    this.ends.push("retired");
  }

  destroy(error: Error): void {
    this.ends.push(error.message);
  }
}

function linksTo(...ports: number[]): NodeLinks {
  return new NodeLinks(ports.map(at), (endpoint) => new Node(endpoint) as unknown as Link);
}

function nodeOf(link: Link): Node {
  return link as unknown as Node;
}

Deno.test("NodeLinks has one link for each address", () => {
  const links = linksTo(1, 2);
  assertEquals(links.all.map(({ endpoint }) => endpoint.port), [1, 2]);
  assertEquals(links.linkTo(at(2)), links.all[1]);
  assertEquals(links.linkTo(at(3)), links.all[2]);
});

Deno.test("NodeLinks with one address from the beginning is lone, also if it began with none", () => {
  assert(linksTo(1).lone);
  assert(!linksTo(1, 2).lone);
  const links = linksTo();
  links.linkTo(at(1));
  assert(!links.lone);
});

Deno.test("NodeLinks ends the links to nodes that leave, and makes new ones when they come back", () => {
  const links = linksTo(1, 2, 3);
  const [first, second, third] = links.all;
  const left: Link[] = [];
  links.keep(new Set([second]), (link) => {
    assertEquals(nodeOf(link).ends, []);
    left.push(link);
  });
  assertEquals(left, [first, third]);
  assertEquals(nodeOf(first).ends, ["retired"]);
  assertEquals(links.all, [second]);
  assert(links.linkTo(at(1)) !== first);
});

Deno.test("NodeLinks.destroy() also ends links that were left with requests under way", () => {
  const links = linksTo(1, 2, 3);
  const [first, second, third] = links.all;
  links.keep(new Set([second, third]), () => {});
  nodeOf(first).gone = true;
  links.keep(new Set([third]), () => {});
  links.destroy(new Error("end"));
  assertEquals(nodeOf(first).ends, ["retired"]);
  assertEquals(nodeOf(second).ends, ["retired", "end"]);
  assertEquals(nodeOf(third).ends, ["end"]);
});
