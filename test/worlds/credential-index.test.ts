import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { credentialsOfUsers, worldCredentials } from '../../src/accounts/credentials.ts'
import {
  type CredentialName,
  deleteCredential,
  findIdentity,
  firstUser,
  insertCredential,
} from '../../src/accounts/queries/identity.ts'
import { hashToken, issueToken } from '../../src/accounts/tokens.ts'
import { type Emulator, openEmulator } from '../../src/worlds/emulator.ts'
import type { OpenWorld } from '../../src/worlds/open-world.ts'
import { scratchFolder } from '../emulator.ts'

/** Counts the single rows that are read from the databases of all worlds meanwhile. */
function countReads(emulator: Emulator, act: () => void): number {
  const statement = emulator.worlds.default.db.$client.prepare('SELECT 1')
  const reads = vi.spyOn(Object.getPrototypeOf(statement), 'get')
  try {
    act()
    return reads.mock.calls.length
  } finally {
    reads.mockRestore()
  }
}

/** Asks every world, one by one. */
function naiveOwner({ worlds }: Emulator, { kind, id }: CredentialName): string | undefined {
  const others = worlds.all().filter((world) => world !== worlds.default)
  const maker = others.find((world) =>
    credentialsOfUsers(world).some(
      ({ accessKey, token }) => id === (kind === 'token' ? hashToken(token) : accessKey),
    ),
  )
  if (maker !== undefined) return maker.name
  if (findIdentity(worlds.default.db, kind, id) !== undefined) return undefined
  const knowing = others.filter((world) => findIdentity(world.db, kind, id) !== undefined)
  return knowing.length === 1 ? knowing[0]?.name : undefined
}

function demoUser(world: OpenWorld): string {
  const user = firstUser(world.db)?.user
  if (user === undefined) throw new Error('the world has no user')
  return user.id
}

function issue(world: OpenWorld): CredentialName {
  const { token } = issueToken(world, { userId: demoUser(world), method: 'password' })
  return { kind: 'token', id: hashToken(token) }
}

type Command =
  | { do: 'create' | 'remove' | 'reset' | 'fork' | 'save' | 'restore' | 'issue' | 'fail'; world: number }
  | { do: 'revoke'; world: number; credential: number }
  | { do: 'key'; world: number; key: string }

const world = fc.nat({ max: 3 })
const commands = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constantFrom('create', 'remove', 'reset', 'fork', 'save', 'restore', 'issue', 'fail'),
      world,
    }),
    fc.record({ do: fc.constant('revoke' as const), world, credential: fc.nat({ max: 20 }) }),
    fc.record({ do: fc.constant('key' as const), world, key: fc.constantFrom('AK1', 'AK2') }),
  ),
  { maxLength: 25 },
)

/** Carries a command out; one that the registry refuses changes nothing. */
function carryOut(emulator: Emulator, command: Command, known: CredentialName[]): void {
  const { worlds } = emulator
  const all = worlds.all()
  const chosen = all[command.world % all.length] ?? worlds.default
  for (const { accessKey, token } of credentialsOfUsers(chosen).slice(0, 2))
    known.push({ kind: 'access_key', id: accessKey }, { kind: 'token', id: hashToken(token) })
  try {
    switch (command.do) {
      case 'create':
        worlds.create({ seed: command.world })
        return
      case 'fork':
        worlds.fork(chosen)
        return
      case 'save':
        chosen.snapshots.save('one', chosen)
        return
      case 'restore':
        worlds.restore(chosen, 'one')
        return
      case 'issue':
        known.push(issue(chosen))
        return
      case 'fail':
        chosen.db.transaction(() => {
          known.push(issue(chosen))
          throw new Error('rolled back')
        })
        return
      case 'revoke': {
        const credential = known[command.credential % known.length]
        if (credential !== undefined) deleteCredential(chosen.db, credential.kind, credential.id)
        return
      }
      case 'key':
        known.push({ kind: 'access_key', id: command.key })
        insertCredential(chosen.db, { kind: 'access_key', id: command.key, userId: demoUser(chosen) })
        return
      case 'remove':
        worlds.remove(chosen.name)
        return
      default:
        worlds.reset(chosen)
    }
  } catch {
    // The world is the default one, there is no snapshot, or the key is taken.
  }
}

test.each(['in memory', 'on disk'])(
  'the index of credentials names the same world as asking every world, %s',
  { timeout: 120_000 },
  (where) => {
    fc.assert(
      fc.property(commands, (sequence) => {
        using scratch = scratchFolder()
        const emulator = openEmulator(where === 'on disk' ? { data: scratch.path } : {})
        try {
          const known: CredentialName[] = [
            { kind: 'token', id: hashToken('demo-token') },
            { kind: 'token', id: hashToken('nothing issued it') },
          ]
          for (const command of sequence) {
            carryOut(emulator, command, known)
            const found = known.map((credential) => emulator.worlds.credentials.ownerOf(credential)?.name)
            expect(found).toEqual(known.map((credential) => naiveOwner(emulator, credential)))
            for (const name of found)
              if (name !== undefined) expect(emulator.worlds.all()).toContain(emulator.worlds.find(name))
          }
        } finally {
          emulator.close()
        }
      }),
      { numRuns: where === 'on disk' ? 8 : 60 },
    )
  },
)

test('a credential is found with as few lookups in fifty worlds as in two', () => {
  const emulator = openEmulator()
  try {
    const { worlds } = emulator
    const blue = worlds.create({ name: 'blue' })
    const { accessKey, token } = worldCredentials(blue)
    const credentials: CredentialName[] = [
      { kind: 'token', id: hashToken('nothing issued it') },
      { kind: 'access_key', id: 'NOBODYSKEY' },
      { kind: 'token', id: hashToken('demo-token') },
      { kind: 'token', id: hashToken(token) },
      { kind: 'access_key', id: accessKey },
      issue(blue),
      issue(worlds.default),
    ]
    const lookups = () =>
      credentials.map((credential) => countReads(emulator, () => void worlds.credentials.ownerOf(credential)))
    const before = lookups()
    expect(before).toEqual([0, 0, 1, 0, 0, 2, 0])
    for (let n = 0; n < 48; n++) worlds.create({})
    expect(lookups()).toEqual(before)
  } finally {
    emulator.close()
  }
})

test('the object that a lookup returns is the world that stands under its name now', () => {
  const emulator = openEmulator()
  try {
    const { worlds } = emulator
    const blue = worlds.create({ name: 'blue' })
    const issued = issue(blue)
    blue.snapshots.save('one', blue)
    const after = worlds.restore(blue, 'one')
    expect(after).not.toBe(blue)
    expect(worlds.credentials.ownerOf(issued)).toBe(after)
    worlds.reset(after)
    expect(worlds.credentials.ownerOf(issued)).toBeUndefined()
  } finally {
    emulator.close()
  }
})
