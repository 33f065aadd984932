import type { Sorting } from '../../ims/queries/image-list.ts'
import type { Parameters } from './parameters.ts'
import { badRequest } from './refusals.ts'

const SORT_KEYS = [
  'name',
  'status',
  'container_format',
  'disk_format',
  'size',
  'id',
  'created_at',
  'updated_at',
] as const

const DIRECTIONS = ['asc', 'desc'] as const

/** Takes out of a query what says how to sort, in either of Glance's two ways, and answers a total order. */
export function takeSorting(parameters: Parameters): Sorting[] {
  const { keys, directions } = parameters.has('sort') ? newerWay(parameters) : classicWay(parameters)
  const [only = 'desc'] = directions
  const otherwise = directions.length === 1 ? only : 'desc'
  const sort = keys.map(
    (by, n): Sorting => ({
      by,
      direction: directions.length === 1 ? only : (directions[n] ?? 'desc'),
    }),
  )
  for (const by of ['created_at', 'id'] as const) {
    if (!keys.includes(by)) sort.push({ by, direction: otherwise })
  }
  return sort
}

type Wanted = { keys: (typeof SORT_KEYS)[number][]; directions: (typeof DIRECTIONS)[number][] }

/** `sort=name:asc,size`: a key without a direction goes down. */
function newerWay(parameters: Parameters): Wanted {
  if (parameters.has('sort_key') || parameters.has('sort_dir'))
    throw badRequest('Old and new sorting syntax cannot be combined')
  const wanted: Wanted = { keys: [], directions: [] }
  for (const part of (parameters.take('sort') ?? '').trim().split(',')) {
    const colon = part.indexOf(':')
    const key = colon < 0 ? part : part.slice(0, colon)
    const direction = colon < 0 ? '' : part.slice(colon + 1)
    wanted.keys.push(sortKey(key))
    wanted.directions.push(sortDirection(direction === '' ? 'desc' : direction))
  }
  return wanted
}

/** `sort_key=name&sort_key=size&sort_dir=asc`: one direction holds for all keys. */
function classicWay(parameters: Parameters): Wanted {
  const keys = parameters.takeAll('sort_key').map(sortKey)
  const directions = parameters.takeAll('sort_dir').map(sortDirection)
  if (directions.length > 1 && directions.length !== keys.length)
    throw badRequest('Number of sort dirs does not match the number of sort keys')
  return {
    keys: keys.length === 0 ? ['created_at'] : keys,
    directions: directions.length === 0 ? ['desc'] : directions,
  }
}

function sortKey(text: string): Wanted['keys'][number] {
  const found = SORT_KEYS.find((key) => key === text.trim())
  if (found !== undefined) return found
  throw badRequest(
    `Invalid sort key: ${text.trim()}. It must be one of the following: ${SORT_KEYS.join(', ')}.`,
  )
}

function sortDirection(text: string): Wanted['directions'][number] {
  const found = DIRECTIONS.find((direction) => direction === text.trim())
  if (found !== undefined) return found
  throw badRequest(`Invalid sort direction: ${text.trim()}`)
}
