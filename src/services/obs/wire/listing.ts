/** What a list of keys is cut by. */
export interface ListQuery {
  prefix: string
  /** Keys that have it after the prefix are put together into one common prefix; empty for none. */
  delimiter: string
  /** Only what comes after it, in the order of UTF-8 bytes. */
  after: string
  /** Most keys and common prefixes together. */
  limit: number
}

/** One page of a list. */
export interface Page<Item> {
  items: Item[]
  commonPrefixes: string[]
  /** The last key or common prefix of the page when there are more; undefined at the end. */
  next: string | undefined
}

/**
 * Makes a page of a list.
 * @param itemsAfter gives the items with the prefix that come after a key, in the order of UTF-8 bytes. It is asked again behind
 * every common prefix, so that the keys below it are not read.
 */
export function listPage<Item extends { key: string }>(
  itemsAfter: (after: string) => Iterable<Item>,
  { prefix, delimiter, after, limit }: ListQuery,
): Page<Item> {
  const items: Item[] = []
  const commonPrefixes: string[] = []
  /** The common prefix that is behind us; the page before this one may have ended at it. */
  let listed = after
  let last = after
  let from: string | undefined = after
  while (from !== undefined) {
    const source = itemsAfter(from)
    const since = from
    from = undefined
    for (const item of source) {
      const group = groupOf(item.key, prefix, delimiter)
      if (group !== undefined && group === listed) {
        if (since === behind(group)) continue
        from = behind(group)
        break
      }
      if (items.length + commonPrefixes.length >= limit)
        return { items, commonPrefixes, next: limit === 0 ? undefined : last }
      last = group ?? item.key
      if (group === undefined) items.push(item)
      else {
        commonPrefixes.push(group)
        listed = group
        from = behind(group)
        break
      }
    }
  }
  return { items, commonPrefixes, next: undefined }
}

/** The common prefix of a key; undefined for a key that stands for itself. */
function groupOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined
  const at = key.indexOf(delimiter, prefix.length)
  return at < 0 ? undefined : key.slice(0, at + delimiter.length)
}

/** A text after all keys that begin with a prefix but the strangest. */
function behind(prefix: string): string {
  return `${prefix}\u{10ffff}`
}
