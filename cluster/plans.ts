/**
 * The plans of the commands that a client has sent, which are looked up for each request.
 *
 * @module
 */

import type { CommandRow } from "../lib/command_table/mod.ts";
import { type Plan, planOf } from "./router.ts";

/** Plans by row. They belong to a client, since it has rows of its own, and are gone with it. */
export class Plans {
  readonly #plans = new Map<CommandRow, Plan>();

  /**
   * Tells where the requests of a command go.
   *
   * @param row The command's row.
   * @returns The plan; the same object for the same row.
   */
  of(row: CommandRow): Plan {
    let plan = this.#plans.get(row);
    if (plan === undefined) {
      plan = planOf(row);
      this.#plans.set(row, plan);
    }
    return plan;
  }
}
