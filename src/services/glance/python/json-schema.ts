import type { PyObject, PyValue } from './json.ts'
import { pformat, repr } from './repr.ts'

/** A rule of a schema that a value breaks, in the words of Python's `jsonschema`. */
export interface SchemaMistake {
  /** One line: `5 is not of type 'string'`. */
  message: string
  keyword: string
  schema: PyObject
  instance: PyValue
  /** Path to the schema without the keyword, and path to the value. */
  schemaPath: readonly (string | number)[]
  instancePath: readonly (string | number)[]
}

type Path = readonly (string | number)[]

/** A mistake whose message is not rendered yet: of the mistakes in a long list, one is told. */
type Found = Omit<SchemaMistake, 'message'> & { message(): string }

/**
 * Validates a value and returns the mistake that `jsonschema.exceptions.best_match` selects, or undefined when the value
 * fits. The mistake nearest to the root wins; then a wrong type before wrong content; then the order of the schema.
 */
export function bestMistake(schema: PyObject, instance: PyValue): SchemaMistake | undefined {
  let best: Found | undefined
  for (const mistake of mistakes(schema, instance, [], [])) {
    if (best === undefined || isBetter(mistake, best)) best = mistake
  }
  return best && { ...best, message: best.message() }
}

/** Renders a mistake with the schema and the value that it is about, as `str(ValidationError)` does. */
export function describeMistake(mistake: SchemaMistake): string {
  const { message, keyword, schema, schemaPath, instancePath } = mistake
  const instance = quoted(mistake.instance)
  return (
    `${message}\n\nFailed validating ${repr(keyword)} in schema${brackets(schemaPath)}:\n${indented(pformat(schema))}` +
    `\n\nOn instance${brackets(instancePath)}:\n${indented(pformat(instance))}`
  )
}

/** Characters, and elements or keys, of a value that a message quotes. Python quotes megabytes, too. */
const LONGEST_QUOTE = 65_536
const MOST_QUOTED = 1000

/** The part of a value that a message quotes, so that a refusal takes no longer than the reading of the request. */
function quoted(value: PyValue): PyValue {
  let left = MOST_QUOTED
  let characters = LONGEST_QUOTE
  const cut = (text: string) => {
    const shown = text.length > characters ? `${text.slice(0, characters)}…` : text
    characters = Math.max(0, characters - text.length)
    return shown
  }
  const part = (each: PyValue): PyValue => {
    left -= 1
    if (typeof each === 'string') return cut(each)
    if (Array.isArray(each)) return each.slice(0, Math.max(0, left)).map(part)
    if (!(each instanceof Map)) return each
    const entries = [...each].slice(0, Math.max(0, left))
    return new Map(entries.map(([key, inner]): [string, PyValue] => [cut(key), part(inner)]))
  }
  return part(value)
}

/** Compares the number of code points with a limit, without counting those of a text that is far over it. */
function isLongerThan(text: string, limit: number): boolean {
  return text.length > limit && (text.length > 2 * limit || Array.from(text).length > limit)
}

function brackets(path: Path): string {
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : `[${repr(step)}]`)).join('')
}

function indented(text: string): string {
  return text.replace(/^(?!$)/gm, '    ')
}

function isBetter(one: Found, other: Found): boolean {
  const depth = other.instancePath.length - one.instancePath.length
  if (depth !== 0) return depth > 0
  return Number(!typeFits(one)) > Number(!typeFits(other))
}

function typeFits({ schema, instance }: Found): boolean {
  const types = typesOf(schema)
  return types?.some((type) => isOfType(instance, type)) ?? false
}

function typesOf(schema: PyObject): PyValue[] | undefined {
  const type = schema.get('type')
  if (type === undefined) return undefined
  return Array.isArray(type) ? type : [type]
}

function isOfType(value: PyValue, type: PyValue): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'string':
      return typeof value === 'string'
    case 'boolean':
      return typeof value === 'boolean'
    case 'array':
      return Array.isArray(value)
    case 'object':
      return value instanceof Map
    case 'integer':
      return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
    case 'number':
      return typeof value === 'bigint' || typeof value === 'number'
    default:
      return false
  }
}

