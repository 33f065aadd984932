import { deactivateImage, reactivateImage } from './actions.ts'
import { cacheImage, clearCache, listCache, uncacheImage } from './cache.ts'
import { downloadImage, stageImage, uploadImage } from './data.ts'
import type { GlanceOperation } from './glance-operation.ts'
import { createImageMetadata, deleteImage, listImages, showImage, updateImage } from './images.ts'
import { deleteFromStore, importImage } from './import.ts'
import { listStores, showImportInfo, showStores, showUsage } from './info.ts'
import {
  addImageMember,
  deleteImageMember,
  listImageMembers,
  showImageMember,
  updateImageMember,
} from './members.ts'
import {
  listImageSchema,
  listMemberSchema,
  showImageSchema,
  showMemberSchema,
  stockOnlySchemas,
} from './schemas.ts'
import { createTag, deleteTag } from './tags.ts'
import { createNewTask, deleteTask, listAllTasks, listImageTasks, showOneTask } from './tasks.ts'
import { deleteImageV1, headImage, listImagesInDetail } from './v1.ts'
import { listVersions, showVersion } from './versions.ts'

/** The operations of the OpenStack face. Those of one path stand in the order in which Glance names their methods. */
export const openstackOperations: readonly GlanceOperation[] = [
  listVersions,
  showVersion,
  showImageSchema,
  listImageSchema,
  showMemberSchema,
  listMemberSchema,
  ...stockOnlySchemas,
  listImages,
  createImageMetadata,
  showImage,
  updateImage,
  deleteImage,
  listImageTasks,
  importImage,
  deactivateImage,
  reactivateImage,
  downloadImage,
  uploadImage,
  stageImage,
  createTag,
  deleteTag,
  listImageMembers,
  addImageMember,
  showImageMember,
  updateImageMember,
  deleteImageMember,
  deleteFromStore,
  listAllTasks,
  createNewTask,
  showOneTask,
  deleteTask,
  showImportInfo,
  listStores,
  showStores,
  showUsage,
  listCache,
  clearCache,
  uncacheImage,
  cacheImage,
  headImage,
  listImagesInDetail,
  deleteImageV1,
]
