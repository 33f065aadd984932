import { handle, ok } from '../contract/operation.ts'
import { renderTrace } from '../services/cts/render.ts'
import { allTraces } from '../services/cts/traces.ts'
import type { ControlCall } from './call.ts'
import * as contract from './contract/traces.ts'

export const showTraces = handle(contract.showTraces, ({ world }: ControlCall, { query }) => {
  const { limit = Number.MAX_SAFE_INTEGER } = query
  const filter = {
    name: query.name,
    service: query.service_type,
    resource: query.resource_type,
    resourceId: query.resource_id,
    resourceName: query.resource_name,
    userName: query.user,
    projectId: query.project_id,
    rating: query.rating,
  }
  const found = allTraces(world, filter, limit)
  return ok({ traces: found.map((trace) => ({ project_id: trace.projectId, ...renderTrace(trace) })) })
})
