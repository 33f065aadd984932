import type { ImageModel, Model, WorldModel } from './model.ts'
import type { ObservedImage, ObservedWorld } from './observe.ts'

/**
 * Compares what a worker knows with what a server shows, and returns every difference.
 * @param observed the worlds of the worker.
 */
export function differences(model: Model, observed: ReadonlyMap<string, ObservedWorld>): string[] {
  const found: string[] = []
  for (const name of observed.keys())
    if (!model.worlds.has(name))
      found.push(`the world ${name} is there although it was deleted or never made`)
  for (const [name, world] of model.worlds) {
    const shown = observed.get(name)
    if (shown === undefined) found.push(`the world ${name} is gone`)
    else
      found.push(
        ...worldDifferences(world, shown, [...(model.snapshots.get(name)?.keys() ?? [])]).map(
          (difference) => `${name}: ${difference}`,
        ),
      )
  }
  return found
}

function worldDifferences(world: WorldModel, shown: ObservedWorld, saves: readonly string[]): string[] {
  const found: string[] = []
  for (const name of saves) if (!shown.snapshots.includes(name)) found.push(`the snapshot ${name} is gone`)
  for (const name of shown.snapshots)
    if (!saves.includes(name)) found.push(`the snapshot ${name} is there although it was deleted`)
  if (shown.now < world.now) found.push(`the time is ${shown.now}, and was ${world.now} already`)
  for (const name of shown.images.keys())
    if (!world.images.has(name))
      found.push(`the image ${name} is there although it was deleted or is of another world`)
  for (const [name, image] of world.images) {
    const seen = shown.images.get(name)
    if (seen === undefined) found.push(`the image ${name} is gone`)
    else found.push(...imageDifferences(image, seen).map((difference) => `the image ${name} ${difference}`))
  }
  return found
}

function imageDifferences(image: ImageModel, seen: ObservedImage): string[] {
  const found: string[] = []
  if (image.id !== undefined && image.id !== seen.id)
    found.push(`has the id ${seen.id} instead of ${image.id}`)
  if (image.status !== 'any' && image.status !== seen.status)
    found.push(`is ${seen.status} instead of ${image.status}`)
  if ([...seen.tags].sort().join() !== [...image.tags].sort().join())
    found.push(`has the tags ${seen.tags.join()} instead of ${image.tags.join()}`)
  const { downloaded } = seen
  if (typeof downloaded === 'string') found.push(`cannot be downloaded: ${downloaded}`)
  else if (downloaded !== undefined) {
    if (downloaded.size !== seen.size || downloaded.md5 !== seen.checksum)
      found.push(
        `shows ${seen.size} bytes ${seen.checksum}, and has ${downloaded.size} bytes ${downloaded.md5}`,
      )
    const { content } = image
    if (content !== undefined && (content.size !== downloaded.size || content.md5 !== downloaded.md5))
      found.push(`has ${downloaded.size} bytes instead of the ${content.size} that were uploaded`)
  } else if (image.content !== undefined) found.push('has no size although its bytes were acknowledged')
  return found
}

/** Takes over the ids of images whose creation was under way, once the server shows them. */
export function learnIds(model: Model, observed: ReadonlyMap<string, ObservedWorld>): Model {
  const worlds = [...model.worlds].map(([name, world]): [string, WorldModel] => {
    const shown = observed.get(name)
    const images = [...world.images].map(([key, image]): [string, ImageModel] => [
      key,
      { ...image, id: image.id ?? shown?.images.get(key)?.id },
    ])
    return [name, { ...world, images: new Map(images) }]
  })
  return { ...model, worlds: new Map(worlds) }
}
