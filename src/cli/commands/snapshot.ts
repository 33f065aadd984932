import { connectWorld } from '../../client/emulator-client.ts'
import type { WorldFlags } from '../address.ts'
import { bytesInWords, inColumns, printJson, printLines, saveBytes } from '../output.ts'

/** `snapshot list`. */
export async function list({ url, world, json }: WorldFlags): Promise<void> {
  const snapshots = await (await connectWorld(url, world)).snapshots.list()
  if (json) return printJson(snapshots)
  if (snapshots.length === 0) return printLines([`${world} has no snapshots`])
  const rows = snapshots.map(({ name, time, bytes }) => [name, time, bytesInWords(bytes)])
  printLines(inColumns([['NAME', 'TIME', 'SIZE'], ...rows]))
}

/** `snapshot save`. */
export async function save(name: string, { url, world, json }: WorldFlags): Promise<void> {
  const saved = await (await connectWorld(url, world)).snapshots.save(name)
  if (json) printJson(saved)
  else printLines([`${name} is saved: ${world} at ${saved.time}, ${bytesInWords(saved.bytes)}`])
}

/** `snapshot restore`. */
export async function restore(name: string, { url, world, json }: WorldFlags): Promise<void> {
  await (await connectWorld(url, world)).snapshots.restore(name)
  if (json) printJson({ restored: name })
  else printLines([`${world} is back at ${name}`])
}

/** `snapshot delete`. */
export async function remove(name: string, { url, world, json }: WorldFlags): Promise<void> {
  await (await connectWorld(url, world)).snapshots.remove(name)
  if (json) printJson({ deleted: name })
  else printLines([`${name} is deleted`])
}

/** `snapshot download`: writes the database of the world to a file. */
export async function download(
  file: string,
  { url, world, json, blobs }: WorldFlags & { blobs: boolean },
): Promise<void> {
  const size = await saveBytes(file, await (await connectWorld(url, world)).database({ blobs }))
  if (json) printJson({ file, bytes: size })
  else
    printLines([
      `${world} is written to ${file}, ${bytesInWords(size)}`,
      ...(blobs ? [`continue from it: ims-emulator start --from ${file}`] : []),
    ])
}
