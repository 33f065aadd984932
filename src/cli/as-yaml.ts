import { Document, isMap, isScalar, visit, type YAMLMap, type YAMLSeq } from 'yaml'

/** A map goes on one line while its compact JSON is no longer, characters; longer ones are unreadable there. */
const LINE = 110

/**
 * As people write it: sections below one another, and each step, rule and move on a line while it fits.
 * @param open name of the one list whose items are sections themselves.
 */
export function asYaml(value: Readonly<Record<string, unknown>>, open?: string): string {
  const document = new Document(value, { aliasDuplicateObjects: false })
  const openList = open === undefined ? undefined : document.get(open)
  visit(document, {
    Map(_, map) {
      if (map.items.length > 0 && map.items.every(({ value }) => isScalar(value)) && fits(map))
        map.flow = true
    },
    Seq(_, list: YAMLSeq) {
      if (list === openList) return
      if (list.items.every(isScalar)) list.flow = true
      for (const item of list.items) if (isMap(item) && fits(item)) item.flow = true
    },
  })
  return document.toString({ lineWidth: 120 })
}

function fits(map: YAMLMap): boolean {
  return JSON.stringify(map).length <= LINE
}
