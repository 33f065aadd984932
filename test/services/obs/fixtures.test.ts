import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test as plain } from 'vitest'
import { startEmulator } from '../../../src/index.ts'
import { expect, scratchFolder, startTestEmulator, test } from '../../emulator.ts'
import { keysOf, objectBytes } from '../../objects.ts'

describe('buckets of a fixture', () => {
  test('have objects of texts, of Base64, and of empty disks', async ({ emulator }) => {
    const objects = [
      { key: 'text', text: 'ü' },
      { key: 'bytes', base64: 'AAH/', content_type: 'application/x-disk' },
      { key: 'disk.qcow2', disk: { format: 'qcow2', size: '1GiB' } },
      { key: 'disk.raw', disk: { format: 'raw', size: '1MiB' }, storage_class: 'COLD' },
    ]
    const reply = await emulator.post('/_ims/fixtures', { buckets: [{ name: 'own', objects }] })
    expect([reply.status, reply.body]).toEqual([201, { added: { buckets: 1 } }])
    expect(await objectBytes(emulator, 'own', 'text')).toEqual(Buffer.from('ü'))
    expect(await objectBytes(emulator, 'own', 'bytes')).toEqual(Buffer.from([0, 1, 255]))
    expect((await emulator.get('/_ims/buckets/own/objects')).body.objects).toMatchObject([
      { key: 'bytes', content_type: 'application/x-disk' },
      { key: 'disk.qcow2', size: 2 ** 18 },
      { key: 'disk.raw', size: 2 ** 20, storage_class: 'COLD' },
      { key: 'text' },
    ])
    await emulator.importImage({ image_url: 'own:disk.qcow2' })
    const again = await emulator.post('/_ims/fixtures', { buckets: [{ name: 'own' }] })
    expect([again.status, again.body.detail]).toEqual([409, 'bucket own is there already'])
  })

  test.for([
    [{ file: '/etc/passwd' }, 'only a fixture in a file of this machine can name a file'],
    [{}, 'needs one of text, base64, disk and file'],
    [{ text: 'a', base64: 'AA==' }, 'needs one of text, base64, disk and file'],
    [{ base64: '*' }, 'base64'],
    [{ disk: { format: 'qcow2', size: 'big' } }, 'big is no size of a disk'],
  ] as const)('with an object %j are refused', async ([fields, message], { emulator }) => {
    const reply = await emulator.post('/_ims/fixtures', {
      buckets: [{ name: 'own', objects: [{ key: 'a', ...fields }] }],
    })
    expect([reply.status, reply.body.detail]).toEqual([400, expect.stringContaining(message)])
  })

  test.for([
    ['is no policy', { Statement: 'all' }],
    ['has no principal', { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
    [
      'compares with nothing',
      {
        Statement: [
          { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', Condition: { Like: { a: 'b' } } },
        ],
      },
    ],
  ] as const)('with a policy that %s are refused', async ([, policy], { emulator }) => {
    const reply = await emulator.post('/_ims/fixtures', { buckets: [{ name: 'own', policy }] })
    expect(reply.status).toBe(400)
  })

  test('of an unknown account are refused', async ({ emulator }) => {
    const reply = await emulator.post('/_ims/fixtures', { buckets: [{ name: 'own', domain_id: 'nobody' }] })
    expect([reply.status, reply.body.detail]).toEqual([400, expect.stringContaining('the domain nobody')])
  })
})

describe('a file beside a scenario', () => {
  const written = (how: 'in the scenario' | 'in a fixture beside it') => {
    const scratch = scratchFolder()
    const fixture = { buckets: [{ name: 'own', objects: [{ key: 'note', file: './note.txt' }] }] }
    writeFileSync(join(scratch.path, 'note.txt'), 'first')
    writeFileSync(join(scratch.path, 'buckets.yaml'), JSON.stringify(fixture))
    const fixtures = ['demo-tenants', how === 'in the scenario' ? fixture : './buckets.yaml']
    const scenario = join(scratch.path, 'mine.yaml')
    writeFileSync(scenario, JSON.stringify({ scenario: 'mine', fixtures }))
    return { scratch, scenario }
  }

  plain.each(['in the scenario', 'in a fixture beside it'] as const)(
    'becomes an object of every world, as it is when the world begins (%s)',
    async (how) => {
      const { scratch, scenario } = written(how)
      using _ = scratch
      await using emulator = await startTestEmulator({ scenario })
      const note = async (world = 'default') => String(await objectBytes(emulator, 'own', 'note', world))
      expect(await note()).toBe('first')
      await using other = await emulator.world()
      expect(await note(other.name)).toBe('first')
      writeFileSync(join(scratch.path, 'note.txt'), 'second one')
      await emulator.post('/_ims/reset')
      expect([await note(), await note(other.name)]).toEqual(['second one', 'first'])
    },
  )

  plain('is not needed by a world that was downloaded', async () => {
    const { scratch, scenario } = written('in a fixture beside it')
    using folder = scratchFolder()
    const from = join(folder.path, 'world.sqlite')
    {
      await using first = await startTestEmulator({ scenario })
      writeFileSync(from, Buffer.from(await (await fetch(`${first.url}/_ims/database`)).arrayBuffer()))
    }
    scratch[Symbol.dispose]()
    await using second = await startTestEmulator({ from })
    expect(await keysOf(second, 'own')).toEqual(['note'])
    await second.post('/_ims/reset')
    expect(String(await objectBytes(second, 'own', 'note'))).toBe('first')
  })

  plain.each([
    ['is missing', './none.txt', 'none.txt cannot be read'],
    ['is too large', './large', 'the files of a fixture have more than 512 KiB together'],
  ])('that %s is refused at the start', async (_why, file, message) => {
    using scratch = scratchFolder()
    writeFileSync(join(scratch.path, 'large'), Buffer.alloc(2 ** 19 + 1))
    const scenario = join(scratch.path, 'mine.yaml')
    const fixture = { buckets: [{ name: 'own', objects: [{ key: 'a', file }] }] }
    writeFileSync(scenario, JSON.stringify({ scenario: 'mine', fixtures: ['demo-tenants', fixture] }))
    await expect(startEmulator({ scenario, listen: false })).rejects.toThrow(message)
  })
})
