import { beforeAll, describe, test as plain } from 'vitest'
import { expect, startTestEmulator, type TestEmulator } from '../../emulator.ts'
import { startLimited } from '../../limited.ts'
import { addImages, asPartner, expectRefusal, imageId, PARTNER } from '../../private-image.ts'

const PATH = '/v1/cloudimages/members'
const DISKS_OF_40_GB = [
  { volume_id: 'system', size: 10, system: true },
  { volume_id: 'data', size: 30 },
]

const whole = (backup: string) => ({ attributes: { __whole_image: 'true', __backup_id: backup } })

/** Backups of the demo project, and vaults of both projects. */
async function addBackups(emulator: TestEmulator): Promise<void> {
  const backup = { project_id: emulator.projectId, name: 'b', server_id: 's', disks: DISKS_OF_40_GB }
  const vault = { project_id: PARTNER, name: 'v', capacity: 100 }
  const added = await emulator.post('/_ims/fixtures', {
    backups: [
      { ...backup, id: 'cbr', kind: 'CBR' },
      { ...backup, id: 'csbs', kind: 'CSBS' },
      { ...backup, id: 'shared', kind: 'CBR', shared: true },
    ],
    vaults: [
      { ...vault, id: 'roomy' },
      { ...vault, id: 'full', used: 61 },
      { ...vault, id: 'locked', status: 'lock' },
      { ...vault, id: 'for disks', object_type: 'disk' },
      { ...vault, id: 'for copies', protect_type: 'replication' },
      { ...vault, id: 'not theirs', project_id: emulator.projectId },
    ],
  })
  expect(added.status).toBe(201)
}

describe('an image of a whole server', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
    await addBackups(emulator)
    await addImages(
      emulator,
      { ...whole('cbr'), members: [{ project_id: PARTNER, status: 'pending' }] },
      whole('csbs'),
      whole('shared'),
      whole('deleted'),
    )
    return () => emulator.close()
  })

  plain('an image of a CBR backup of its own project can be shared', async () => {
    const reply = await emulator.post(PATH, { images: [imageId(1)], projects: [PARTNER] })
    expect(reply.status).toBe(200)
  })

  plain.each([
    ['of a CSBS backup', 2],
    ['of a CBR backup that was itself shared', 3],
    ['of a deleted backup', 4],
  ])('sharing an image made %s is refused with IMG.0135', async (_what, n) => {
    expectRefusal(await emulator.post(PATH, { images: [imageId(n)], projects: [PARTNER] }), 'IMG.0135')
  })

  const accept = (vault_id?: string) =>
    emulator.put(
      PATH,
      { images: [imageId(1)], project_id: PARTNER, status: 'accepted', ...(vault_id && { vault_id }) },
      asPartner,
    )
  plain.each([
    ['without a vault', undefined, 'IMG.0184'],
    ['into an unknown vault', 'unknown', 'IMG.0184'],
    ['into a vault of another project', 'not theirs', 'IMG.0184'],
    ['into a locked vault', 'locked', 'IMG.0188'],
    ['into a vault for disks', 'for disks', 'IMG.0193'],
    ['into a vault for copies of other regions', 'for copies', 'IMG.0193'],
    ['into a vault with less room than its disks take', 'full', 'IMG.0182'],
  ])('an acceptance %s is refused', async (_where, vault, code) => {
    expectRefusal(await accept(vault), code)
  })

  plain(
    'an image of a whole server can be rejected without a vault and accepted into one with room',
    async () => {
      const rejection = { images: [imageId(1)], project_id: PARTNER, status: 'rejected' }
      expect((await emulator.put(PATH, rejection, asPartner)).status).toBe(200)
      expect((await accept('roomy')).status).toBe(200)
      await emulator.advance()
      const members = await emulator.get(`/v1/${PARTNER}/cloudimages/${imageId(1)}/members`, asPartner)
      expect(members.body.members[0].status).toBe('accepted')
    },
  )
})

plain('members over the limit of whole images are refused with IMG.0088', async () => {
  await using emulator = await startLimited({ members_per_whole_image: 0 })
  await addBackups(emulator)
  const [server = '', disk = ''] = await addImages(emulator, whole('cbr'), {})
  expectRefusal(await emulator.post(PATH, { images: [server], projects: [PARTNER] }), 'IMG.0088')
  expect((await emulator.post(PATH, { images: [disk], projects: [PARTNER] })).status).toBe(200)
})
