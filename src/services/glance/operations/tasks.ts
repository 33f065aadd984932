import { z } from 'zod'
import { ok } from '../../../contract/operation.ts'
import { wireMillis, wireSeconds } from '../../../lib/time.ts'
import { GlanceError } from '../errors.ts'
import { checkAdmin } from '../rules/rights.ts'
import { createTask, listTasks, listTasksOfImage, showTask } from '../rules/tasks.ts'
import type { GlanceTaskRow } from '../tables.ts'
import { type GlanceCall, glanceOperation } from './glance-operation.ts'
import { imageId } from './images.ts'
import { pageLinks, readQuery } from './query.ts'

const TaskWire = z.looseObject({ id: z.string(), type: z.string(), status: z.string(), owner: z.string() })

function listed(task: GlanceTaskRow) {
  return {
    id: task.id,
    type: task.type,
    status: task.status,
    owner: task.owner,
    created_at: wireSeconds(task.createdAt),
    updated_at: wireSeconds(task.updatedAt),
    self: `/v2/tasks/${task.id}`,
    schema: '/v2/schemas/task',
    ...(task.expiresAt !== null && { expires_at: wireSeconds(task.expiresAt) }),
  }
}

function whole(task: GlanceTaskRow) {
  return {
    ...listed(task),
    input: parse(task.input),
    result: parse(task.result),
    message: task.message,
    ...(task.imageId !== null && { image_id: task.imageId }),
    request_id: task.requestId,
    user_id: task.userId,
  }
}

function parse(json: string | null): unknown {
  return json === null ? null : JSON.parse(json)
}

export const listAllTasks = glanceOperation({
  id: 'GlanceListTasks',
  method: 'GET',
  path: '/v2/tasks',
  summary: 'List tasks, for administrators',
  edition: 'stock',
  body: 'ignored',
  query: z.looseObject({}),
  responses: { 200: z.looseObject({ tasks: z.array(TaskWire), first: z.string() }) },
  handle({ world, caller, search }) {
    checkAdmin(caller, 'tasks_api_access')
    const query = readQuery(search)
    const { tasks, next } = listTasks(world, query)
    return ok({
      tasks: tasks.map(listed),
      ...pageLinks('/v2/tasks', query, next),
      schema: '/v2/schemas/tasks',
    })
  },
})

export const createNewTask = glanceOperation({
  id: 'GlanceCreateTask',
  method: 'POST',
  path: '/v2/tasks',
  summary: 'Write down a task, for administrators',
  edition: 'stock',
  body: 'document',
  document: z.looseObject({ type: z.string(), input: z.looseObject({}) }),
  responses: { 201: TaskWire },
  async handle(call) {
    checkAdmin(call.caller, 'tasks_api_access')
    const task = createTask(call, await call.document(), call.requestId)
    return {
      status: 201,
      body: whole(task),
      headers: { Location: `${call.base}/v2/tasks/${task.id}` },
    }
  },
})

export const showOneTask = glanceOperation({
  id: 'GlanceShowTask',
  method: 'GET',
  path: '/v2/tasks/{task_id}',
  summary: 'Show a task, for administrators',
  edition: 'stock',
  body: 'fatal',
  responses: { 200: TaskWire },
  handle(call) {
    checkAdmin(call.caller, 'tasks_api_access')
    return ok(whole(showTask(call.world, taskId(call))))
  },
})

export const deleteTask = glanceOperation({
  id: 'GlanceDeleteTask',
  method: 'DELETE',
  path: '/v2/tasks/{task_id}',
  summary: 'Refused: tasks go by themselves',
  edition: 'stock',
  body: 'fatal',
  responses: {},
  handle(call) {
    checkAdmin(call.caller, 'tasks_api_access')
    throw new GlanceError(
      405,
      'This operation is currently not permitted on Glance Tasks. They are auto deleted after reaching the time based on their expires_at property.',
      { headers: { Allow: 'GET' } },
    )
  },
})

export const listImageTasks = glanceOperation({
  id: 'GlanceListImageTasks',
  method: 'GET',
  path: '/v2/images/{image_id}/tasks',
  summary: 'List the tasks of an image',
  edition: 'stock',
  body: 'none',
  responses: { 200: z.strictObject({ tasks: z.array(TaskWire) }) },
  handle: (call) => ok({ tasks: listTasksOfImage(call, imageId(call)).map(ofImage) }),
})

/** Here times are as the database has them. */
function ofImage(task: GlanceTaskRow) {
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
    deleted: false,
    image_id: task.imageId,
    request_id: task.requestId,
    user_id: task.userId,
    input: parse(task.input),
    result: parse(task.result),
    message: task.message,
  }
}

function taskId({ params }: GlanceCall): string {
  return params.task_id ?? ''
}
