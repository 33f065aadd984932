/** SQLite takes 32,766 values in one statement, and no table has over 60 columns. */
const ROWS_AT_ONCE = 500

/** Parts of a list that one statement can insert: building SQL costs more than running it. */
export function batches<Row>(rows: readonly Row[]): Row[][] {
  const parts: Row[][] = []
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE)
    parts.push(rows.slice(start, start + ROWS_AT_ONCE))
  return parts
}
