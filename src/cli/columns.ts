/** Rows under one another, each column as wide as its widest cell; the last one is as long as it is. */
export function inColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

/** A name and its value a line, as the banner has them. */
export function facts(rows: readonly (readonly [string, string])[]): string[] {
  return inColumns(rows.map(([name, value]) => [`  ${name}`, value]))
}
