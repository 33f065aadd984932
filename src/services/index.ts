import type { Operation } from '../contract/operation.ts'
import { controlOperations } from '../control/operations.ts'
import { epsOperations } from './eps/operations/operations.ts'
import { openstackOperations } from './glance/operations/operations.ts'
import { iamOperations } from './iam/operations/operations.ts'
import { copyImageCrossRegion, copyImageInRegion } from './ims/operations/copy.ts'
import { createImage } from './ims/operations/create-image.ts'
import { createDataImage } from './ims/operations/data-images.ts'
import { exportImage } from './ims/operations/export.ts'
import { listImageMembers, showImageMember } from './ims/operations/image-members.ts'
import {
  addImageTag,
  batchAddOrDeleteTags,
  batchDeleteTags,
  deleteImageTag,
  listImagesTags,
  listImageTags,
} from './ims/operations/image-tags.ts'
import { listImages, updateImage } from './ims/operations/images.ts'
import { listImageByTags } from './ims/operations/images-by-tags.ts'
import { showJobProgress } from './ims/operations/job-progress.ts'
import { showJob } from './ims/operations/jobs.ts'
import { batchAddMembers, batchDeleteMembers, batchUpdateMembers } from './ims/operations/members.ts'
import { listOsVersions } from './ims/operations/os-versions.ts'
import { importImageQuick } from './ims/operations/quick-import.ts'
import { showImageQuota } from './ims/operations/quota.ts'
import { registerImage } from './ims/operations/register.ts'
import { inSafeMode } from './ims/operations/safe-mode.ts'
import { createOrUpdateTags, listTags } from './ims/operations/tags.ts'
import { createWholeImage } from './ims/operations/whole-images.ts'

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
  ...controlOperations,
]
