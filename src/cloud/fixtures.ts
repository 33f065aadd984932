import { readFileSync, statSync } from 'node:fs'
import { parse } from 'yaml'
import { SHIPPED_NAME } from '../engine/scenario/source.ts'
import type { World } from '../engine/world.ts'
import { SetupError } from '../kernel/errors.ts'
import { packageFile } from '../kernel/package-files.ts'
import { addFixture } from './fixtures/add.ts'
import { Fixture } from './fixtures/format.ts'
import { FixtureMistake } from './fixtures/mistake.ts'

/** A fixture as a scenario names it: the name of one that ships with the package, the path of a file, or written out. */
export type NamedFixture = string | Readonly<Record<string, unknown>>

/** Fills a world with what a fixture describes. @throws SetupError with what is wrong in it. */
export function loadFixture(world: World, named: NamedFixture): void {
  try {
    addFixture(world, readFixture(named))
  } catch (error) {
    if (error instanceof FixtureMistake) throw new SetupError(`${placeOf(named)}: ${error.message}`)
    throw error
  }
}

/** The fixture written out, so that it can be read where its file is not; one that ships keeps its name. */
export function writtenFixture(named: NamedFixture): NamedFixture {
  if (typeof named !== 'string' || SHIPPED_NAME.test(named)) return named
  const content = parsed(named)
  return typeof content === 'object' && content !== null ? { ...content } : named
}

/** The file that a fixture is read from; undefined when it is written out. */
export function fixtureFile(named: NamedFixture): string | undefined {
  return typeof named === 'string' ? fixturePath(named) : undefined
}

/** What somebody shows to be the demo user. */
export interface DemoCredentials {
  token?: string | undefined
  accessKey?: string | undefined
  secretKey?: string | undefined
}

/** The credentials of the first user that the fixtures describe: the database itself keeps only hashes of tokens. */
export function demoCredentials(fixtures: readonly NamedFixture[]): DemoCredentials {
  for (const fixture of fixtures) {
    const user = readFixture(fixture).users[0]
    if (user !== undefined)
      return { token: user.token, accessKey: user.access_key, secretKey: user.secret_key }
  }
  return {}
}

function fixturePath(nameOrPath: string): string {
  return SHIPPED_NAME.test(nameOrPath) ? packageFile(`fixtures/${nameOrPath}.yaml`) : nameOrPath
}

/** Where mistakes are told to be. */
function placeOf(named: NamedFixture): string {
  return typeof named === 'string' ? fixturePath(named) : 'a fixture in the scenario'
}

function readFixture(named: NamedFixture): Fixture {
  return typeof named === 'string' ? readFixtureFile(fixturePath(named)) : understood(named, placeOf(named))
}

const read = new Map<string, { changed: number; fixture: Fixture }>()

/** A fixture file as it is now; what was read before and has not changed since is not parsed again. */
function readFixtureFile(path: string): Fixture {
  const changed = changeTime(path)
  const known = read.get(path)
  if (known?.changed === changed) return known.fixture
  const fixture = understood(parsed(path), path)
  read.set(path, { changed, fixture })
  return fixture
}

function understood(content: unknown, place: string): Fixture {
  const result = Fixture.safeParse(content)
  if (result.success) return result.data
  throw new SetupError(
    result.error.issues.map((issue) => `${place}: ${issue.path.join('.')}: ${issue.message}`).join('\n'),
  )
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
