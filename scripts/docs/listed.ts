/**
 * Joins the first items of a longer list.
 * @param total length of the whole list
 * @example listed(['a', 'b', 'c'], 7) // 'a, b, c + 4 more'
 */
export function listed(first: readonly string[], total: number): string {
  const more = total - first.length
  return first.join(', ') + (more > 0 ? ` + ${more} more` : '')
}

/** Renders links from a page under `docs` to test files, named without `test/` and `.test.ts`. */
export function testLinks({ files, fileCount }: { files: readonly string[]; fileCount: number }): string {
  const links = files.map((file) => `[${file.replace(/^test\//, '').replace(/\.test\.ts$/, '')}](../${file})`)
  return listed(links, fileCount)
}
