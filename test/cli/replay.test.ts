import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { parse } from 'yaml'
import { expect, scratchFolder, test } from '../emulator.ts'
import { follow, run } from './process.ts'

describe('record-scenario', () => {
  test('prints the requests with their answers', async ({ emulator }) => {
    await emulator.get('/v1/cloudimages/quota')
    const { code, out, err } = await run(['record-scenario', '--url', emulator.url])
    expect([code, err, parse(out)]).toEqual([0, '', (await emulator.get('/_ims/recording')).body])
  })

  test('writes the scenario alone, which passes check', async ({ emulator }) => {
    using scratch = scratchFolder()
    const file = join(scratch.path, 'own.yaml')
    const made = await run(['record-scenario', '--url', emulator.url, '--scenario-only', '--out', file])
    expect(made.code).toBe(0)
    expect(parse(readFileSync(file, 'utf8'))).toEqual((await emulator.get('/_ims/recording')).body.scenario)
    expect((await run(['check', file])).code).toBe(0)
  })

  test('prints a scenario that passes check when piped into it', async ({ emulator }) => {
    await emulator.get('/v1/cloudimages/quota')
    const { out } = await run(['record-scenario', '--url', emulator.url, '--scenario-only'])
    const check = follow(['check', '-'])
    check.child.stdin?.end(out)
    expect(await check.ended).toEqual({ code: 0, out: '<stdin>: ok\n', err: '' })
  })

  test('prints the same as JSON and as YAML, whole and the scenario alone', async ({ emulator }) => {
    await emulator.get('/v1/cloudimages/quota')
    for (const flags of [[], ['--scenario-only']]) {
      const command = ['record-scenario', '--url', emulator.url, ...flags]
      const [yaml, json] = [await run(command), await run([...command, '--json'])]
      expect(JSON.parse(json.out)).toEqual(parse(yaml.out))
    }
  })

  test('warns when the oldest requests were dropped, but not about the scenario alone', async ({
    emulator,
  }) => {
    await emulator.get('/v1/cloudimages/quota')
    await emulator.delete('/_ims/journal')
    const warned = await run(['record-scenario', '--url', emulator.url])
    expect([warned.code, warned.err]).toEqual([
      0,
      'ims-emulator: the recording is incomplete (the oldest requests were dropped, or the world continued from a copy); a replay starts without that part\n',
    ])
    expect((await run(['record-scenario', '--url', emulator.url, '--scenario-only'])).err).toBe('')
  })

  test('reports on one line that a file cannot be written', async ({ emulator }) => {
    const out = '/dev/null/bug.yaml'
    const { code, err } = await run(['record-scenario', '--url', emulator.url, '--out', out])
    expect([code, err]).toEqual([1, expect.stringMatching(/^ims-emulator: cannot write [^\n]+\n$/)])
  })

  test('reports on one line that nothing answers', async ({ emulator }) => {
    await emulator.close()
    const { code, err } = await run(['record-scenario', '--url', emulator.url])
    expect([code, err]).toEqual([1, expect.stringMatching(/^ims-emulator: [^\n]+\n$/)])
  })
})

describe('replay', () => {
  test('exits with 0 when every answer is the same, else with 1 and the place of the difference', async ({
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

  test('reports on one line that nothing answers', async ({ emulator }) => {
    using scratch = scratchFolder()
    const file = join(scratch.path, 'bug.yaml')
    await run(['record-scenario', '--url', emulator.url, '--out', file])
    await emulator.close()
    expect(await run(['replay', file, '--against', emulator.url])).toEqual({
      code: 1,
      out: '',
      err: `ims-emulator: nothing answers at ${emulator.url}; start it with ims-emulator start, or say where it is\n`,
    })
  })

  test('reports on one line that a file does not exist', async () => {
    const { code, err } = await run(['replay', 'none.yaml', '--against', 'http://127.0.0.1:9'])
    expect([code, err]).toEqual([1, expect.stringMatching(/^ims-emulator: cannot read none.yaml: [^\n]+\n$/)])
  })

  test('counts the requests left out, with the reason, and exits with 0', async ({ emulator }) => {
    using scratch = scratchFolder()
    const file = join(scratch.path, 'bug.yaml')
    await emulator.post('/v3/auth/tokens', { password: 'wrong' })
    await run(['record-scenario', '--url', emulator.url, '--out', file])
    expect(await run(['replay', file, '--against', emulator.url])).toEqual({
      code: 0,
      out:
        '   1  POST /v3/auth/tokens  400  left out: a secret was in it, which the journal does not keep\n' +
        '1 requests: 0 the same, 0 different, 1 left out\n',
      err: '',
    })
  })

  test('reports on one line that a file is not a recording', async () => {
    using scratch = scratchFolder()
    const file = join(scratch.path, 'none.yaml')
    writeFileSync(file, 'a: b\n')
    const { code, err } = await run(['replay', file, '--against', 'http://127.0.0.1:9'])
    expect([code, err]).toEqual([1, expect.stringMatching(/^ims-emulator: .* is not a recording [^\n]+\n$/)])
  })
})
