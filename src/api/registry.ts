import type { Operation } from '../operations/operation.ts'
import { controlOperations } from './control/operations.ts'
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
  ...controlOperations,
]
