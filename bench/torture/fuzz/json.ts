import { z } from 'zod'

/** A value of JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Reads JSON; undefined for a text that is none. A key `__proto__` becomes a property like any other. */
export function parseJson(text: string): Json | undefined {
  try {
    return z.json().parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

export function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A place in a value: its value, and a function that puts another one there. */
export interface Node {
  value: Json
  replace(value: Json): void
  /** Removes it from its object or array. */
  remove(): void
  key: string
}

/** Lists all places in a value. The value itself is in an object with the key `root`. */
export function nodesOf(holder: { root: Json }): Node[] {
  const nodes: Node[] = [
    {
      value: holder.root,
      key: 'root',
      replace: (value) => {
        holder.root = value
      },
      remove: () => {
        holder.root = null
      },
    },
  ]
  // Grows while it is read.
  for (const { value } of nodes) {
    if (nodes.length > 5000) break
    if (Array.isArray(value))
      for (const [at, item] of value.entries())
        nodes.push({
          value: item,
          key: String(at),
          replace: (next) => {
            value[at] = next
          },
          remove: () => value.splice(at, 1),
        })
    else if (isObject(value))
      for (const [key, item] of Object.entries(value))
        nodes.push({
          value: item,
          key,
          replace: (next) => define(value, key, next),
          remove: () => delete value[key],
        })
  }
  return nodes
}

/** Sets a property whatever its name: an assignment to `__proto__` would set none. */
export function define(target: { [key: string]: Json }, key: string, value: Json): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
