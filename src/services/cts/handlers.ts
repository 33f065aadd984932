import type { Caller } from '../../accounts/caller.ts'
import { type Call, contextOf, type RequestContext } from '../../contract/call.ts'
import { handle, type Operation, ok } from '../../contract/operation.ts'
import { drawBytes, uuid } from '../../lib/ids.ts'
import type { TraceName } from '../../simulation/trace-name.ts'
import * as contract from './contract.ts'
import { fail } from './errors.ts'
import { renderTrace } from './render.ts'
import { listTraces, tracedUsers } from './traces.ts'

/** The refusal of a caller that acts in another project. An unknown credential stands for the demo user in any project. */
export function foreignProject({ known, projectId: own }: Caller, projectId: string) {
  return known && own !== projectId ? fail('CTS.0002', { projectId }) : undefined
}

/** The context of a call whose path names a project, which must be the caller's. @throws CodedRefusal CTS.0002 */
function contextIn(call: Call, projectId: string): RequestContext {
  const context = contextOf(call)
  const refusal = foreignProject(context.caller, projectId)
  if (refusal !== undefined) throw refusal
  return context
}

/** When the trackers of all projects were made: ms since the epoch, 2018-01-01. No document tells a time of its own. */
const OPENED = 1_514_764_800_000

const showTraces = handle(contract.listTraces, (call, { params, query }) => {
  const context = contextIn(call, params.project_id)
  const { trace_type: type, tracker_name: tracker = 'system', limit, from, to, next } = query
  // Traces of data are those of buckets under a tracker of their own, which no project here has.
  if (type === 'data' || tracker !== 'system')
    return ok({ traces: [], meta_data: { count: 0, marker: null } })
  const filter = {
    id: query.trace_id,
    service: query.service_type,
    resource: query.resource_type,
    name: query.trace_name,
    rating: query.trace_rating,
    resourceId: query.resource_id,
    resourceName: query.resource_name,
    enterpriseProjectId: query.enterprise_project_id,
    userName: query.user,
    accessKey: query.access_key_id,
  }
  const { traces, more } = listTraces(context, { filter, from, to, next, limit })
  const marker = more ? (traces.at(-1)?.id ?? null) : null
  return ok({ traces: traces.map(renderTrace), meta_data: { count: traces.length, marker } })
})

/** The names by service and type of resource, each once and in the order of the alphabet. */
function namesByType(traces: readonly TraceName[]) {
  return [...Map.groupBy(traces, ({ serviceType, resourceType }) => `${serviceType} ${resourceType}`)].map(
    ([key, named]) => {
      const [serviceType = '', resourceType = ''] = key.split(' ')
      const names = named.flatMap(({ name, unless }) => [
        name,
        ...(unless === undefined ? [] : [unless.name]),
      ])
      return { serviceType, resourceType, names: [...new Set(names)].sort() }
    },
  )
}

const showOperations = handle(contract.listOperations, (call, { params, query }) => {
  const { world } = contextIn(call, params.project_id)
  const { service_type: service, resource_type: resource } = query
  const found = namesByType(world.cloud.traces).filter(
    ({ serviceType, resourceType }) =>
      (service === undefined || service === serviceType) &&
      (resource === undefined || resource === resourceType),
  )
  return ok({
    operations: found.map(({ serviceType, resourceType, names }) => ({
      service_type: serviceType,
      resource_type: resourceType,
      operation_list: names,
    })),
  })
})

const showResources = handle(contract.listTraceResources, (call, { params: { domain_id: domainId } }) => {
  const { world, caller } = contextOf(call)
  if (caller.known && caller.domainId !== domainId) throw fail('CTS.0002', { domainId })
  const byService = Map.groupBy(namesByType(world.cloud.traces), ({ serviceType }) => serviceType)
  return ok({
    resources: [...byService].map(([service, types]) => ({
      service_type: service,
      resource: types.map(({ resourceType }) => resourceType).sort(),
    })),
  })
})

const showUsers = handle(contract.listUserResources, (call, { params }) =>
  ok({ users: tracedUsers(contextIn(call, params.project_id)).map((name) => ({ name })) }),
)

const showTrackers = handle(contract.listTrackers, (call, { params, query }) => {
  const { world, caller } = contextIn(call, params.project_id)
  const { tracker_name: name = 'system', tracker_type: type = 'system' } = query
  if (name !== 'system' || type !== 'system') return ok({ trackers: [] })
  return ok({
    trackers: [
      {
        id: uuid(drawBytes(world.scenario.seed, `tracker of ${caller.projectId}`, 1)),
        create_time: OPENED,
        tracker_name: 'system',
        tracker_type: 'system',
        status: 'enabled',
        domain_id: caller.domainId,
        project_id: caller.projectId,
        is_support_validate: false,
        is_support_trace_files_encryption: false,
        is_organization_tracker: false,
        lts: { is_lts_enabled: false, log_group_name: 'CTS', log_topic_name: 'system-trace' },
        obs_info: {
          bucket_name: '',
          file_prefix_name: '',
          is_obs_created: false,
          is_authorized_bucket: false,
          bucket_lifecycle: 0,
        },
      },
    ],
  })
})

const showQuotas = handle(contract.listQuotas, (call, { params }) => {
  contextIn(call, params.project_id)
  return ok({
    resources: [
      { type: 'system_tracker', used: 1, quota: 1 },
      { type: 'data_tracker', used: 0, quota: 100 },
    ],
  })
})

/** The calls that read the audit. Nothing is written but by the calls of other services. */
export const ctsOperations: readonly Operation[] = [
  showTraces,
  showOperations,
  showResources,
  showUsers,
  showTrackers,
  showQuotas,
]
