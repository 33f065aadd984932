import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { parse } from 'yaml'
import { expect, scratchFolder, test } from '../emulator.ts'
import { run } from './process.ts'

describe('record-scenario', () => {
  test('prints what was asked, with what was answered', async ({ emulator }) => {
    await emulator.get('/v1/cloudimages/quota')
    const { code, out, err } = await run(['record-scenario', '--url', emulator.url])
    expect([code, err, parse(out)]).toEqual([0, '', (await emulator.get('/_ims/recording')).body])
  })

  test('gives the scenario alone, which check finds no fault with', async ({ emulator }) => {
    using scratch = scratchFolder()
    const file = join(scratch.path, 'own.yaml')
    const made = await run(['record-scenario', '--url', emulator.url, '--scenario-only', '--out', file])
    expect(made.code).toBe(0)
    expect(parse(readFileSync(file, 'utf8'))).toEqual((await emulator.get('/_ims/recording')).body.scenario)
    expect((await run(['check', file])).code).toBe(0)
  })

  test('tells in one line that nothing listens', async ({ emulator }) => {
    await emulator.close()
    const { code, err } = await run(['record-scenario', '--url', emulator.url])
    expect([code, err]).toEqual([1, expect.stringMatching(/^ims-emulator: [^\n]+\n$/)])
  })
})

describe('replay', () => {
  test('ends with 0 when all is answered as then, and with 1 and the place when not', async ({
    emulator,
  }) => {
    using scratch = scratchFolder()
    const file = join(scratch.path, 'bug.yaml')
    await emulator.get('/v1/cloudimages/quota')
    await run(['record-scenario', '--url', emulator.url, '--out', file])
    const same = await run(['replay', file, '--against', emulator.url])
    expect([same.code, same.out]).toEqual([
      0,
      '   1  GET /v1/cloudimages/quota  200  same\n1 requests: 1 the same, 0 different, 0 left out\n',
    ])
    writeFileSync(file, readFileSync(file, 'utf8').replace('status: 200', 'status: 201'))
    const other = await run(['replay', file, '--against', emulator.url, '--json'])
    expect(other.code).toBe(1)
    expect(JSON.parse(other.out)).toEqual({
      requests: 1,
      same: 0,
      different: 1,
      left_out: 0,
      played: [
        {
          number: 1,
          method: 'GET',
          path: '/v1/cloudimages/quota',
          differences: [{ place: 'status', recorded: 201, now: 200 }],
        },
      ],
    })
  })

  test('tells in one line that a file is no recording', async () => {
    using scratch = scratchFolder()
    const file = join(scratch.path, 'none.yaml')
    writeFileSync(file, 'a: b\n')
    const { code, err } = await run(['replay', file, '--against', 'http://127.0.0.1:9'])
    expect([code, err]).toEqual([1, expect.stringMatching(/^ims-emulator: .* is no recording [^\n]+\n$/)])
  })
})
