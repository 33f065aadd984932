import { beforeAll, test as plain } from 'vitest'
import { expect, startTestEmulator, type TestEmulator } from '../../emulator.ts'

let emulator: TestEmulator
beforeAll(async () => {
  emulator = await startTestEmulator()
  return () => emulator.close()
})

interface Platform {
  platform: string
  version_list: Record<string, unknown>[]
}

async function platforms(query = ''): Promise<Platform[]> {
  const reply = await emulator.get(`/v1/cloudimages/os_version${query}`)
  expect(reply.status).toBe(200)
  return reply.body
}

plain(
  'the list of operating systems is an array of platforms, with every field of each version',
  async () => {
    const all = await platforms()
    const euler = all.find(({ platform }) => platform === 'EulerOS')
    expect(euler?.version_list[0]).toEqual({
      platform: 'EulerOS',
      os_version_key: 'EulerOS 2.9 64bit',
      os_version: 'EulerOS 2.9 64bit',
      os_bit: 64,
      os_type: 'Linux',
    })
  },
)

plain('every platform is listed once, and each of its versions names it', async () => {
  const all = await platforms()
  expect(new Set(all.map(({ platform }) => platform)).size).toBe(all.length)
  expect(all.map(({ platform }) => platform)).toContain('Other')
  const strays = all.filter(({ platform, version_list }) =>
    version_list.some((version) => version.platform !== platform),
  )
  expect(strays).toEqual([])
})

plain('several tags are combined with AND', async () => {
  const counts = await Promise.all(
    ['', '?tag=x86', '?tag=x86&tag=bms'].map(async (query) => (await platforms(query)).length),
  )
  const [all = 0, x86 = 0, bms = 0] = counts
  expect(all).toBeGreaterThan(x86)
  expect(x86).toBeGreaterThan(bms)
  expect(bms).toBeGreaterThan(0)
})

plain('an unknown tag returns an empty array', async () => {
  expect(await platforms('?tag=mainframe')).toEqual([])
})
