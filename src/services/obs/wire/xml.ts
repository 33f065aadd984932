import XMLBuilder from 'fast-xml-builder'
import { SaxesParser } from 'saxes'
import { obsError } from '../errors.ts'

/**
 * The children of an element, in their order. Undefined leaves one out, a list repeats it, and a name that begins with
 * `@` is an attribute.
 */
export interface Fields {
  readonly [name: string]: FieldValue | readonly FieldValue[]
}
type FieldValue = string | number | boolean | undefined | Fields

/** The namespace of the answers of OBS; clients ignore it. */
const NAMESPACES = {
  obs: 'http://obs.myhuaweicloud.com/doc/2015-06-30/',
  s3: 'http://s3.amazonaws.com/doc/2006-03-01/',
} as const

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

/** Writes elements; texts and attributes are escaped by `escaped`, which also keeps carriage returns. */
const builder = new XMLBuilder({
  attributeNamePrefix: '@',
  ignoreAttributes: false,
  processEntities: false,
  suppressBooleanAttributes: false,
  tagValueProcessor: (_name, text) => escaped(String(text)),
  attributeValueProcessor: (_name, text) => escaped(String(text)),
})

/**
 * Renders a document. Errors have no namespace.
 * @example renderXml('ListBucketResult', { Name: 'images', Contents: [{ Key: 'a' }, { Key: 'b' }] }, 'obs')
 */
export function renderXml(
  root: string,
  content: Fields | string,
  namespace?: keyof typeof NAMESPACES,
): string {
  const xmlns = namespace === undefined ? {} : { '@xmlns': NAMESPACES[namespace] }
  const inside = typeof content === 'string' ? { '#text': content } : content
  return DECLARATION + builder.build({ [root]: { ...xmlns, ...inside } })
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
}

/** Escapes a text. Characters that XML 1.0 cannot have are replaced: a client that has such keys asks for them URL-encoded. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"\r]/g, (character) => ESCAPES[character] ?? character)
    .replaceAll(/[^\t\n -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
}

/** An element of XML that was read. */
export interface Node {
  /** Without the prefix of a namespace. */
  name: string
  attributes: ReadonlyMap<string, string>
  text: string
  children: readonly Node[]
}

/** Deepest nesting of a document that is read; the documents of the API have at most 7 levels. */
const DEEPEST = 20

interface OpenNode extends Node {
  children: OpenNode[]
}

/**
 * Parses XML. A document type is refused, and so is everything that is not well-formed.
 * @throws CodedRefusal MalformedXML
 */
export function parseXml(text: string): Node {
  const top: OpenNode = { name: '', attributes: new Map(), text: '', children: [] }
  const open = [top]
  const parser = new SaxesParser({ xmlns: false })
  parser.on('error', ({ message }) => refuse(message))
  parser.on('doctype', () => refuse('a document type'))
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length > DEEPEST) refuse('is nested too deep')
    const own = new Map(Object.entries(attributes).map(([key, value]) => [localName(key), String(value)]))
    const node: OpenNode = { name: localName(name), attributes: own, text: '', children: [] }
    open.at(-1)?.children.push(node)
    open.push(node)
  })
  const add = (more: string) => {
    const node = open.at(-1)
    if (node !== undefined && node !== top) node.text += more
  }
  parser.on('text', add)
  parser.on('cdata', add)
  parser.on('closetag', () => {
    open.pop()
  })
  parser.write(text).close()
  const [root] = top.children
  return root ?? refuse('no element')
}

function refuse(why: string): never {
  throw obsError('MalformedXML', { why })
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** The first child of a name. */
export function child(node: Node | undefined, name: string): Node | undefined {
  return node?.children.find((each) => each.name === name)
}

/** The children of a name. */
export function childrenOf(node: Node | undefined, name: string): Node[] {
  return node?.children.filter((each) => each.name === name) ?? []
}

/** The text of the first child of a name; undefined when there is none. */
export function childText(node: Node | undefined, name: string): string | undefined {
  return child(node, name)?.text
}
