import { z } from 'zod'
import { isUuid } from '../../../lib/ids.ts'
import { badRequest, glanceWouldFail } from '../errors.ts'
import { isTruthy, type Json, type PyValue, parseInteger, toJson } from '../python/json.ts'
import type { Parameters } from '../python/query.ts'
import { str } from '../python/repr.ts'
import { checkTask, plainProperties, taskSchema } from '../rules/attributes.ts'
import { passesFilter } from '../rules/import-document.ts'
import {
  documentReader,
  glanceContract,
  ImageParams,
  inBoth,
  NoParams,
  queryReader,
} from './glance-contract.ts'

const STATUSES = ['pending', 'processing', 'success', 'failure'] as const

const ListedTaskWire = z.strictObject({
  id: z.string(),
  type: z.string(),
  status: z.string(),
  owner: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  expires_at: z.string().nullable().optional(),
  self: z.string(),
  schema: z.literal('/v2/schemas/task'),
})

const details = {
  input: z.unknown(),
  result: z.unknown(),
  message: z.string(),
  request_id: z.string(),
  user_id: z.string(),
}

const TaskWire = z.strictObject({
  ...ListedTaskWire.shape,
  ...details,
  image_id: z.string().optional(),
})

/** A task in the list of an image, with columns of the database that other replies do not show. */
const ImageTaskWire = z.strictObject({
  ...ListedTaskWire.omit({ self: true, schema: true }).shape,
  ...details,
  image_id: z.string().nullable(),
  deleted: z.literal(false),
  deleted_at: z.null(),
})

/** Fields of a task that a list can be sorted by and filtered by. */
const FIELDS = [
  'id',
  'type',
  'status',
  'owner',
  'created_at',
  'updated_at',
  'expires_at',
  'image_id',
  'request_id',
  'user_id',
  'deleted_at',
  'deleted',
] as const
type Field = (typeof FIELDS)[number]

const DEFAULT_LIMIT = 25
const HIGHEST_LIMIT = 1000

export interface TaskQuery {
  /** Tasks of a page, 0 to 1000. */
  limit: number
  /** Id of the task after which the page starts. */
  marker: string | undefined
  sortKey: Field
  direction: 'asc' | 'desc'
  /** Fields with the values that they must have. */
  filters: readonly (readonly [Field, string])[]
}

function readTaskQuery(parameters: Parameters): TaskQuery {
  const limitText = parameters.take('limit')
  const marker = parameters.take('marker')
  const direction = parameters.take('sort_dir') ?? 'desc'
  if (direction !== 'asc' && direction !== 'desc') throw badRequest(`Invalid sort direction: ${direction}`)
  const status = parameters.last('status')
  if (status !== undefined && !STATUSES.some((known) => known === status))
    throw badRequest(`Invalid status value: ${status}`)
  const type = parameters.last('type')
  if (type !== undefined && type !== 'import') throw badRequest(`Invalid type value: ${type}`)
  if (marker !== undefined && !isUuid(marker)) throw badRequest('Invalid marker format')
  const limit = readLimit(limitText)
  const wantedKey = parameters.take('sort_key') ?? 'created_at'
  const sortKey = FIELDS.find((field) => field === wantedKey)
  if (sortKey === undefined) throw badRequest('Sort key supplied was not valid.')
  const entries = parameters.entries()
  const filters = FIELDS.flatMap((field): [Field, string][] => {
    const value = entries.get(field)
    return value === undefined || field === 'deleted' ? [] : [[field, value]]
  })
  return { limit, marker, sortKey, direction, filters }
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT
  const limit = parseInteger(text)
  if (limit === undefined) throw badRequest('limit param must be an integer')
  if (limit < 0n) throw badRequest('limit param must be positive')
  return Number(limit > HIGHEST_LIMIT ? HIGHEST_LIMIT : limit)
}

const taskFilters = Object.fromEntries(FIELDS.map((field) => [field, z.string().optional()]))

