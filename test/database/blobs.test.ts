import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openBlobs } from '../../src/database/blobs.ts'
import { scratchFolder } from '../emulator.ts'

const ID = '00000000-0000-4000-8000-000000000001'

test('a blob of zeros has its size and its hashes, and takes next to no room', async () => {
  using scratch = scratchFolder()
  const blobs = openBlobs(scratch.path)
  async function* zeros() {
    for (let mebibytes = 0; mebibytes < 32; mebibytes++) yield new Uint8Array(2 ** 20)
  }
  const received = await blobs.receive(ID, zeros())
  expect(received).toMatchObject({ size: 32 * 2 ** 20, md5: '58f06dd588d8ffb3beb46ada6309436b' })
  expect(blobs.size(ID)).toBe(received.size)
  expect(statSync(blobs.path(ID)).blocks * 512).toBeLessThan(2 ** 17)
})
