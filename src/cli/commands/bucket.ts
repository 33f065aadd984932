import { createReadStream, existsSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { BucketsClient, ObjectInput } from '../../client/buckets-client.ts'
import { connectWorld } from '../../client/emulator-client.ts'
import { SetupError } from '../../lib/errors.ts'
import type { WorldFlags } from '../address.ts'
import { bytesInWords, count, inColumns, printJson, printLines, saveBytes } from '../output.ts'

/** `bucket:key`, as image_url and bucket_url have it; the key may be empty. */
interface Place {
  bucket: string
  key: string
}

function placeIn(text: string): Place | undefined {
  const [, bucket, key = ''] = /^([a-z0-9][a-z0-9.-]+):(.*)$/s.exec(text) ?? []
  return bucket === undefined ? undefined : { bucket, key }
}

async function bucketsOf({ url, world }: WorldFlags): Promise<BucketsClient> {
  return (await connectWorld(url, world)).buckets
}

/** `bucket ls`: the buckets, or the objects of one. */
export async function list(place: string | undefined, flags: WorldFlags): Promise<void> {
  const buckets = await bucketsOf(flags)
  if (place === undefined) {
    const all = await buckets.all()
    if (flags.json) return printJson(all)
    if (all.length === 0) return printLines([`${flags.world} has no buckets`])
    const rows = all.map((each) => [each.name, each.region ?? 'every region', each.storage_class])
    return printLines(inColumns([['NAME', 'REGION', 'CLASS'], ...rows]))
  }
  const { bucket, key: prefix } = placeIn(place) ?? { bucket: place, key: '' }
  const objects = await buckets.list(bucket, prefix)
  if (flags.json) return printJson(objects)
  if (objects.length === 0) return printLines([`${place} has no objects`])
  const rows = objects.map((each) => [bytesInWords(each.size), each.last_modified, each.key])
  printLines(inColumns([['SIZE', 'CHANGED', 'KEY'], ...rows]))
}

/** `bucket cp`: a file of this machine into a bucket, an object to a file, or an object to another one. */
export async function copy(from: string, to: string, flags: WorldFlags): Promise<void> {
  const [source, target] = [placeIn(from), placeIn(to)]
  const buckets = await bucketsOf(flags)
  if (target !== undefined) {
    const bytes = source === undefined ? localFile(from) : await buckets.stream(source.bucket, source.key)
    const key = inFolder(target.key, source?.key ?? from)
    const put = await buckets.put(target.bucket, key, bytes)
    return report({ ...put, bucket: target.bucket }, `${target.bucket}:${key}`, put.size, flags)
  }
  if (source === undefined)
    throw new SetupError(`neither ${from} nor ${to} is in a bucket; write one of them as bucket:key`)
  const file = existsSync(to) && statSync(to).isDirectory() ? `${to}/${basename(source.key)}` : to
  const size = await saveBytes(file, await buckets.stream(source.bucket, source.key))
  report({ file, bytes: size }, file, size, flags)
}

/** A key that is empty or ends with a slash is that of a folder: the name of the file follows. */
function inFolder(key: string, file: string): string {
  return key === '' || key.endsWith('/') ? key + basename(file) : key
}

function localFile(path: string): ObjectInput {
  const entry = statSync(path, { throwIfNoEntry: false })
  if (entry?.isFile()) return createReadStream(path)
  throw new SetupError(`${path} is no file; give a file of this machine, or bucket:key`)
}

function report(facts: unknown, place: string, size: number, { json }: WorldFlags): void {
  if (json) printJson(facts)
  else printLines([`${place}, ${bytesInWords(size)}`])
}

/** `bucket rm`: an object, everything below a prefix that ends with a slash, or a bucket with all that is in it. */
export async function remove(place: string, flags: WorldFlags): Promise<void> {
  const buckets = await bucketsOf(flags)
  const { bucket, key } = placeIn(place) ?? { bucket: place, key: '' }
  const keys = key.endsWith('/') ? (await buckets.list(bucket, key)).map((each) => each.key) : [key]
  if (key === '') await buckets.delete(bucket)
  else for (const each of keys) await buckets.delete(bucket, each)
  if (flags.json) printJson({ deleted: place })
  else printLines([key.endsWith('/') ? `${count(keys.length, 'object')} deleted` : `${place} is deleted`])
}

/** `bucket make-disk`: an empty disk as an object. */
export async function makeDisk(
  place: string,
  { format, size, ...flags }: WorldFlags & { format: 'qcow2' | 'raw'; size: string },
): Promise<void> {
  const target = placeIn(place)
  if (target === undefined || target.key === '')
    throw new SetupError(`${place} is no object; write bucket:key, as images:disk.qcow2`)
  const made = await (await bucketsOf(flags)).put(target.bucket, target.key, { disk: format, size })
  report({ ...made, bucket: target.bucket }, place, made.size, flags)
}
