import type { Operation } from '../operations/operation.ts'
import { advanceClock, changeClock, showClock } from './control/clock.ts'
import { health, info, openapi, ready, reset } from './control/health.ts'
import { exportImage } from './ims/export.ts'
import { listImages, updateImage } from './ims/images.ts'
import { createImage } from './ims/import.ts'
import { showJob } from './ims/jobs.ts'
import { downloadImage, uploadImage } from './openstack/data.ts'
import { createImageMetadata, deleteImage, showImage } from './openstack/images.ts'

/** Every operation of every face. What stands here is routed, documented and counted; nothing else is. */
export const operations: readonly Operation[] = [
  createImage,
  listImages,
  updateImage,
  exportImage,
  showJob,
  createImageMetadata,
  showImage,
  deleteImage,
  uploadImage,
  downloadImage,
  health,
  ready,
  info,
  openapi,
  reset,
  showClock,
  changeClock,
  advanceClock,
]
