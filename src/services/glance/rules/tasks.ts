import type { RequestContext } from '../../../contract/call.ts'
import type { World } from '../../../simulation/world.ts'
import type { NewTask, TaskQuery } from '../contract/tasks.ts'
import { badRequest, GlanceError } from '../errors.ts'
import { allTasks, findTask, insertTask, stamp, tasksOfImage } from '../queries.ts'
import type { GlanceTaskRow } from '../tables.ts'
import { isAdmin, visibleImage } from './rights.ts'

/** Finds a task. @throws GlanceError 404 for one that is unknown or has expired. */
export function showTask(world: World, id: string): GlanceTaskRow {
  const task = findTask(world.db, id)
  if (task === undefined || isForgotten(world, task)) throw new GlanceError(404, `Could not find task ${id}`)
  return task
}

function isForgotten(world: World, { expiresAt }: GlanceTaskRow): boolean {
  return expiresAt !== null && expiresAt <= world.clock.now()
}

/** Lists the tasks of an image that the caller's project started; an administrator sees all of them. */
export function listTasksOfImage(context: RequestContext, imageId: string): GlanceTaskRow[] {
  const { world, caller } = context
  visibleImage(context, imageId, 'The resource could not be found.')
  return tasksOfImage(world.db, imageId).filter(
    (task) => !isForgotten(world, task) && (isAdmin(caller) || task.owner === caller.projectId),
  )
}

export interface TaskPage {
  tasks: GlanceTaskRow[]
  /** Id of the last task of a full page, after which the next page starts. */
  next: string | undefined
}

type Field = string | number | null

/** The fields of a task by their names in a query. */
const FIELDS: Readonly<Record<TaskQuery['sortKey'], (task: GlanceTaskRow) => Field>> = {
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

/** Lists one page of the tasks that match a query. @throws GlanceError 400 for a marker that is not among them. */
export function listTasks(world: World, { limit, marker, sortKey, direction, filters }: TaskQuery): TaskPage {
  const field = FIELDS[sortKey]
  const found = allTasks(world.db)
    .filter((task) => !isForgotten(world, task))
    .filter((task) => filters.every(([name, value]) => String(FIELDS[name](task)) === value))
    .sort((one, other) => order(field(one), field(other)) || order(one.createdAt, other.createdAt))
  if (direction === 'desc') found.reverse()
  const start = marker === undefined ? 0 : startAfter(found, marker)
  const tasks = found.slice(start, start + limit)
  return { tasks, next: tasks.length === limit ? tasks.at(-1)?.id : undefined }
}

function order(one: Field, other: Field): number {
  if (one === other) return 0
  if (one === null || other === null) return one === null ? -1 : 1
  return one < other ? -1 : 1
}

function startAfter(tasks: readonly GlanceTaskRow[], marker: string): number {
  const at = tasks.findIndex(({ id }) => id === marker)
  if (at < 0) throw badRequest(`Task with the given id ${marker} was not found`)
  return at + 1
}

/** Creates the task of an administrator. It stays pending: the emulator carries out no such task. */
export function createTask(context: RequestContext, task: NewTask, requestId: string): GlanceTaskRow {
  const { world, caller } = context
  const now = stamp(world)
  const row: GlanceTaskRow = {
    id: world.chance.uuid('task'),
    type: task.type,
    status: 'pending',
    owner: caller.projectId,
    input: JSON.stringify(task.input),
    result: null,
    message: '',
    imageId: task.imageId,
    requestId,
    userId: caller.userId,
    createdAt: now,
    updatedAt: now,
    expiresAt: null,
  }
  insertTask(world.db, row)
  return row
}
