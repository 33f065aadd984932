import { expect, type Reply, type Sent, type TestEmulator } from './emulator.ts'

const id = (kind: number, n: number) => `${kind}0000000-0000-4000-8000-${String(n).padStart(12, '0')}`

/** Servers of fixtures/demo-servers.yaml, which every new world has, by their special property. */
export const SERVER = {
  web: id(1, 1),
  stopped: id(1, 2),
  busy: id(1, 3),
  frozen: id(1, 4),
  broken: id(1, 5),
  beingBackedUp: id(1, 6),
  withoutSystemDisk: id(1, 7),
  largeDisks: id(1, 8),
  failedDisks: id(1, 9),
  dedicatedDisks: id(1, 10),
  bareMetal: id(1, 11),
  windows: id(1, 12),
  encrypted: id(1, 13),
  encryptedByDefault: id(1, 14),
  reclaimed: id(1, 15),
  withoutImages: id(1, 16),
  csbs: id(1, 17),
  clusterNode: id(1, 18),
  unknownSystem: id(1, 19),
  arm: id(1, 20),
  vaulted: id(1, 21),
  partner: id(1, 22),
  none: id(1, 999),
}

/** Id of the n-th disk of a server: `diskOf(1, 2)` is the second disk of the first server. */
export const diskOf = (server: number, disk: number) => id(2, server * 100 + disk)

/** Disks that are not attached to a server. */
export const VOLUME = {
  free: id(2, 1),
  recognised: id(2, 2),
  failed: id(2, 3),
  large: id(2, 4),
  dedicated: id(2, 5),
  partner: id(2, 6),
  encrypted: id(2, 7),
  none: id(2, 99),
}

export const VAULT = {
  servers: id(3, 1),
  locked: id(3, 2),
  disks: id(3, 3),
  full: id(3, 4),
  crowded: id(3, 5),
  partner: id(3, 6),
  replicas: id(3, 7),
  eastServers: id(3, 8),
  none: id(3, 99),
}

export const BACKUP = {
  csbs: id(4, 1),
  csbsNotReady: id(4, 2),
  csbsSharedDisks: id(4, 3),
  csbsPartner: id(4, 4),
  cbr: id(4, 11),
  cbrNotReady: id(4, 12),
  cbrSharedDisks: id(4, 13),
  cbrPartner: id(4, 14),
  cbrWithoutSystemDisk: id(4, 15),
  cbrUnknownSystem: id(4, 16),
  cbrBeingMade: id(4, 18),
  cbrEncrypted: id(4, 19),
  none: id(4, 99),
}

export const KEY = {
  demo: id(5, 1),
  other: id(5, 2),
  disabled: id(5, 3),
  dying: id(5, 4),
  default: id(5, 5),
  partner: id(5, 6),
  lent: id(5, 7),
  none: id(5, 99),
}

export const ENTERPRISE_PROJECT = {
  production: id(6, 1),
  retired: id(6, 3),
  partner: id(6, 4),
  none: id(6, 99),
}

/** Public images that the servers run from. */
export const PUBLIC_IMAGE = {
  centos: '1ef2a30f-80ce-47cc-896a-b3aed49017be',
  ubuntu: '5c3dbfb9-fd12-423e-9bbc-510f7a6d6e51',
  bareMetal: 'bd76ec50-2d19-41f6-985f-b33013d1e68f',
  windows: '2f9a29b5-e29d-471f-9d34-529d59c840e3',
  market: '98de1ec7-0064-4557-a771-8a0aabdfbb54',
}

/** The demo account's project in the other region, with its user and token. */
export const EAST = { project: '0605767a9500d5ed2fb3c00a8e3a0e03', as: { token: 'demo-east-token' } }

const JOB_ID = /^[0-9a-f]{32}$/

/** Returns the job id of an answer, and checks that the answer has no other field. */
export function jobOf(reply: Reply): string {
  expect(reply.body).toEqual({ job_id: expect.stringMatching(JOB_ID) })
  expect(reply.status).toBe(200)
  return reply.body.job_id
}

/** Advances the clock until the job of an answer has ended, and returns the job. */
export async function ended(emulator: TestEmulator, reply: Reply) {
  const id = jobOf(reply)
  await emulator.advance()
  return (await emulator.job(id)).body
}

/** Lets the job of an answer succeed, and returns the image that it created. */
export async function madeImage(emulator: TestEmulator, reply: Reply, sent?: Sent) {
  const job = await ended(emulator, reply)
  expect(job).toMatchObject({ status: 'SUCCESS', error_code: null, fail_reason: null })
  return imageWith(emulator, job.entities.image_id, sent)
}

/** An image as the list shows it; undefined when it is not listed for the caller. */
export async function imageWith(emulator: TestEmulator, imageId: string, sent?: Sent) {
  return (await emulator.get(`/v2/cloudimages?id=${imageId}`, sent)).body.images[0]
}

/** Names of the private images, sorted. */
export async function imageNames(emulator: TestEmulator, sent?: Sent): Promise<string[]> {
  const reply = await emulator.get('/v2/cloudimages?__imagetype=private&sort_key=name&sort_dir=asc', sent)
  return reply.body.images.map((image: { name: string }) => image.name)
}

/** Attributes that every private image has, whatever its source. */
export function privateImage(emulator: TestEmulator, imageId: string) {
  const time = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
  return {
    id: imageId,
    status: 'active',
    visibility: 'private',
    __imagetype: 'private',
    __system_support_market: true,
    enterprise_project_id: '0',
    protected: false,
    owner: emulator.projectId,
    tags: [],
    container_format: 'bare',
    disk_format: 'zvhd2',
    min_ram: 0,
    size: expect.any(Number),
    virtual_size: expect.any(Number),
    checksum: expect.stringMatching(/^[0-9a-f]{32}$/),
    created_at: time,
    updated_at: time,
    active_at: time,
    file: `/v2/images/${imageId}/file`,
    self: `/v2/images/${imageId}`,
    schema: '/v2/schemas/image',
    __isregistered: 'true',
    __image_source_type: 'uds',
    __originalimagename: '',
    __backup_id: '',
    __productcode: '',
    __image_size: expect.stringMatching(/^\d+$/),
  }
}
