import type { RequestContext } from '../../../contract/call.ts'
import { isUuid } from '../../../lib/ids.ts'
import type { World } from '../../../simulation/world.ts'
import { GlanceError } from '../errors.ts'
import { str } from '../python/repr.ts'
import { isTruthy, type PyValue, parseInteger, toJson } from '../python/value.ts'
import { allTasks, findTask, insertTask, tasksOfImage } from '../queries.ts'
import type { GlanceTaskRow } from '../tables.ts'
import { Parameters } from './parameters.ts'
import { badRequest, glanceWouldFail } from './refusals.ts'
import { isAdmin, visibleImage } from './rights.ts'
import { checkTask } from './schema.ts'
import { stamp } from './stamp.ts'
import { passesFilter } from './uri-filter.ts'

const DEFAULT_LIMIT = 25
const HIGHEST_LIMIT = 1000
const STATUSES = ['pending', 'processing', 'success', 'failure']

/** Columns of a task by their name on the wire; lists can be sorted by each. */
const COLUMNS: Readonly<Record<string, (task: GlanceTaskRow) => string | number | null>> = {
  id: (task) => task.id,
  type: (task) => task.type,
  status: (task) => task.status,
  owner: (task) => task.owner,
  created_at: (task) => task.createdAt,
  updated_at: (task) => task.updatedAt,
  expires_at: (task) => task.expiresAt,
  image_id: (task) => task.imageId,
  request_id: (task) => task.requestId,
  user_id: (task) => task.userId,
  deleted_at: () => null,
  deleted: () => 0,
}

/** A task; one that has been forgotten is not there. */
export function showTask(world: World, id: string): GlanceTaskRow {
  const task = findTask(world.db, id)
  if (task === undefined || isForgotten(world, task)) throw new GlanceError(404, `Could not find task ${id}`)
  return task
}

function isForgotten(world: World, { expiresAt }: GlanceTaskRow): boolean {
  return expiresAt !== null && expiresAt <= world.clock.now()
}

/** The tasks of an image that the caller's tenant started. */
export function listTasksOfImage(context: RequestContext, imageId: string): GlanceTaskRow[] {
  const { world, caller } = context
  visibleImage(context, imageId, 'The resource could not be found.')
  return tasksOfImage(world.db, imageId).filter(
    (task) => !isForgotten(world, task) && (isAdmin(caller) || task.owner === caller.projectId),
  )
}

export interface TaskPage {
  tasks: GlanceTaskRow[]
  next: string | undefined
}

/** One page of all tasks, by the rules of Glance. */
export function listTasks(world: World, query: Iterable<readonly [string, string]>): TaskPage {
  const filters = new Parameters(query)
  const limitText = filters.take('limit')
  const marker = filters.take('marker')
  const direction = filters.take('sort_dir') ?? 'desc'
  if (direction !== 'asc' && direction !== 'desc') throw badRequest(`Invalid sort direction: ${direction}`)
  const status = filters.last('status')
  if (status !== undefined && !STATUSES.includes(status)) throw badRequest(`Invalid status value: ${status}`)
  const type = filters.last('type')
  if (type !== undefined && type !== 'import') throw badRequest(`Invalid type value: ${type}`)
  if (marker !== undefined && !isUuid(marker)) throw badRequest('Invalid marker format')
  const limit = readLimit(limitText)
  const column = COLUMNS[filters.take('sort_key') ?? 'created_at']
  if (column === undefined) throw badRequest('Sort key supplied was not valid.')
  const all = allTasks(world.db).filter((task) => !isForgotten(world, task))
  const found = all
    .filter((task) => fits(task, filters))
    .sort((one, other) => order(column(one), column(other)) || order(one.createdAt, other.createdAt))
  if (direction === 'desc') found.reverse()
  const start = marker === undefined ? 0 : startAfter(found, marker)
  const tasks = found.slice(start, start + limit)
  return { tasks, next: tasks.length === limit ? tasks.at(-1)?.id : undefined }
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT
  const limit = parseInteger(text)
  if (limit === undefined) throw badRequest('limit param must be an integer')
  if (limit < 0n) throw badRequest('limit param must be positive')
  return Number(limit > HIGHEST_LIMIT ? HIGHEST_LIMIT : limit)
}

function fits(task: GlanceTaskRow, filters: Parameters): boolean {
  return [...filters.entries()].every(([name, value]) => {
    const column = COLUMNS[name]
    return column === undefined || name === 'deleted' || String(column(task)) === value
  })
}

function order(one: string | number | null, other: string | number | null): number {
  if (one === other) return 0
  if (one === null || other === null) return one === null ? -1 : 1
  return one < other ? -1 : 1
}

function startAfter(tasks: readonly GlanceTaskRow[], marker: string): number {
  const at = tasks.findIndex(({ id }) => id === marker)
  if (at < 0) throw badRequest(`Task with the given id ${marker} was not found`)
  return at + 1
}

/** Writes a task down. Those that an administrator makes by hand stay pending: nobody works on them here. */
export function createTask(context: RequestContext, body: PyValue, requestId: string): GlanceTaskRow {
  const { world, caller } = context
  const fields = Array.isArray(body) ? new Map(body.map((name) => [str(name), name])) : body
  if (!(fields instanceof Map)) throw glanceWouldFail('a task that is no object')
  for (const name of ['type', 'input']) {
    if (!fields.has(name)) throw badRequest(`Task '${name}' is required`)
  }
  if (Array.isArray(body)) throw glanceWouldFail('a task that is a list')
  checkTask(fields)
  const input = fields.get('input') ?? null
  const type = fields.get('type') === 'import' ? 'import' : 'api_image_import'
  if (type === 'import') checkSource(input)
  else if (input === null) throw glanceWouldFail('a task without input')
  const now = stamp(world)
  const imageId = input instanceof Map ? input.get('image_id') : undefined
  const task: GlanceTaskRow = {
    id: world.chance.uuid('task'),
    type,
    status: 'pending',
    owner: caller.projectId,
    input: JSON.stringify(toJson(input)),
    result: null,
    message: '',
    imageId: typeof imageId === 'string' ? imageId : null,
    requestId,
    userId: caller.userId,
    createdAt: now,
    updatedAt: now,
    expiresAt: null,
  }
  insertTask(world.db, task)
  return task
}

/** Where an import by task may take its bytes from. */
function checkSource(input: PyValue): void {
  const source = input instanceof Map ? (input.get('import_from') ?? null) : null
  if (!isTruthy(source) || typeof source !== 'string')
    throw badRequest(`Invalid location: ${source === '' ? "''" : str(source)}`)
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(source)?.[1]?.toLowerCase()
  if (scheme === 'file')
    throw badRequest('File based imports are not allowed. Please use a non-local source of image data.')
  if (scheme !== 'http' && scheme !== 'https')
    throw badRequest(
      "The given uri is not valid. Please specify a valid uri from the following list of supported uri ['http']",
    )
  if (!passesFilter(source)) throw badRequest(`URI for legacy import task does not pass filtering: ${source}`)
}
