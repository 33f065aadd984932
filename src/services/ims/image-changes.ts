import { z } from 'zod'
import { wireSeconds } from '../../lib/time.ts'
import {
  changeOf,
  type FixtureChanges,
  type FixtureChanging,
  type FixtureItem,
} from '../../simulation/fixtures.ts'
import { withdrawImage } from './images/states.ts'
import { findImage, type Image, listAllImages, updateImage } from './queries/images.ts'
import { formatTag } from './tags/tag.ts'

/** What the operator of the cloud changes of an image. Attributes are merged; one that is null is removed. */
const ImageChange = changeOf({
  name: z.string(),
  /** Out of every list, and still there for those who know its id. */
  hidden: z.boolean(),
  min_disk: z.int().nonnegative(),
  min_ram: z.int().nonnegative(),
  attributes: z.record(z.string(), z.string().nullable()),
})

/** How images change while a world runs: public and market images are renamed, hidden, marked and withdrawn. */
export const imageChanges: FixtureChanges<typeof ImageChange> = {
  fields: ImageChange,
  list: (db) => listAllImages(db).map(renderItem),
  find(db, id) {
    const image = findImage(db, id)
    return image && renderItem(image)
  },
  change: changeImage,
  remove({ world, at }, id) {
    const image = findImage(world.db, id)
    if (image !== undefined) withdrawImage(world, image, at)
  },
}

function changeImage(
  { world, at }: FixtureChanging,
  id: string,
  { name, hidden, min_disk: minDisk, min_ram: minRam, attributes }: z.output<typeof ImageChange>,
): void {
  const image = findImage(world.db, id)
  if (image === undefined) return
  updateImage(world.db, id, {
    ...(name !== undefined && { name }),
    ...(hidden !== undefined && { hidden }),
    ...(minDisk !== undefined && { minDisk }),
    ...(minRam !== undefined && { minRam }),
    ...(attributes !== undefined && { attributes: merged(image.attributes, attributes) }),
    updatedAt: at,
  })
}

function merged(
  before: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const entries = Object.entries({ ...before, ...change })
  return Object.fromEntries(entries.flatMap(([key, value]) => (value === null ? [] : [[key, value]])))
}

/** Renders an image with the fields that a fixture of its catalogue has, and with `hidden` where it is. */
function renderItem(image: Image): FixtureItem {
  const { id, name, status, imageType, owner, hidden, minDisk, minRam, size, checksum, activeAt } = image
  return {
    ...{ imagetype: imageType, id, name },
    ...(imageType === 'private' && { owner, status, protected: image.protected }),
    ...(hidden && { hidden }),
    ...{ created_at: wireSeconds(image.createdAt), updated_at: wireSeconds(image.updatedAt) },
    ...(activeAt !== null && { active_at: wireSeconds(activeAt) }),
    ...{ disk_format: image.diskFormat, min_disk: minDisk, min_ram: minRam },
    ...(size !== null && { size }),
    ...(checksum !== null && { checksum }),
    tags: image.tags.map(formatTag),
    attributes: image.attributes,
  }
}
