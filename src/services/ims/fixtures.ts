import { z } from 'zod'
import type { DiskBytes } from '../../database/blobs.ts'
import { parseTime } from '../../lib/time.ts'
import {
  changingSection,
  type FixtureAdding,
  FixtureMistake,
  Flag,
  fixtureSection,
  Id,
  record,
  type SystemFacts,
} from '../../simulation/fixtures.ts'
import type { World } from '../../simulation/world.ts'
import { imageChanges } from './image-changes.ts'
import { blankDisk, byteColumns, bytesOf, PRIVATE_ATTRIBUTES } from './images/new-image.ts'
import { addSystems, knownSpellings, type OsVersion, spellingsOf } from './os-table.ts'
import { osAttributes } from './os-versions.ts'
import { findImage, imageIdTaken, insertImage } from './queries/images.ts'
import { insertMember } from './queries/members.ts'
import { parseTag } from './tags/tag.ts'

const Time = z.string().transform((text, context) => {
  const ms = parseTime(text)
  if (ms !== undefined) return ms
  context.addIssue({ code: 'custom', message: `${text} is no time; write 2026-01-01T00:00:00Z` })
  return z.NEVER
})

const imageFields = {
  id: z.guid(),
  name: z.string(),
  disk_format: z.string(),
  max_ram: z.string().optional(),
  checksum: z.string().optional(),
  tags: z.array(z.string()).default([]),
  attributes: z.record(z.string(), z.string()),
}

/** An image that every project sees: one of the cloud itself, or one of the market. */
const PublicImage = record({
  ...imageFields,
  imagetype: z.enum(['gold', 'market']),
  created_at: Time,
  updated_at: Time,
  active_at: Time,
  min_disk: z.int(),
  min_ram: z.int(),
  size: z.int(),
})

/**
 * An image of a project. Fields that are left out are those of an image that was just imported. Without a `size` its bytes
 * are those of a blank disk of `min_disk` GB, which can be copied and exported.
 */
const PrivateImage = record({
  ...imageFields,
  imagetype: z.literal('private'),
  /** The project that owns it; the owner of the file otherwise. */
  owner: Id.optional(),
  status: z.enum(['queued', 'saving', 'active', 'deactivated', 'killed']).default('active'),
  protected: Flag,
  created_at: Time.optional(),
  updated_at: Time.optional(),
  active_at: Time.optional(),
  min_disk: z.int().nonnegative().default(40),
  min_ram: z.int().nonnegative().default(0),
  size: z.int().nonnegative().optional(),
  disk_format: z.string().default('zvhd2'),
  attributes: z.record(z.string(), z.string()).default({}),
  members: z
    .array(
      record({ project_id: Id, status: z.enum(['pending', 'accepted', 'rejected']).default('accepted') }),
    )
    .default([]),
})

type PublicImage = z.output<typeof PublicImage>
type PrivateImage = z.output<typeof PrivateImage>

/** An operating system that the world has beside those of the cloud; its spellings are new ones. */
const OwnSystem = record({
  platform: Id,
  os_version: Id,
  same: z.array(Id).default([]),
  type: z.enum(['Linux', 'Windows', 'Other']).default('Linux'),
  bits: z.union([z.literal(32), z.literal(64)]).default(64),
  tags: z.array(z.string()).default(['x86']),
}).transform(({ os_version, type, ...rest }): OsVersion => ({ osVersion: os_version, osType: type, ...rest }))

export const imageFixtures = {
  os_versions: fixtureSection({
    item: OwnSystem,
    after: [],
    ids: { 'operating system': knownSpellings },
    add({ world, ids }, items) {
      for (const spelling of items.flatMap(spellingsOf)) ids.claim('operating system', spelling)
      if (items.length > 0) addSystems(world.db, items)
    },
  }),
  images: changingSection({
    item: z.discriminatedUnion('imagetype', [PublicImage, PrivateImage]),
    after: ['projects', 'os_versions'],
    facts: { systemOfImage, bytesOfImage },
    add(adding, items) {
      for (const image of items) {
        if (imageIdTaken(adding.world.db, image.id))
          throw new FixtureMistake(`image ${image.id} is there already`, true)
        if (image.imagetype === 'private') addPrivateImage(adding, image)
        else addPublicImage(adding, image)
      }
    },
    changes: imageChanges,
  }),
} as const

/** The system that a server from an image runs. */
function systemOfImage({ db }: World, id: string): SystemFacts | undefined {
  const attributes = findImage(db, id)?.attributes
  if (attributes === undefined) return undefined
  const { hw_firmware_type: firmware } = attributes
  return {
    osVersion: attributes.__os_version ?? null,
    firmware: firmware === 'uefi' || firmware === 'bios' ? firmware : null,
    architecture: attributes.__support_arm === 'true' ? 'arm' : 'x86',
  }
}

function bytesOfImage({ db, blobs }: World, id: string): DiskBytes | undefined {
  const image = findImage(db, id)
  if (image === undefined || !WITH_BYTES.has(image.status) || image.blobId === null) return undefined
  if (!blobs.has(image.blobId)) return undefined
  return bytesOf({ ...image, blobId: image.blobId })
}

/** MD5 of no bytes: the checksum that the cloud shows for images whose bytes it keeps elsewhere. */
const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e'

function addPublicImage({ world, owner = '' }: FixtureAdding, image: PublicImage): void {
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

function addPrivateImage(adding: FixtureAdding, image: PrivateImage): void {
  const { world, ids } = adding
  const what = `image ${image.id}`
  const owner = image.owner ?? adding.owner
  if (owner === undefined) throw new FixtureMistake(`${what} has no owner; give it one, or the whole file`)
  ids.require('project', owner, what)
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
      attributes: privateAttributes(world, image, size ?? 0),
    },
    image.tags.map(parseTag),
  )
  for (const { project_id: projectId, status } of image.members) {
    ids.require('project', projectId, what)
    insertMember(world.db, { imageId: image.id, projectId, status, createdAt: created, updatedAt: created })
  }
}

function privateAttributes({ db }: World, image: PrivateImage, size: number): Record<string, string> {
  return {
    ...PRIVATE_ATTRIBUTES,
    virtual_env_type: 'FusionCompute',
    __image_size: String(size),
    ...osAttributes(db, image.attributes.__os_version ?? ''),
    ...image.attributes,
    ...(image.max_ram !== undefined && { max_ram: image.max_ram }),
  }
}
