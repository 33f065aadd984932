import { contextOf, handle, type Operation, ok } from '../../../contract/operation.ts'
import { showImageQuota } from '../contract/quota.ts'
import { listQuotas } from '../quota-list.ts'

export const quotaOperations: readonly Operation[] = [
  handle(showImageQuota, (call) => ok({ quotas: { resources: listQuotas(contextOf(call)) } })),
]
