import type { Operation } from '../../../contract/operation.ts'
import { copyImageCrossRegion, copyImageInRegion } from './copy.ts'
import { createImage } from './create-image.ts'
import { createDataImage } from './data-images.ts'
import { exportImage } from './export.ts'
import { listImageMembers, showImageMember } from './image-members.ts'
import {
  addImageTag,
  batchAddOrDeleteTags,
  batchDeleteTags,
  deleteImageTag,
  listImagesTags,
  listImageTags,
} from './image-tags.ts'
import { listImages, updateImage } from './images.ts'
import { listImageByTags } from './images-by-tags.ts'
import { showJobProgress } from './job-progress.ts'
import { showJob } from './jobs.ts'
import { batchAddMembers, batchDeleteMembers, batchUpdateMembers } from './members.ts'
import { listOsVersions } from './os-versions.ts'
import { importImageQuick } from './quick-import.ts'
import { showImageQuota } from './quota.ts'
import { registerImage } from './register.ts'
import { inSafeMode } from './safe-mode.ts'
import { createOrUpdateTags, listTags } from './tags.ts'
import { createWholeImage } from './whole-images.ts'

/** The calls of the image service. */
export const imsOperations: readonly Operation[] = [
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
]
