import { expect } from 'vitest'
import { type TestEmulator, test } from '../emulator.ts'
import { played, recorded } from '../played.ts'

const LEFT_OUT = 'a secret was in it, which the journal does not keep'

test.for<[string, (emulator: TestEmulator) => Promise<unknown>]>([
  ['in its query', (emulator) => emulator.get('/v1/cloudimages/quota?token=abc')],
  ['in its query under an encoded name', (emulator) => emulator.get('/v1/cloudimages/quota?pass%77ord=abc')],
  ['in an address in its query', (emulator) => emulator.get('/v2/images?name=http://me:secret@example.com/')],
  [
    'in an address in its body',
    (emulator) =>
      emulator.post('/v2/images', { name: 'http://me:secret@example.com/', visibility: 'private' }),
  ],
  [
    'in a header',
    (emulator) => emulator.get('/v2/images', { headers: { 'x-image-meta-property-admin_pass': 'secret' } }),
  ],
])('a request with a secret %s is left out, with the reason', async ([, send], { emulator }) => {
  await send(emulator)
  await emulator.get('/v1/cloudimages/quota?limit=1')
  const recording = await recorded(emulator)
  expect(JSON.stringify(recording.requests)).not.toMatch(/abc|me:secret|"secret"/)
  expect(recording.requests.map(({ left_out }) => left_out)).toEqual([LEFT_OUT, undefined])
  const all = await played(emulator, recording)
  expect(all.map(({ leftOut }) => leftOut)).toEqual([LEFT_OUT, undefined])
})
