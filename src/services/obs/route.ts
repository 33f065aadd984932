import type { Level } from './contract/obs-contract.ts'
import type { ObsOperation } from './obs-call.ts'
import type { Address } from './wire/address.ts'
import type { Parameter } from './wire/query.ts'

/** What a request is routed by. */
export interface Routing {
  method: string
  address: Address
  parameters: readonly Parameter[]
  /** True for a request with the header `copy-source`. */
  copies: boolean
}

/** The operation of a request, or the methods that its resource takes instead. */
export type Routed = { operation: ObsOperation } | { allow: string }

/** Makes the router of a list of operations: by level and method, by the part of the resource that the query names, and by copy-source. */
export function obsRouter(operations: readonly ObsOperation[]): (routing: Routing) => Routed {
  const byName = new Map(operations.map((operation) => [nameOf(operation), operation]))
  const partsOf = new Map(
    [...Map.groupBy(operations, ({ level }) => level)].map(([level, ofLevel]) => [
      level,
      new Set(ofLevel.flatMap(({ part }) => part ?? [])),
    ]),
  )

  return ({ method, address, parameters, copies }) => {
    const level = levelOf(address)
    const known = partsOf.get(level)
    const part = parameters.find(({ name }) => known?.has(name))?.name
    const found =
      (copies ? byName.get(`${level} ${method} ${part ?? ''} copy`) : undefined) ??
      byName.get(`${level} ${method} ${part ?? ''}`)
    if (found !== undefined) return { operation: found }
    const others = operations.filter((each) => each.level === level && each.part === part)
    return { allow: [...new Set(others.map(({ declared }) => declared.method))].join(', ') }
  }
}

function levelOf({ bucket, key }: Address): Level {
  if (bucket === undefined) return 'service'
  return key === undefined ? 'bucket' : 'object'
}

function nameOf({ level, part = '', declared: { method, path } }: ObsOperation): string {
  const copy = path.endsWith('(copy-source)') ? ' copy' : ''
  return `${level} ${method} ${part}${copy}`
}
