import type { z } from 'zod'
import type { TraceWire } from '../../contract/trace-wire.ts'
import type { TraceRow } from './tables.ts'

/** Renders a trace as the service shows it. */
export function renderTrace(trace: TraceRow): z.input<typeof TraceWire> {
  const { detail } = trace
  return {
    trace_id: trace.id,
    trace_name: trace.name,
    trace_rating: trace.rating,
    trace_type: 'ApiCall',
    service_type: trace.service,
    resource_type: trace.resource,
    ...(trace.resourceId !== null && { resource_id: trace.resourceId }),
    ...(trace.resourceName !== null && { resource_name: trace.resourceName }),
    ...(trace.enterpriseProjectId !== null && { enterprise_project_id: trace.enterpriseProjectId }),
    time: trace.happenedAt,
    record_time: trace.happenedAt,
    user: renderUser(trace),
    ...(detail.request !== undefined && { request: detail.request }),
    ...(detail.response !== undefined && { response: detail.response }),
    code: String(detail.status),
    api_version: detail.apiVersion,
    ...(detail.sourceIp !== undefined && { source_ip: detail.sourceIp }),
    request_id: detail.requestId,
    operation_id: detail.operation,
    read_only: false,
  }
}

function renderUser({ userId, userName, accessKey, detail }: TraceRow): z.input<typeof TraceWire>['user'] {
  const { domainId, domainName, agency } = detail
  return {
    id: userId,
    name: userName,
    user_name: userName,
    domain: { id: domainId, name: domainName },
    account_id: domainId,
    ...(accessKey !== null && { access_key_id: accessKey }),
    ...(agency === undefined
      ? {
          principal_urn: `iam::${domainId}:user:${userName}`,
          principal_id: userId,
          // The account's own user has the name of the account.
          principal_is_root_user: userName === domainName ? 'true' : 'false',
          type: 'User',
        }
      : {
          principal_urn: `sts::${domainId}:assumed-agency:${agency}/${userName}`,
          principal_is_root_user: 'false',
          type: 'AssumedAgency',
        }),
  }
}
