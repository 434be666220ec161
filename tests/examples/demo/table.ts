/**
 * Tables for terminals.
 *
 * @module
 */

/** A column that holds nothing but figures (and what stands for a missing one) is aligned on its right. */
const FIGURE = /^[-+]?[\d.,]+( ?(%|ms|s|\/s))?$|^–$/;

/**
 * Aligns the columns of a table.
 *
 * @param header Titles of the columns.
 * @param rows The cells, row by row.
 * @returns One line for the header and one for each row, without spaces at the end.
 */
export function alignTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const columns = header.map((title, i) => {
    const cells = rows.map((row) => row[i]);
    return {
      width: Math.max(title.length, ...cells.map((cell) => cell.length)),
      right: cells.length > 0 && cells.every((cell) => FIGURE.test(cell)),
    };
  });
  return [header, ...rows].map((row) =>
    row.map((cell, i) => {
      const { width, right } = columns[i];
      return right ? cell.padStart(width) : cell.padEnd(width);
    }).join("   ").trimEnd()
  );
}
