import type { Operation } from '../../../contract/operation.ts'
import {
  actOnEnterpriseProject,
  listEnterpriseProject,
  makeEnterpriseProject,
  showEnterpriseProject,
  showEnterpriseProjectQuota,
  updateEnterpriseProject,
} from './projects.ts'
import { migrateResource, showResourceBindEnterpriseProject } from './resources.ts'

/** The calls of the enterprise project service that images have to do with. */
export const epsOperations: readonly Operation[] = [
  listEnterpriseProject,
  makeEnterpriseProject,
  showEnterpriseProjectQuota,
  showEnterpriseProject,
  updateEnterpriseProject,
  actOnEnterpriseProject,
  showResourceBindEnterpriseProject,
  migrateResource,
]
