import { z } from 'zod'

/** One step into a body: a key of a map, a position in a list, or every position. */
type Step = string | number | '[*]'

const PATH = /^(?:[^.[\]]+|\[(?:\d{1,6}|\*)\])(?:\.[^.[\]]+|\[(?:\d{1,6}|\*)\])*$/

/** The path of a value in a body: `image_url`, `tags[0].key`, `[*].path`. */
export const FieldPath = z
  .string()
  .max(256)
  .refine((path) => PATH.test(path) && !stepsOf(path).includes('__proto__'), {
    error: 'must be a path into the body, e.g. image_url, tags[0].key or images[*].status',
  })

function stepsOf(path: string): Step[] {
  return [...path.matchAll(/\[(\d+|\*)\]|[^.[\]]+/g)].map(([whole, place]) => {
    if (place === undefined) return whole
    return place === '*' ? '[*]' : Number(place)
  })
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Compiles a path into a function that finds the values there: none, one, or with `[*]` many.
 * @example compilePath('tags[*].key')({ tags: [{ key: 'a' }, { key: 'b' }] }) // ['a', 'b']
 */
export function compilePath(path: string): (body: unknown) => readonly unknown[] {
  const steps = stepsOf(path)
  return (body) => {
    let found: readonly unknown[] = body === undefined ? [] : [body]
    for (const step of steps) found = found.flatMap((value) => stepInto(value, step))
    return found
  }
}

/** Steps into one value. A value that is itself a list is returned inside a list, so that it stays one value. */
function stepInto(value: unknown, step: Step): readonly unknown[] {
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value
    if (step === '[*]') return list
    return typeof step === 'number' && step < list.length ? [list[step]] : []
  }
  if (!isMap(value) || typeof step === 'number' || step === '[*]' || !Object.hasOwn(value, step)) return []
  return [value[step]]
}

/**
 * Copies a body with other values at some paths. Missing maps on the way are created. A position that a list does not have,
 * and a step into a scalar, change nothing.
 * @example withFields({ tags: [{ key: 'a' }] }, { 'tags[*].key': 'b' }) // { tags: [{ key: 'b' }] }
 */
export function withFields(body: unknown, fields: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(fields).reduce<unknown>(
    (changed, [path, value]) => withField(changed, stepsOf(path), value),
    body,
  )
}

function withField(body: unknown, steps: readonly Step[], value: unknown): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (Array.isArray(body)) {
    const list: readonly unknown[] = body
    return list.map((item, i) => (step === '[*]' || step === i ? withField(item, rest, value) : item))
  }
  if (typeof step === 'number' || step === '[*]') return body
  if (body === undefined) return { [step]: withField(undefined, rest, value) }
  if (!isMap(body)) return body
  const before = Object.hasOwn(body, step) ? body[step] : undefined
  return { ...body, [step]: withField(before, rest, value) }
}
