import { readFileSync, statSync } from 'node:fs'
import { parse } from 'yaml'
import type { World } from '../engine/world.ts'
import { SetupError } from '../kernel/errors.ts'
import { packageFile } from '../kernel/package-files.ts'
import { addFixture } from './fixtures/add.ts'
import { Fixture } from './fixtures/format.ts'
import { FixtureMistake } from './fixtures/mistake.ts'

/** Fills a world with what a fixture file describes. A bare name means one that ships with the package. */
export function loadFixture(world: World, nameOrPath: string): void {
  const path = fixturePath(nameOrPath)
  try {
    addFixture(world, readFixture(path))
  } catch (error) {
    if (error instanceof FixtureMistake) throw new SetupError(`${path}: ${error.message}`)
    throw error
  }
}

/** What somebody shows to be the demo user. */
export interface DemoCredentials {
  token?: string | undefined
  accessKey?: string | undefined
  secretKey?: string | undefined
}

/** The credentials of the first user that the fixtures describe: the database itself keeps only hashes of tokens. */
export function demoCredentials(fixtures: readonly string[]): DemoCredentials {
  for (const fixture of fixtures) {
    const user = readFixture(fixturePath(fixture)).users[0]
    if (user !== undefined)
      return { token: user.token, accessKey: user.access_key, secretKey: user.secret_key }
  }
  return {}
}

function fixturePath(nameOrPath: string): string {
  return /^[a-z0-9-]+$/.test(nameOrPath) ? packageFile(`fixtures/${nameOrPath}.yaml`) : nameOrPath
}

const read = new Map<string, { changed: number; fixture: Fixture }>()

/** A fixture file as it is now; what was read before and has not changed since is not parsed again. */
function readFixture(path: string): Fixture {
  const changed = changeTime(path)
  const known = read.get(path)
  if (known?.changed === changed) return known.fixture
  const result = Fixture.safeParse(parsed(path))
  if (!result.success) {
    throw new SetupError(
      result.error.issues.map((issue) => `${path}: ${issue.path.join('.')}: ${issue.message}`).join('\n'),
    )
  }
  read.set(path, { changed, fixture: result.data })
  return result.data
}

function changeTime(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw new SetupError(`${path}: there is no such fixture file`)
  return found.mtimeMs
}

function parsed(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'), { merge: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new SetupError(`${path}: cannot be read as YAML: ${reason}`)
  }
}
