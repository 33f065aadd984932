import { describe } from 'vitest'
import { ended, imageWith, KEY, madeImage, PUBLIC_IMAGE, SERVER } from '../../demo-world.ts'
import { expect, scratchFolder, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { expectRefusal, NO_IMAGE } from '../../private-image.ts'
import { startScenario } from '../../scenario.ts'

const fromServer = (emulator: TestEmulator, id: string = SERVER.web) =>
  emulator.post('/v2/cloudimages/action', { name: 'of-server', instance_id: id })
const copy = (emulator: TestEmulator, id: string) =>
  emulator.post(`/v1/cloudimages/${id}/copy`, { name: 'copy' })
const fixture = async (emulator: TestEmulator, kind: string, id: string) =>
  (await emulator.get(`/_ims/fixtures/${kind}/${id}`)).body
const stop = { servers: { [SERVER.web]: { status: 'SHUTOFF' } } }
const newServer = {
  project_id: '0605767a9500d5ed2fb3c00a8e3a0d4c',
  name: 'new',
  volumes: [{ id: 'd', size: 7, system: true }],
}

describe('a rule', () => {
  test('changes, removes and adds things before the operation is carried out', async () => {
    const fixtures = {
      servers: { [SERVER.web]: null, [SERVER.none]: newServer },
      keys: { [KEY.demo]: { state: 'disabled' } },
    }
    await using emulator = await startScenario({
      rules: [{ name: 'gone', when: { operation: 'CreateImage', nth: 2 }, then: { fixtures } }],
    })
    await madeImage(emulator, await fromServer(emulator))
    expectRefusal(await fromServer(emulator), 'IMG.0005')
    expect((await fixture(emulator, 'keys', KEY.demo)).state).toBe('disabled')
    expect((await madeImage(emulator, await fromServer(emulator, SERVER.none))).min_disk).toBe(7)
  })

  test('that removes what is gone already does nothing', async ({ emulator }) => {
    const then = { fixtures: { servers: { [SERVER.none]: null } } }
    await emulator.post('/_ims/rules', { name: 'gone', when: { operation: 'CreateImage' }, then })
    await madeImage(emulator, await fromServer(emulator))
  })

  test('that changes what does not exist is reported, and the request is carried out', async () => {
    const reported: unknown[] = []
    await using emulator = await startTestEmulator({ log: (_id, error) => reported.push(error) })
    const then = {
      fixtures: { keys: { [KEY.demo]: { state: 'disabled' }, [KEY.none]: { state: 'disabled' } } },
    }
    await emulator.post('/_ims/rules', { name: 'wrong', when: { operation: 'CreateImage' }, then })
    await madeImage(emulator, await fromServer(emulator))
    expect(reported.map(String)).toEqual([
      `Error: fixtures of the scenario were not changed: ${KEY.none} is not among the keys of this world; GET /_ims/fixtures/keys lists them, and it cannot be added: project_id: Invalid input: expected string, received undefined; alias: Invalid input: expected string, received undefined`,
    ])
    expect((await fixture(emulator, 'keys', KEY.demo)).state).toBe('enabled')
  })

  test.for([
    [{ key: { [KEY.demo]: null } }, 'nothing of the kind key changes while a world runs; did you mean keys?'],
    [{ keys: { [KEY.demo]: { stat: 'disabled' } } }, 'there is no key stat here; did you mean state?'],
    [{ keys: { [KEY.demo]: { state: 'of' } } }, 'Invalid option: expected one of'],
  ] as const)(
    'with the mistake %j is refused when it is added, and in a scenario with its place',
    async ([fixtures, reason], { emulator }) => {
      const rule = { name: 'wrong', when: {}, then: { fixtures } }
      const added = await emulator.post('/_ims/rules', rule)
      expect([added.status, added.body.detail]).toEqual([400, expect.stringContaining(reason)])
      const sent = await emulator.put('/_ims/scenario', { rules: [rule] })
      expect([sent.status, sent.body.detail]).toEqual([400, expect.stringContaining(reason)])
      await expect(startScenario({ rules: [rule] })).rejects.toThrow(reason)
    },
  )
})

describe('a phase', () => {
  const phases = {
    initial: 'calm',
    moves: [
      { from: 'calm', to: 'stopped', when: { after: '5m' } },
      { from: 'stopped', to: 'renewed', when: { after: '5m' } },
    ],
  }

  test('changes things at the time at which the world enters it, and not before', async () => {
    const attributes = { __os_version: 'CentOS 7.6 64bit' }
    const times = {
      created_at: '2026-01-01T00:00:00Z',
      updated_at: '2026-01-01T00:00:00Z',
      active_at: '2026-01-01T00:00:00Z',
    }
    const renewed = {
      imagetype: 'gold',
      name: 'new',
      disk_format: 'zvhd2',
      min_disk: 40,
      min_ram: 0,
      size: 0,
      ...times,
      attributes,
    }
    const fixtures = {
      stopped: { ...stop, keys: { [KEY.demo]: { state: 'disabled' } } },
      renewed: {
        images: { [PUBLIC_IMAGE.centos]: null, [NO_IMAGE]: renewed },
        keys: { [KEY.demo]: { state: 'enabled' } },
      },
    }
    await using emulator = await startScenario({
      clock: { start: '2026-01-01T00:00:00Z' },
      phases: { ...phases, fixtures },
    })
    const id = await emulator.importImage({ cmk_id: KEY.demo })
    await emulator.post('/_ims/clock/advance', { to: '2026-01-01T00:04:59Z' })
    expect((await fixture(emulator, 'servers', SERVER.web)).status).toBe('ACTIVE')
    await emulator.advance('1s')
    expect((await fixture(emulator, 'servers', SERVER.web)).status).toBe('SHUTOFF')
    expectRefusal(await copy(emulator, id), 'IMG.0102')
    await emulator.advance('1h')
    await madeImage(emulator, await copy(emulator, id))
    expect(await imageWith(emulator, PUBLIC_IMAGE.centos)).toBeUndefined()
    expect((await imageWith(emulator, NO_IMAGE)).name).toBe('new')
  })

  test('that a request of a rule enters changes things from the next request on', async () => {
    await using emulator = await startScenario({
      phases: { initial: 'calm', others: ['gone'], fixtures: { gone: { servers: { [SERVER.web]: null } } } },
      rules: [{ name: 'first', when: { operation: 'CreateImage', nth: 1 }, then: { enter: 'gone' } }],
    })
    const first = await fromServer(emulator)
    expectRefusal(await fromServer(emulator), 'IMG.0005')
    expect((await ended(emulator, first)).status).toBe('SUCCESS')
  })

  test('that the control plane enters changes things each time that it is entered', async () => {
    const fixtures = { stopped: stop, calm: { servers: { [SERVER.web]: { status: 'ACTIVE' } } } }
    await using emulator = await startScenario({ phases: { initial: 'calm', others: ['stopped'], fixtures } })
    const seen: string[] = []
    for (const phase of ['stopped', 'calm', 'stopped']) {
      await emulator.put('/_ims/phase', { phase })
      seen.push((await fixture(emulator, 'servers', SERVER.web)).status)
    }
    expect(seen).toEqual(['SHUTOFF', 'ACTIVE', 'SHUTOFF'])
  })

  test('that was left before a request came has changed things all the same', async () => {
    const fixtures = { stopped: stop }
    await using emulator = await startScenario({ phases: { ...phases, fixtures } })
    await emulator.advance('1h')
    expect((await emulator.get('/_ims/phase')).body.phase).toBe('renewed')
    expect((await fixture(emulator, 'servers', SERVER.web)).status).toBe('SHUTOFF')
  })

  test('changes things once: what is changed by hand afterwards stays over a restart', async () => {
    using folder = scratchFolder()
    const data = folder.path
    await using first = await startTestEmulator({ data })
    await first.put('/_ims/scenario', { phases: { ...phases, fixtures: { stopped: stop } } })
    await first.advance('6m')
    expect((await fixture(first, 'servers', SERVER.web)).status).toBe('SHUTOFF')
    await first.patch(`/_ims/fixtures/servers/${SERVER.web}`, { status: 'ACTIVE' })
    await first.close()
    await using second = await startTestEmulator({ data })
    expect((await second.get('/_ims/phase')).body.phase).toBe('stopped')
    expect((await fixture(second, 'servers', SERVER.web)).status).toBe('ACTIVE')
  })

  test('in a circle leaves things as its last round does', async () => {
    const moves = [
      { from: 'on', to: 'off', when: { after: '7s' } },
      { from: 'off', to: 'on', when: { after: '3s' } },
    ]
    const status = (text: string) => ({ servers: { [SERVER.web]: { status: text } } })
    const fixtures = { on: status('ACTIVE'), off: status('SHUTOFF') }
    await using emulator = await startScenario({ phases: { initial: 'on', moves, fixtures } })
    const seen: string[] = []
    for (const span of ['1000006s', '1s', '2s', '1s']) {
      await emulator.advance(span)
      seen.push((await fixture(emulator, 'servers', SERVER.web)).status)
    }
    expect(seen).toEqual(['ACTIVE', 'SHUTOFF', 'SHUTOFF', 'ACTIVE'])
  })

  test('that does not exist cannot change things', async () => {
    await expect(startScenario({ phases: { ...phases, fixtures: { stoped: stop } } })).rejects.toThrow(
      'stoped is no phase; did you mean stopped?',
    )
  })
})
