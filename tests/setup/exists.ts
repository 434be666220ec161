/**
 * Whether a file exists.
 *
 * @param path Its path.
 * @throws {Error} If that cannot be found out.
 */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
