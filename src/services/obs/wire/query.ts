import { decodeQuery } from './bytes-as-text.ts'

/** A parameter of a query. */
export interface Parameter {
  /** Decoded; as it was sent when it cannot be. */
  name: string
  /** Undefined for a parameter without an equals sign. */
  value: string | undefined
}

/** Parses a query into its parameters in their order; empty pairs are left out. */
export function parseParameters(query: string): Parameter[] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=')
      if (at < 0) return { name: read(pair), value: undefined }
      return { name: read(pair.slice(0, at)), value: read(pair.slice(at + 1)) }
    })
}

function read(text: string): string {
  return decodeQuery(text) ?? text
}

/** Finds the value of the first parameter of a name; empty for one without a value, undefined when there is none. */
export function parameter(parameters: readonly Parameter[], name: string): string | undefined {
  const found = parameters.find((each) => each.name === name)
  return found && (found.value ?? '')
}
