import { z } from 'zod'
import { hintFor } from '../accounts/policy/mistakes.ts'
import type { ConditionalAction, Operation } from '../contract/operation.ts'
import { ControlError } from '../lib/errors.ts'
import { nearest } from '../lib/nearest.ts'
import { ShortText } from './asked-caller.ts'

/** What a question about rights is about: exactly one of `action`, `operation` (its id), and `method` with `path`. */
export const whatFields = {
  action: ShortText.optional(),
  operation: ShortText.optional(),
  method: ShortText.optional(),
  /** With its query, and with or without the part that names a world. */
  path: z.string().max(4096, 'write at most 4096 characters').optional(),
}
export type What = z.output<z.ZodObject<typeof whatFields>>

/** What a question asks for, as far as rights go. */
export interface AskedOperation {
  actions: readonly string[]
  conditionalActions: readonly ConditionalAction[]
  byEnterpriseProject: boolean
  listing: boolean
  /** Undefined for a question about an action alone. */
  operation?: Operation
  /** What the path and the query that were asked about say. */
  named: { projectId?: string; imageId?: string; enterpriseProject?: string }
}

/** Finds what a question asks for. @throws ControlError when there is nothing like it. */
export function askedOperation(all: readonly Operation[], what: What): AskedOperation {
  const operations = all.filter(({ face }) => face !== 'control')
  if (what.action !== undefined) return askedAction(operations, what.action)
  if (what.operation !== undefined) return asked(operationCalled(operations, what.operation), {}, '')
  return askedPath(operations, what.method?.toUpperCase() ?? '', what.path ?? '')
}

/**
 * An action alone. Roles in an enterprise project count for it when they do for one of the calls that need it. A service
 * of which we have no calls is taken at its word: policies may speak of it.
 */
function askedAction(operations: readonly Operation[], action: string): AskedOperation {
  if (!/^[\w-]+:[\w-]+:[\w-]+$/.test(action))
    throw new ControlError(
      400,
      `action: ${action} is no action; write service:type:operation, such as ims:images:get`,
    )
  const actionsOf = (operation: Operation) => [
    ...operation.actions,
    ...operation.conditionalActions.map((conditional) => conditional.action),
  ]
  const users = operations.filter((operation) => actionsOf(operation).includes(action))
  const known = new Set(operations.flatMap(actionsOf))
  const service = action.split(':', 1)[0]
  if (users.length === 0 && [...known].some((other) => other.startsWith(`${service}:`))) {
    const meant = hintFor(nearest(action, known), '/_ims/openapi.json has the actions of every call')
    throw new ControlError(404, `action: no call needs ${action}; ${meant}`)
  }
  return {
    actions: [action],
    conditionalActions: [],
    byEnterpriseProject: users.length === 0 || users.some(({ byEnterpriseProject }) => byEnterpriseProject),
    listing: users.length > 0 && users.every(isListing),
    named: {},
  }
}

function operationCalled(operations: readonly Operation[], id: string): Operation {
  const found = operations.find((operation) => operation.id === id)
  if (found !== undefined) return found
  const meant = nearest(
    id,
    operations.map((operation) => operation.id),
  )
  throw new ControlError(
    404,
    `operation: there is no ${id}; ${hintFor(meant, '/_ims/openapi.json lists them')}`,
  )
}

function askedPath(operations: readonly Operation[], method: string, target: string): AskedOperation {
  const [path = '', query = ''] = target.replace(/^\/w\/[^/?]+(?=\/)/, '').split('?')
  const [first, ...others] = operations
    .flatMap((operation) => {
      const params = paramsIn(operation.path, path)
      return params === undefined ? [] : [{ operation, params }]
    })
    .sort((a, b) => rankOf(a.operation) - rankOf(b.operation))
  if (first === undefined)
    throw new ControlError(404, `path: no call is at ${path}; /_ims/openapi.json lists those there are`)
  const samePath = [first, ...others].filter(({ operation }) => operation.path === first.operation.path)
  const found = samePath.find(({ operation }) => operation.method === method)
  if (found !== undefined) return asked(found.operation, found.params, query)
  const taken = samePath.map(({ operation }) => operation.method).join(', ')
  throw new ControlError(404, `method: ${path} takes ${taken}, not ${method}`)
}

/** Fixed segments are found before parameters, as requests are routed: the fewest parameters win. */
function rankOf({ path }: Operation): number {
  return path.split('{').length
}

/** The parameters of a path that fits a template; undefined when it does not fit. */
function paramsIn(template: string, path: string): Record<string, string> | undefined {
  const names = template.split('/')
  const values = path.split('/')
  if (names.length !== values.length) return undefined
  const params: Record<string, string> = {}
  for (const [n, part] of names.entries()) {
    const value = values[n] ?? ''
    const name = /^\{(\w+)\}$/.exec(part)?.[1]
    if (name === undefined ? part !== value : value === '') return undefined
    if (name !== undefined) params[name] = value
  }
  return params
}

function isListing({ method, path }: Operation): boolean {
  return method === 'GET' && !path.includes('{image_id}')
}

function asked(operation: Operation, params: Record<string, string>, query: string): AskedOperation {
  const enterpriseProject = new URLSearchParams(query).get('enterprise_project_id')
  return {
    actions: operation.actions,
    conditionalActions: operation.conditionalActions,
    byEnterpriseProject: operation.byEnterpriseProject,
    listing: isListing(operation),
    operation,
    named: {
      ...(params.project_id !== undefined && { projectId: params.project_id }),
      ...(params.image_id !== undefined && { imageId: params.image_id }),
      ...(enterpriseProject !== null && { enterpriseProject }),
    },
  }
}
