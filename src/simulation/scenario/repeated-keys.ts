import { type Document, isNode, isScalar, visit } from 'yaml'

/** A key that a map has already. */
export interface RepeatedKey {
  /** In the text. */
  offset: number
  message: string
}

/** The keys that come twice in a map. The reader's own search compares each key with all others of its map. */
export function repeatedKeys(document: Document): RepeatedKey[] {
  const repeated: RepeatedKey[] = []
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        // What the map becomes has texts as keys, so 1 and "1" are the same.
        const name = String(key.value)
        if (seen.has(name))
          repeated.push({
            offset: isNode(key) ? (key.range?.[0] ?? 0) : 0,
            message: `${name}: comes twice in its map`,
          })
        seen.add(name)
      }
    },
  })
  return repeated
}
