import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import type { World } from '../engine/world.ts'
import { SetupError } from '../kernel/errors.ts'
import { packageFile } from '../kernel/package-files.ts'
import { parseTime } from '../kernel/time.ts'
import { insertCredential, insertProject, insertUser } from '../store/identity.ts'
import { insertImage } from '../store/images.ts'
import { hashToken } from './identity/caller.ts'
import { parseTag } from './tags/tag.ts'

const Time = z.string().transform((text, context) => {
  const ms = parseTime(text)
  if (ms !== undefined) return ms
  context.addIssue({ code: 'custom', message: `${text} is no time; write 2026-01-01T00:00:00Z` })
  return z.NEVER
})

const Project = z.strictObject({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  domain_id: z.string(),
  domain_name: z.string(),
})

const User = z.strictObject({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  roles: z.array(z.string()),
  token: z.string().optional(),
  access_key: z.string().optional(),
  secret_key: z.string().optional(),
})

const FixtureImage = z.strictObject({
  id: z.string(),
  name: z.string(),
  imagetype: z.enum(['gold', 'market']),
  created_at: Time,
  updated_at: Time,
  active_at: Time,
  min_disk: z.int(),
  min_ram: z.int(),
  max_ram: z.string().optional(),
  size: z.int(),
  checksum: z.string().optional(),
  disk_format: z.string(),
  tags: z.array(z.string()).default([]),
  attributes: z.record(z.string(), z.string()),
})

const Fixture = z.strictObject({
  projects: z.array(Project).default([]),
  users: z.array(User).default([]),
  /** The project that owns the images of this file. */
  owner: z.string().optional(),
  images: z.array(FixtureImage).default([]),
})
type Fixture = z.output<typeof Fixture>

/** Checksum of no bytes: what the cloud shows for images whose bytes it keeps elsewhere. */
const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e'

/** Fills a world with what a fixture file describes. A bare name means one that ships with the package. */
export function loadFixture(world: World, nameOrPath: string): void {
  const fixture = readFixture(fixturePath(nameOrPath))
  for (const { id, name, region, domain_id, domain_name } of fixture.projects) {
    insertProject(world.db, { id, name, region, domainId: domain_id, domainName: domain_name })
  }
  for (const user of fixture.users) insertFixtureUser(world, user)
  for (const image of fixture.images) insertFixtureImage(world, image, fixture.owner ?? '')
}

/** What somebody shows to be the demo user. */
export interface DemoCredentials {
  token?: string | undefined
  accessKey?: string | undefined
  secretKey?: string | undefined
}

/** The credentials of the first user that the fixtures describe: the database itself keeps only hashes of tokens. */
export function demoCredentials(fixtures: readonly string[]): DemoCredentials {
  for (const fixture of fixtures) {
    const user = readFixture(fixturePath(fixture)).users[0]
    if (user !== undefined)
      return { token: user.token, accessKey: user.access_key, secretKey: user.secret_key }
  }
  return {}
}

function fixturePath(nameOrPath: string): string {
  return /^[a-z0-9-]+$/.test(nameOrPath) ? packageFile(`fixtures/${nameOrPath}.yaml`) : nameOrPath
}

function readFixture(path: string): Fixture {
  const result = Fixture.safeParse(parse(readFileSync(path, 'utf8')))
  if (result.success) return result.data
  throw new SetupError(
    result.error.issues.map((issue) => `${path}: ${issue.path.join('.')}: ${issue.message}`).join('\n'),
  )
}

function insertFixtureUser(world: World, user: z.output<typeof User>): void {
  insertUser(world.db, { id: user.id, name: user.name, projectId: user.project_id, roles: user.roles })
  if (user.token !== undefined) {
    insertCredential(world.db, { id: hashToken(user.token), kind: 'token', userId: user.id })
  }
  if (user.access_key !== undefined) {
    insertCredential(world.db, {
      id: user.access_key,
      kind: 'access_key',
      userId: user.id,
      secret: user.secret_key ?? null,
    })
  }
}

function insertFixtureImage(world: World, image: z.output<typeof FixtureImage>, owner: string): void {
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
