import { obsError } from './errors.ts'
import { parseParameters } from './wire/query.ts'
import { child, childrenOf, childText, type Fields, parseXml } from './wire/xml.ts'

/** A tag of a bucket or an object. */
export interface Tag {
  key: string
  value: string
}

/** Most tags of an object. */
const MOST_TAGS = 10

/** Parses the tags in a header: `env=test&team=images`. @throws CodedRefusal InvalidTag */
export function tagsOfHeader(header: string | undefined): Tag[] {
  if (header === undefined) return []
  return checkedTags(parseParameters(header).map(({ name, value = '' }) => ({ key: name, value })))
}

/** Parses a document of tags. @throws CodedRefusal MalformedXML, InvalidTag */
export function parseTags(text: string): Tag[] {
  const root = parseXml(text)
  const set = child(root, 'TagSet')
  if (root.name !== 'Tagging' || set === undefined) throw obsError('MalformedXML', { root: root.name })
  return checkedTags(
    childrenOf(set, 'Tag').map((tag) => {
      const [key, value] = [childText(tag, 'Key'), childText(tag, 'Value')]
      if (key === undefined || value === undefined)
        throw obsError('MalformedXML', { why: 'a tag needs Key and Value' })
      return { key, value }
    }),
  )
}

function checkedTags(tags: Tag[]): Tag[] {
  if (tags.length > MOST_TAGS) throw obsError('BadRequest', { tags: tags.length })
  const isBad = ({ key, value }: Tag) => key === '' || [...key].length > 128 || [...value].length > 256
  const bad = tags.find(isBad) ?? tags.find(({ key }, n) => tags.findIndex((each) => each.key === key) !== n)
  if (bad !== undefined) throw obsError('InvalidTag', { key: bad.key })
  return tags
}

/** Renders tags. */
export function renderTags(tags: readonly Tag[]): Fields {
  return { TagSet: { Tag: tags.map(({ key, value }) => ({ Key: key, Value: value })) } }
}
