import { ok, reply } from '../../../contract/operation.ts'
import { wireMillis, wireSeconds } from '../../../lib/time.ts'
import { createNewTask, deleteTask, listAllTasks, listImageTasks, showOneTask } from '../contract/tasks.ts'
import { GlanceError } from '../errors.ts'
import { pageLinks } from '../python/query.ts'
import { checkAdmin } from '../rules/rights.ts'
import { createTask, listTasks, listTasksOfImage, showTask } from '../rules/tasks.ts'
import type { GlanceTaskRow } from '../tables.ts'
import { glanceOperation } from './glance-operation.ts'

const RIGHT = 'tasks_api_access'

const list = glanceOperation(listAllTasks, (call, { query }) => {
  checkAdmin(call.caller, RIGHT)
  const { tasks, next } = listTasks(call.world, query())
  return ok({
    tasks: tasks.map(listedTask),
    ...pageLinks('/v2/tasks', call.search, next),
    schema: '/v2/schemas/tasks',
  })
})

const create = glanceOperation(createNewTask, async (call, { document }) => {
  checkAdmin(call.caller, RIGHT)
  const task = createTask(call, await document(), call.requestId)
  return reply(201, {
    body: wholeTask(task),
    headers: { Location: `${call.base}/v2/tasks/${task.id}` },
  })
})

const show = glanceOperation(showOneTask, ({ world, caller }, { params }) => {
  checkAdmin(caller, RIGHT)
  return ok(wholeTask(showTask(world, params.task_id)))
})

const remove = glanceOperation(deleteTask, ({ caller }) => {
  checkAdmin(caller, RIGHT)
  throw new GlanceError(
    405,
    'This operation is currently not permitted on Glance Tasks. They are auto deleted after reaching the time based on their expires_at property.',
    { headers: { Allow: 'GET' } },
  )
})

const listOfImage = glanceOperation(listImageTasks, (call, { params }) =>
  ok({ tasks: listTasksOfImage(call, params.image_id).map(imageTask) }),
)

function listedTask(task: GlanceTaskRow) {
  return {
    id: task.id,
    type: task.type,
    status: task.status,
    owner: task.owner,
    created_at: wireSeconds(task.createdAt),
    updated_at: wireSeconds(task.updatedAt),
    self: `/v2/tasks/${task.id}`,
    schema: '/v2/schemas/task' as const,
    ...(task.expiresAt !== null && { expires_at: wireSeconds(task.expiresAt) }),
  }
}

function wholeTask(task: GlanceTaskRow) {
  return {
    ...listedTask(task),
    input: parse(task.input),
    result: parse(task.result),
    message: task.message,
    ...(task.imageId !== null && { image_id: task.imageId }),
    request_id: task.requestId,
    user_id: task.userId,
  }
}

/** Renders a task of the list of an image, whose times are in the form of the database. */
function imageTask(task: GlanceTaskRow) {
  const time = (ms: number) => `${wireMillis(ms).slice(0, -1)}000`
  return {
    id: task.id,
    type: task.type,
    status: task.status,
    owner: task.owner,
    expires_at: task.expiresAt === null ? null : time(task.expiresAt),
    created_at: time(task.createdAt),
    updated_at: time(task.updatedAt),
    deleted_at: null,
    deleted: false as const,
    image_id: task.imageId,
    request_id: task.requestId,
    user_id: task.userId,
    input: parse(task.input),
    result: parse(task.result),
    message: task.message,
  }
}

function parse(json: string | null): unknown {
  return json === null ? null : JSON.parse(json)
}

export const imageTaskOperations = [listOfImage]
export const taskOperations = [list, create, show, remove]