function* mistakes(
  schema: PyObject,
  instance: PyValue,
  schemaPath: Path,
  instancePath: Path,
): Generator<Found> {
  const at = { schema, instance, schemaPath, instancePath }
  for (const [keyword, rule] of schema) {
    for (const message of ownMessages(keyword, rule, schema, instance)) yield { ...at, keyword, message }
    yield* innerMistakes(keyword, rule, at)
  }
}

/** The messages of the mistakes that a keyword finds in the value itself. Lengths count code points. */
function* ownMessages(
  keyword: string,
  rule: PyValue,
  schema: PyObject,
  instance: PyValue,
): Generator<() => string> {
  const shown = () => repr(quoted(instance))
  if (keyword === 'type') {
    const types = typesOf(schema) ?? []
    if (!types.some((type) => isOfType(instance, type)))
      yield () => `${shown()} is not of type ${types.map(repr).join(', ')}`
  } else if (keyword === 'enum' && Array.isArray(rule)) {
    if (!rule.includes(instance)) yield () => `${shown()} is not one of ${repr(rule)}`
  } else if (keyword === 'pattern' && typeof rule === 'string') {
    if (typeof instance === 'string' && !matches(rule, instance))
      yield () => `${shown()} does not match ${repr(rule)}`
  } else if (keyword === 'maxLength' && typeof rule === 'bigint') {
    if (typeof instance === 'string' && isLongerThan(instance, Number(rule)))
      yield () => `${shown()} is too long`
  } else if (keyword === 'minLength' && typeof rule === 'bigint') {
    if (typeof instance === 'string' && !isLongerThan(instance, Number(rule) - 1))
      yield () => `${shown()} is too short`
  } else if (keyword === 'required' && Array.isArray(rule) && instance instanceof Map) {
    for (const name of rule) {
      if (typeof name === 'string' && !instance.has(name)) yield () => `${repr(name)} is a required property`
    }
  } else if (keyword === 'additionalProperties' && rule === false && instance instanceof Map) {
    const extra = unknownNames(schema, instance)
    if (extra.length > 0) {
      const verb = extra.length === 1 ? 'was' : 'were'
      yield () =>
        `Additional properties are not allowed (${extra
          .slice(0, MOST_QUOTED)
          .map((name) => repr(quoted(name)))
          .join(', ')} ${verb} unexpected)`
    }
  }
}

/** Matches as Python's `re.search`, whose `$` also matches before a line feed at the end. */
function matches(pattern: string, text: string): boolean {
  const regex = new RegExp(pattern)
  return regex.test(text) || (text.endsWith('\n') && pattern.endsWith('$') && regex.test(text.slice(0, -1)))
}

function* innerMistakes(
  keyword: string,
  rule: PyValue,
  { schema, instance, schemaPath, instancePath }: Omit<SchemaMistake, 'message' | 'keyword'>,
): Generator<Found> {
  if (keyword === 'properties' && rule instanceof Map && instance instanceof Map) {
    for (const [name, inner] of rule) {
      const value = instance.get(name)
      if (value === undefined || !(inner instanceof Map)) continue
      yield* mistakes(inner, value, [...schemaPath, keyword, name], [...instancePath, name])
    }
  } else if (keyword === 'additionalProperties' && rule instanceof Map && instance instanceof Map) {
    for (const name of unknownNames(schema, instance)) {
      yield* mistakes(rule, instance.get(name) ?? null, [...schemaPath, keyword], [...instancePath, name])
    }
  } else if (keyword === 'items' && rule instanceof Map && Array.isArray(instance)) {
    for (const [n, item] of instance.entries())
      yield* mistakes(rule, item, [...schemaPath, keyword], [...instancePath, n])
  }
}

function unknownNames(schema: PyObject, instance: PyObject): string[] {
  const known = schema.get('properties')
  return [...instance.keys()].filter((name) => !(known instanceof Map && known.has(name)))
}
