import type { Operation } from '../operations/operation.ts'
import { changeAuth, showAuth } from './control/auth.ts'
import { explainAuthorization } from './control/authorize.ts'
import { advanceClock, changeClock, showClock } from './control/clock.ts'
import { addFixtures } from './control/fixtures.ts'
import { health, info, openapi, ready, reset } from './control/health.ts'
import { clearJournal, showJournal } from './control/journal.ts'
import { addRule, deleteRule, enterPhase, listRules, showPhase, showRule } from './control/rules.ts'
import { checkScenario, putScenario, showScenario } from './control/scenario.ts'
import { deletePolicy, patchGroup, patchUser, putPolicy } from './control/tenant-changes.ts'
import { showTenants } from './control/tenants.ts'
import { verifyJournal } from './control/verify-journal.ts'
import { createWorld, deleteWorld, listWorlds, showWorld } from './control/worlds.ts'
import { epsOperations } from './eps/operations.ts'
import { iamOperations } from './iam/operations.ts'
import { copyImageCrossRegion, copyImageInRegion } from './ims/copy.ts'
import { createImage } from './ims/create-image.ts'
import { createDataImage } from './ims/data-images.ts'
import { exportImage } from './ims/export.ts'
import { listImageMembers, showImageMember } from './ims/image-members.ts'
import {
  addImageTag,
  batchAddOrDeleteTags,
  batchDeleteTags,
  deleteImageTag,
  listImagesTags,
  listImageTags,
} from './ims/image-tags.ts'
import { listImages, updateImage } from './ims/images.ts'
import { listImageByTags } from './ims/images-by-tags.ts'
import { showJobProgress } from './ims/job-progress.ts'
import { showJob } from './ims/jobs.ts'
import { batchAddMembers, batchDeleteMembers, batchUpdateMembers } from './ims/members.ts'
import { listOsVersions } from './ims/os-versions.ts'
import { importImageQuick } from './ims/quick-import.ts'
import { showImageQuota } from './ims/quota.ts'
import { registerImage } from './ims/register.ts'
import { inSafeMode } from './ims/safe-mode.ts'
import { createOrUpdateTags, listTags } from './ims/tags.ts'
import { createWholeImage } from './ims/whole-images.ts'
import { openstackOperations } from './openstack/operations.ts'

/** Every operation of every face. What stands here is routed, documented and counted; nothing else is. */
export const operations: readonly Operation[] = [
  createImage,
  inSafeMode(createImage),
  createDataImage,
  inSafeMode(createDataImage),
  createWholeImage,
  importImageQuick,
  inSafeMode(importImageQuick),
  registerImage,
  copyImageInRegion,
  inSafeMode(copyImageInRegion),
  copyImageCrossRegion,
  listImages,
  updateImage,
  exportImage,
  inSafeMode(exportImage),
  showJob,
  showJobProgress,
  batchAddMembers,
  batchUpdateMembers,
  batchDeleteMembers,
  listImageMembers,
  showImageMember,
  createOrUpdateTags,
  listTags,
  addImageTag,
  listImageTags,
  deleteImageTag,
  batchAddOrDeleteTags,
  batchDeleteTags,
  listImagesTags,
  listImageByTags,
  showImageQuota,
  listOsVersions,
  ...openstackOperations,
  ...epsOperations,
  ...iamOperations,
  health,
  ready,
  info,
  openapi,
  reset,
  showClock,
  changeClock,
  advanceClock,
  showJournal,
  clearJournal,
  verifyJournal,
  addFixtures,
  listRules,
  addRule,
  showRule,
  deleteRule,
  showPhase,
  enterPhase,
  showScenario,
  putScenario,
  checkScenario,
  createWorld,
  listWorlds,
  showWorld,
  deleteWorld,
  showTenants,
  patchUser,
  patchGroup,
  putPolicy,
  deletePolicy,
  showAuth,
  changeAuth,
  explainAuthorization,
]
