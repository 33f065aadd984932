import { createReadStream } from 'node:fs'
import { type Answer, type Call, contextOf, ok } from '../../../contract/operation.ts'
import type { World } from '../../../simulation/world.ts'
import {
  type CheckedFile,
  checkImport,
  type ImportFile,
  importFiles,
  type ReceivedFile,
} from '../images/import.ts'

/** Imports files: checks them, brings their bytes in, makes the images and their job. */
export async function importInto(call: Call, requests: readonly ImportFile[]): Promise<Answer> {
  const { world } = call
  const context = contextOf(call)
  const received: ReceivedFile[] = []
  try {
    for (const file of checkImport(context, requests)) received.push(await receive(world, file))
    return ok({ job_id: importFiles(context, received) })
  } catch (error) {
    for (const { bytes } of received) world.blobs.remove(bytes.blobId)
    throw error
  }
}

async function receive(world: World, file: CheckedFile): Promise<ReceivedFile> {
  const { path, start, end } = file.located
  const blobId = world.chance.uuid('blob')
  const bytes = await world.blobs.receive(blobId, createReadStream(path, { start, end: end - 1 }))
  return { ...file, bytes: { ...bytes, blobId } }
}
