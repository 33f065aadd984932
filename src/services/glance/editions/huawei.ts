import { openstackRequestId } from '../../../lib/ids.ts'
import { imsCallers } from '../../ims/own-projects.ts'
import { CLOUD_TREATMENT, defineService } from '../../service.ts'
import { glanceParts, operationsOf } from '../service.ts'

/** Glance as Huawei Cloud runs it: behind the gateway, with attributes, codes and limits of the image service. */
export const glanceHuawei = defineService({
  ...glanceParts,
  callers: imsCallers,
  operations: operationsOf('huawei'),
  treatment: {
    requestIdHeaders: (requestId, own, request) => ({
      'X-Openstack-Request-Id': openstackRequestId(requestId),
      ...CLOUD_TREATMENT.requestIdHeaders(requestId, own, request),
    }),
  },
})
