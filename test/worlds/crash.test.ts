import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { observeFiles } from '../../src/database/durable-files.ts'
import type { StartedEmulator } from '../../src/index.ts'
import { scratchFolder } from '../emulator.ts'
import { ask, copyData, describeWorlds, leftovers, makeData, openChanged, openData } from './data-states.ts'

/** Hundreds of data folders are made durable here; where there is a file system in memory, that costs nothing. */
const MEMORY = '/dev/shm'
const folder = scratchFolder(existsSync(MEMORY) ? MEMORY : undefined)
const base = join(folder.path, 'base')

// Every start and every end of an emulator waits for the disk a few times.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

beforeAll(() => makeData(base))
afterAll(() => {
  folder[Symbol.dispose]()
  vi.resetConfig()
})

/** The changes of whole worlds and snapshots, each with the status of its answer. */
const CHANGES: Record<string, [string, string, unknown, number]> = {
  'reset of the default world': ['POST', '/_ims/reset', undefined, 204],
  'reset of another world': ['POST', '/_ims/worlds/other/reset', undefined, 204],
  'restore of the default world': ['PUT', '/_ims/snapshots/start/restore', undefined, 204],
  'restore of another world': ['PUT', '/_ims/worlds/other/snapshots/start/restore', undefined, 204],
  'creation of a world': ['POST', '/_ims/worlds', { name: 'new' }, 201],
  'fork of a world': ['POST', '/_ims/worlds/other/fork', { name: 'new' }, 201],
  'deletion of a world': ['DELETE', '/_ims/worlds/other', undefined, 204],
  'save of a snapshot': ['POST', '/_ims/snapshots', { name: 'second' }, 201],
  'deletion of a snapshot': ['DELETE', '/_ims/snapshots/start', undefined, 204],
}

let copies = 0

/** Copies a data folder to a place of its own. */
function copied(from: string): string {
  copies += 1
  const to = join(folder.path, String(copies))
  copyData(from, to)
  return to
}

/** Starts on a data folder, describes its worlds, and removes it. */
async function statesOf(data: string): Promise<string> {
  try {
    await using emulator = await openData(data)
    expect(leftovers(data)).toEqual([])
    return await describeWorlds(emulator, data)
  } finally {
    rmSync(data, { recursive: true })
  }
}

/** Describes the worlds of the base before and after a change. */
async function beforeAndAfter([method, path, json, status]: [string, string, unknown, number]) {
  const data = copied(base)
  const emulator = await openChanged(data)
  const before = await statesOf(copied(data))
  expect((await ask(emulator, method, path, json)).status).toBe(status)
  await emulator.close()
  const after = await statesOf(data)
  expect(after).not.toBe(before)
  return [before, after]
}

/** Makes a change and copies the data folder before each of its operations on files, as a kill would leave it. */
async function crashesOf(data: string, change: () => Promise<unknown>): Promise<string[]> {
  const crashes: string[] = []
  using _ = observeFiles((_operation, path) => {
    if (path.startsWith(data)) crashes.push(copied(data))
  })
  await change()
  crashes.push(copied(data))
  return crashes
}

describe('a crash anywhere leaves the worlds as before or as after', () => {
  test.each(Object.entries(CHANGES))('a %s', async (_name, change) => {
    const [before, after] = await beforeAndAfter(change)
    const data = copied(base)
    const emulator = await openChanged(data)
    const [method, path, json] = change
    const crashes = await crashesOf(data, () => ask(emulator, method, path, json))
    await emulator.close()
    expect(crashes.length).toBeGreaterThan(2)
    const found: string[] = []
    for (const crash of crashes) found.push(await statesOf(crash))
    expect([...new Set(found)]).toEqual([before, after])
  })

  test('the first start', async () => {
    const data = join(folder.path, 'first')
    let emulator: StartedEmulator | undefined
    const crashes = await crashesOf(data, async () => {
      emulator = await openData(data)
    })
    await emulator?.close()
    const states = new Set<string>()
    for (const crash of crashes) states.add(await statesOf(crash))
    expect([...states]).toEqual([await statesOf(data)])
  })

  test('a start that finishes what a crash has interrupted', async () => {
    const change = CHANGES['restore of the default world'] ?? []
    const [method = '', path = ''] = change
    const data = copied(base)
    const emulator = await openChanged(data)
    const interrupted = await crashesOf(data, () => ask(emulator, String(method), String(path)))
    await emulator.close()
    const states = new Set<string>()
    for (const crash of interrupted.slice(-2)) {
      const again = copied(crash)
      let started: StartedEmulator | undefined
      const crashes = await crashesOf(again, async () => {
        started = await openData(again)
      })
      await started?.close()
      for (const second of crashes) states.add(await statesOf(second))
    }
    expect([...states]).toEqual([await statesOf(data)])
  })
})

describe('an error of the file system leaves the worlds as before or as after, while they run and after a restart', () => {
  test.each(['restore of the default world', 'fork of a world'])('in a %s', async (name) => {
    const change = CHANGES[name]
    if (change === undefined) throw new Error(name)
    const states = await beforeAndAfter(change)
    const [method, path, json] = change
    let failed = true
    for (let nth = 1; failed; nth++) {
      const data = copied(base)
      const emulator = await openChanged(data)
      let count = 0
      {
        using _ = observeFiles((operation, at) => {
          if (operation !== 'renamed') count += 1
          if (operation !== 'renamed' && count === nth)
            throw new Error(`EIO: i/o error, ${operation} '${at}'`)
        })
        await ask(emulator, method, path, json)
      }
      failed = count >= nth
      const running = await describeWorlds(emulator, data)
      expect(states).toContain(running)
      await emulator.close()
      expect(await statesOf(data)).toBe(running)
    }
  })
})

describe('SIGKILL', () => {
  const script = fileURLToPath(new URL('./change-until-killed.ts', import.meta.url))

  test.each(['rename 1', 'rename 2', 'rename 3', 'remove 1'])('at %s of a restore', async (point) => {
    const change = CHANGES['restore of the default world']
    if (change === undefined) throw new Error(point)
    const states = await beforeAndAfter(change)
    const data = copied(base)
    const child = spawn(process.execPath, [script, data, point], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(child.stdout, 'data')
    expect(String(line)).toBe('stopped\n')
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(states).toContain(await statesOf(data))
  })
})
