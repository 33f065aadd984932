import type { Ledger } from '../../database/id-registry.ts'
import type { World } from '../../simulation/world.ts'
import type { FixturePrivateImage, FixturePublicImage } from '../../worlds/fixtures/format.ts'
import { FixtureMistake } from '../../worlds/fixtures/mistake.ts'
import { blankDisk, byteColumns, PRIVATE_ATTRIBUTES } from './images/new-image.ts'
import { osAttributes, osVersions } from './os-versions.ts'
import { imageIdTaken, insertImage } from './queries/images.ts'
import { insertMember } from './queries/members.ts'
import { parseTag } from './tags/tag.ts'

/** Checksum of no bytes: what the cloud shows for images whose bytes it keeps elsewhere. */
const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e'

/** The id of an image that was deleted is never given again. */
function mustBeFree(world: World, id: string): void {
  if (imageIdTaken(world.db, id)) throw new FixtureMistake(`image ${id} is there already`, true)
}

export function addPublicImage(world: World, image: FixturePublicImage, owner: string): void {
  mustBeFree(world, image.id)
  insertImage(
    world.db,
    {
      id: image.id,
      owner,
      name: image.name,
      status: 'active',
      visibility: 'public',
      imageType: image.imagetype,
      protected: true,
      containerFormat: 'bare',
      diskFormat: image.disk_format,
      minDisk: image.min_disk,
      minRam: image.min_ram,
      size: image.size,
      checksum: image.checksum ?? EMPTY_MD5,
      createdAt: image.created_at,
      updatedAt: image.updated_at,
      activeAt: image.active_at,
      attributes: { ...image.attributes, ...(image.max_ram !== undefined && { max_ram: image.max_ram }) },
    },
    image.tags.map(parseTag),
  )
}

/** Statuses in which an image has bytes. */
const WITH_BYTES: ReadonlySet<string> = new Set(['active', 'deactivated'])

export function addPrivateImage(
  world: World,
  ledger: Ledger,
  image: FixturePrivateImage,
  fileOwner: string | undefined,
): void {
  const what = `image ${image.id}`
  mustBeFree(world, image.id)
  const owner = image.owner ?? fileOwner
  if (owner === undefined) throw new FixtureMistake(`${what} has no owner; give it one, or the whole file`)
  ledger.require('project', owner, what)
  const created = image.created_at ?? world.clock.now()
  const hasBytes = WITH_BYTES.has(image.status)
  const bytes = hasBytes ? blankDisk(world, image.min_disk) : undefined
  const size = image.size ?? bytes?.size
  insertImage(
    world.db,
    {
      id: image.id,
      owner,
      name: image.name,
      status: image.status,
      visibility: 'private',
      imageType: 'private',
      protected: image.protected,
      containerFormat: 'bare',
      diskFormat: image.disk_format,
      minDisk: image.min_disk,
      minRam: image.min_ram,
      ...(bytes && byteColumns(bytes)),
      ...(size !== undefined && { size }),
      ...(image.checksum !== undefined && { checksum: image.checksum }),
      createdAt: created,
      updatedAt: image.updated_at ?? created,
      activeAt: image.active_at ?? (hasBytes ? created : null),
      attributes: privateAttributes(image, size ?? 0),
    },
    image.tags.map(parseTag),
  )
  addMembers(world, ledger, image, created)
}

function privateAttributes(image: FixturePrivateImage, size: number): Record<string, string> {
  const os = osVersions().get(image.attributes.__os_version ?? '')
  return {
    ...PRIVATE_ATTRIBUTES,
    virtual_env_type: 'FusionCompute',
    __image_size: String(size),
    ...(os && osAttributes(os)),
    ...image.attributes,
    ...(image.max_ram !== undefined && { max_ram: image.max_ram }),
  }
}

function addMembers(world: World, ledger: Ledger, image: FixturePrivateImage, at: number): void {
  for (const { project_id: projectId, status } of image.members) {
    ledger.require('project', projectId, `image ${image.id}`)
    insertMember(world.db, { imageId: image.id, projectId, status, createdAt: at, updatedAt: at })
  }
}
