/**
 * Tables in Markdown that also read well on a terminal.
 *
 * @module
 */

/**
 * Writes a table, its columns aligned.
 *
 * @param rows The rows with their cells; the first row is the head.
 * @returns The table.
 */
export function markdownTable(rows: readonly string[][]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
    );
    return `| ${cells.join(" | ")} |`;
  });
  const rule = widths.map((width, column) => {
    return column === 0 ? "-".repeat(width) : `${"-".repeat(Math.max(1, width - 1))}:`;
  });
  return [lines[0], `| ${rule.join(" | ")} |`, ...lines.slice(1)].join("\n");
}
