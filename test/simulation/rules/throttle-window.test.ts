import { expect, scratchFolder, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { asPartner } from '../../private-image.ts'

const LIST = '/v2/cloudimages?limit=1'
const rule = {
  name: 'busy',
  when: { operation: 'ListImages', every: 2 },
  then: { throttle: { retry_after: '5s', window: true } },
}

/** Status and `Retry-After` of so many lists. */
async function answers(emulator: TestEmulator, count: number, sent = {}): Promise<(string | number)[]> {
  const seen: (string | number)[] = []
  for (let n = 0; n < count; n++) {
    const { status, headers } = await emulator.get(LIST, sent)
    seen.push(status === 429 ? `429 after ${headers.get('retry-after')}` : status)
  }
  return seen
}

test('a client that does not wait is refused again, with the time that is left, and one that waits is not', async ({
  emulator,
}) => {
  await emulator.post('/_ims/rules', rule)
  expect(await answers(emulator, 4)).toEqual([200, '429 after 5', '429 after 5', '429 after 5'])
  await emulator.advance('3500ms')
  expect(await answers(emulator, 1)).toEqual(['429 after 2'])
  await emulator.advance('1500ms')
  expect(await answers(emulator, 2)).toEqual([200, '429 after 5'])
  const { rules } = (await emulator.get('/_ims/rules')).body
  expect(rules[0]).toMatchObject({ matched: 4, hits: 5 })
  const { requests } = (await emulator.get('/_ims/rules/busy')).body
  expect(requests.map(({ why }: { why: string }) => why)).toContain(
    'the client should have waited 1500 ms longer',
  )
})

test('without a window the next request is judged by itself', async ({ emulator }) => {
  await emulator.post('/_ims/rules', { ...rule, then: { throttle: { retry_after: '5s' } } })
  expect(await answers(emulator, 4)).toEqual([200, '429 after 5', 200, '429 after 5'])
})

test('each project has a window of its own when the rule says so', async ({ emulator }) => {
  await emulator.post('/_ims/rules', { ...rule, per: 'project' })
  expect(await answers(emulator, 2)).toEqual([200, '429 after 5'])
  expect(await answers(emulator, 2, asPartner)).toEqual([200, '429 after 5'])
  await emulator.post('/_ims/rules', rule)
  expect(await answers(emulator, 2)).toEqual([200, '429 after 5'])
  expect(await answers(emulator, 1, asPartner)).toEqual(['429 after 5'])
})

test('a window survives a restart, and ends with its rule', async () => {
  using folder = scratchFolder()
  await using first = await startTestEmulator({ data: folder.path })
  await first.post('/_ims/rules', rule)
  expect(await answers(first, 2)).toEqual([200, '429 after 5'])
  await first.close()
  await using second = await startTestEmulator({ data: folder.path })
  expect(await answers(second, 1)).toEqual(['429 after 5'])
  await second.delete('/_ims/rules/busy')
  expect(await answers(second, 1)).toEqual([200])
})