/** Glance ignores a parameter of any other name. */
const taskQuery = queryReader(
  z.object({
    ...taskFilters,
    limit: z.string().optional(),
    marker: z.string().optional(),
    sort_key: z.enum(FIELDS).optional(),
    sort_dir: z.enum(['asc', 'desc']).optional(),
    status: z.enum(STATUSES).optional(),
    type: z.literal('import').optional(),
  }),
  readTaskQuery,
)

export const listAllTasks = glanceContract({
  id: 'GlanceListTasks',
  method: 'GET',
  path: '/v2/tasks',
  summary: 'List tasks, for administrators',
  edition: 'stock',
  body: 'ignored',
  params: NoParams,
  query: inBoth(taskQuery),
  responses: {
    200: z.strictObject({
      tasks: z.array(ListedTaskWire),
      first: z.string(),
      next: z.string().optional(),
      schema: z.literal('/v2/schemas/tasks'),
    }),
  },
})

/** A task that an administrator creates. */
export interface NewTask {
  type: 'import' | 'api_image_import'
  input: Json
  imageId: string | null
}

function readNewTask(body: PyValue): NewTask {
  // Glance looks for the names in a list too, and fails on it only after that.
  const names = Array.isArray(body) ? body.map(str) : body instanceof Map ? [...body.keys()] : []
  for (const name of ['type', 'input']) {
    if (!names.includes(name)) throw badRequest(`Task '${name}' is required`)
  }
  if (!(body instanceof Map)) throw glanceWouldFail('a task that is a list')
  checkTask(body)
  const input = body.get('input') ?? null
  const type = body.get('type') === 'import' ? 'import' : 'api_image_import'
  if (type === 'import') checkSource(input)
  else if (input === null) throw glanceWouldFail('a task without input')
  const imageId = input instanceof Map ? input.get('image_id') : undefined
  return { type, input: toJson(input), imageId: typeof imageId === 'string' ? imageId : null }
}

/** Refuses an import from anywhere but an address from which Glance would fetch (400). */
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

const taskProperties = plainProperties(taskSchema)

const newTask = documentReader({
  published: {
    type: 'object',
    required: ['type', 'input'],
    properties: { ...taskProperties, input: { ...taskProperties.input, type: 'object' } },
    additionalProperties: false,
    anyOf: [
      { properties: { type: { const: 'api_image_import' } } },
      {
        properties: {
          type: { const: 'import' },
          input: {
            required: ['import_from'],
            properties: {
              import_from: { type: 'string', description: 'An http address with an IP address' },
            },
          },
        },
      },
    ],
  },
  read: readNewTask,
})

export const createNewTask = glanceContract({
  id: 'GlanceCreateTask',
  method: 'POST',
  path: '/v2/tasks',
  summary: 'Create a task, for administrators',
  edition: 'stock',
  body: 'document',
  params: NoParams,
  document: inBoth(newTask),
  responses: { 201: TaskWire },
})

const TaskParams = z.object({ task_id: z.string() })

export const showOneTask = glanceContract({
  id: 'GlanceShowTask',
  method: 'GET',
  path: '/v2/tasks/{task_id}',
  summary: 'Show a task, for administrators',
  edition: 'stock',
  body: 'fatal',
  params: TaskParams,
  responses: { 200: TaskWire },
})

export const deleteTask = glanceContract({
  id: 'GlanceDeleteTask',
  method: 'DELETE',
  path: '/v2/tasks/{task_id}',
  summary: 'Delete a task: always refused, because tasks expire',
  edition: 'stock',
  body: 'fatal',
  params: TaskParams,
  responses: {},
})

export const listImageTasks = glanceContract({
  id: 'GlanceListImageTasks',
  method: 'GET',
  path: '/v2/images/{image_id}/tasks',
  summary: 'List the tasks of an image',
  edition: 'stock',
  body: 'none',
  params: ImageParams,
  responses: { 200: z.strictObject({ tasks: z.array(ImageTaskWire) }) },
})
