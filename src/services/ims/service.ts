import { jsonRefusals, refusalDescription } from '../../contract/openapi.ts'
import { defineService } from '../service.ts'
import { fail, ImsRefusal, imsErrors } from './errors.ts'
import { imageFixtures } from './fixtures.ts'
import { copyOperations } from './handlers/copy.ts'
import { createOperations } from './handlers/create.ts'
import { fileOperations } from './handlers/files.ts'
import { imageOperations } from './handlers/images.ts'
import { jobOperations } from './handlers/jobs.ts'
import { memberOperations } from './handlers/members.ts'
import { tagOperations } from './handlers/tags.ts'
import { imageKind } from './images/states.ts'
import { imsJobKinds } from './jobs.ts'
import { imsCallers } from './own-projects.ts'

/**
 * Huawei Cloud's Image Management Service: `/v1`, `/v2` and `/v2.1` of `cloudimages`, and its jobs, tags and members.
 */
export const ims = defineService({
  id: 'ims',
  title: 'Image Management Service',
  description: 'Images, their tags, members, jobs and quotas.',
  catalogue: [
    { type: 'ims', name: 'ims', description: 'Image Management Service', path: '', reach: 'region' },
  ],
  errors: imsErrors,
  refusals: {
    invalid: ({ path, message }) => fail(imsErrors.has(message) ? message : 'IMG.0001', { path, message }),
    denied: ({ action, message }) =>
      fail('IMG.0026', { action }, { text: `${imsErrors.table['IMG.0026'].message} ${message}` }),
    missingBody: () => fail('IMG.0007'),
    malformedBody: () => fail('IMG.0001', { found: 'not JSON' }),
  },
  refusalSchema: refusalDescription('ImsRefusal', jsonRefusals(ImsRefusal)),
  dropsNulls: true,
  callers: imsCallers,
  operations: [
    ...createOperations,
    ...fileOperations,
    ...copyOperations,
    ...imageOperations,
    ...jobOperations,
    ...memberOperations,
    ...tagOperations,
  ],
  resourceKinds: [imageKind],
  jobKinds: imsJobKinds,
  fixtures: imageFixtures,
})
