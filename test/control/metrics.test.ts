import { expect, test } from '../emulator.ts'

/** The value of a sample, by its whole name. */
function figureOf(text: string, sample: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${sample} `))
  return line === undefined ? undefined : Number(line.slice(sample.length + 1))
}

test('the metrics count the requests of each world', async ({ emulator }) => {
  await emulator.post('/_ims/worlds', { name: 'other' })
  await emulator.get('/v2/cloudimages')
  await emulator.get('/v2/cloudimages')
  await emulator.get('/v2/nowhere')
  await emulator.get('/w/other/v1/cloudimages/quota')
  const { headers, text } = await emulator.get('/metrics')
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const requests = text.split('\n').filter((line) => line.startsWith('ims_emulator_requests_total'))
  expect(requests).toEqual([
    'ims_emulator_requests_total{world="default",operation="ListImages",status="200"} 2',
    'ims_emulator_requests_total{world="default",operation="none",status="404"} 1',
    'ims_emulator_requests_total{world="other",operation="ShowImageQuota",status="200"} 1',
  ])
  const { now } = (await emulator.get('/_ims/clock')).body
  expect(figureOf(text, 'ims_emulator_virtual_time_seconds{world="default"}')).toBe(Date.parse(now) / 1000)
  expect(figureOf(text, 'ims_emulator_planned_steps{world="default"}')).toBe(0)
  expect(figureOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(0)
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? [\d.e+-]+)$/)
})

test('clearing the journal does not reset the counters', async ({ emulator }) => {
  await emulator.get('/v2/cloudimages')
  await emulator.delete('/_ims/journal')
  await emulator.get('/v2/cloudimages')
  const { text } = await emulator.get('/metrics')
  expect(
    figureOf(text, 'ims_emulator_requests_total{world="default",operation="ListImages",status="200"}'),
  ).toBe(2)
})
