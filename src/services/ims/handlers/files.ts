import { contextOf, handle, type Operation, ok } from '../../../contract/operation.ts'
import { exportImage, registerImage } from '../contract/files.ts'
import { checkExport, exportImage as submitExport } from '../images/export.ts'
import { exportedBytes } from '../images/exported-bytes.ts'
import { checkRegister, registerImage as submitRegister } from '../images/register.ts'
import { lookAtObject, pullObjects } from '../sources/object-store.ts'
import { LARGEST_FILE, readDisk } from '../sources/objects.ts'
import { examineDisk } from '../sources/stored-disks.ts'
import { inSafeMode } from './safe-mode.ts'

/** The checks run twice: before the bytes are copied, and in the transaction that starts the job. */
const register = handle(registerImage, async (call, { params, body }) => {
  const { world } = call
  const context = contextOf(call)
  const request = { imageId: params.image_id, source: body.image_url }
  using _pulled = await pullObjects(world, [{ url: request.source, largest: LARGEST_FILE }])
  const { located } = checkRegister(context, request)
  const blobId = world.chance.uuid('blob')
  const received = await world.blobs.receive(blobId, readDisk(world, located))
  try {
    const stored = await examineDisk(world, blobId, located.disk)
    return ok({ job_id: submitRegister(context, request, located, { ...received, ...stored, blobId }) })
  } catch (error) {
    world.blobs.remove(blobId)
    throw error
  }
})

/** The bytes come first, in the format of the request; the last step of the job makes them an object. */
const exportToBucket = handle(exportImage, async (call, { params, body }) => {
  const { world } = call
  const context = contextOf(call)
  const request = {
    imageId: params.image_id,
    target: body.bucket_url,
    quick: body.is_quick_export,
    format: body.file_format,
  }
  await lookAtObject(world, request.target)
  const bytes = await exportedBytes(world, checkExport(context, request), request)
  try {
    return ok({ job_id: submitExport(context, request, bytes) })
  } catch (error) {
    world.blobs.remove(bytes.blobId)
    throw error
  }
})

/** Calls that move the bytes of an image between the cloud and a bucket. */
export const fileOperations: readonly Operation[] = [register, exportToBucket, inSafeMode(exportToBucket)]
