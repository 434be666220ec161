/** What a test hands to a program: the address of its server. */
const [host, port] = Deno.args;

/** Address of the server. */
export const address = { host, port: Number(port) };
