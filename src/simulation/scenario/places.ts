import { type Document, isMap, isNode, isScalar } from 'yaml'

/**
 * The offset of a key in a YAML text, or of its value where it has none; of the nearest map around what is missing.
 * @param path keys, and positions in lists.
 */
export function offsetInYaml(document: Document, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = document.getIn(path.slice(0, depth - 1), true)
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path[depth - 1])
      if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0]
    }
    const node = document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

/** The same in a JSON text, which is looked through from its beginning. */
export function offsetInJson(text: string, path: readonly PropertyKey[]): number {
  let offset = 0
  let at = endOfBlanks(text, 0)
  for (const step of path) {
    const found = partIn(text, at, step)
    if (found === undefined) return offset
    offset = found.offset
    at = found.value
  }
  return offset
}

/** Where a part of an object or a list begins (an object's with its key), and where its value does. */
function partIn(
  text: string,
  start: number,
  step: PropertyKey,
): { offset: number; value: number } | undefined {
  const isObject = text[start] === '{'
  if (!isObject && text[start] !== '[') return undefined
  let at = endOfBlanks(text, start + 1)
  for (let index = 0; text[at] !== '}' && text[at] !== ']'; index++) {
    const keyEnd = isObject ? endOfString(text, at) : at
    const value = isObject ? endOfBlanks(text, endOfBlanks(text, keyEnd) + 1) : at
    if (step === (isObject ? JSON.parse(text.slice(at, keyEnd)) : index)) return { offset: at, value }
    at = endOfBlanks(text, endOfValue(text, value))
    if (text[at] === ',') at = endOfBlanks(text, at + 1)
  }
  return undefined
}

/** Counts the keys of all objects in a JSON text, also those that an object has twice. */
export function keysInJson(text: string): number {
  let keys = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    at = endOfString(text, at)
    if (text[endOfBlanks(text, at)] === ':') keys += 1
  }
  return keys
}

const BLANKS = /[ \t\r\n]*/y

function endOfBlanks(text: string, at: number): number {
  BLANKS.lastIndex = at
  BLANKS.exec(text)
  return BLANKS.lastIndex
}

/** The end of the string that begins at a position. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  return text.length
}

const STOP = /["[\]{},]/g

function endOfValue(text: string, start: number): number {
  let depth = 0
  STOP.lastIndex = start
  for (let stop = STOP.exec(text); stop !== null; stop = STOP.exec(text)) {
    const [mark] = stop
    if (mark === '"') STOP.lastIndex = endOfString(text, stop.index)
    else if (mark === '[' || mark === '{') depth += 1
    else if (depth === 0) return stop.index
    else if (mark !== ',') depth -= 1
  }
  return text.length
}
