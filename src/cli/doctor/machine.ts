import { accessSync, constants, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, resolve } from 'node:path'
import type { Finding } from './finding.ts'

/** What the machine must have for an emulator to start. */
export interface Wanted {
  /** The folder for its state; undefined keeps it in memory. */
  data: string | undefined
  /** Where it is to listen. */
  url: string
  /** Whether one does already. */
  running: boolean
}

/** Node, the folder for the state, and the port when nothing of ours listens there yet. */
export async function checkMachine({ data, url, running }: Wanted): Promise<Finding[]> {
  return [
    checkNode(process.versions.node),
    checkFolder(data),
    ...(running ? [] : [await checkPort(new URL(url))]),
  ]
}

/** The oldest Node that runs us: package.json says the same. */
const OLDEST = [22, 18] as const

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const old = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
  if (!old) return { verdict: 'fine', about: 'Node', found: version }
  return { verdict: 'wrong', about: 'Node', found: version, advice: `install ${OLDEST.join('.')} or newer` }
}

/** Whether state can be kept in a folder, or in one that would be made. */
export function checkFolder(data: string | undefined): Finding {
  const about = 'state'
  if (data === undefined) return { verdict: 'fine', about, found: 'in memory; --data DIR keeps it' }
  const folder = resolve(data)
  const nearest = existing(folder)
  if (!statSync(nearest).isDirectory())
    return {
      verdict: 'wrong',
      about,
      found: `${nearest} is a file, no folder`,
      advice: 'name a folder with --data',
    }
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK)
  } catch {
    return {
      verdict: 'wrong',
      about,
      found: `${nearest} cannot be written to by this user`,
      advice: 'name another folder with --data, or change its owner',
    }
  }
  return {
    verdict: 'fine',
    about,
    found: nearest === folder ? `kept in ${folder}` : `${folder} would be made`,
  }
}

/** The path itself, or the nearest one above it that is there. */
function existing(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? existing(dirname(path)) : path
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/

/** Whether an emulator could be started where the address says. */
export async function checkPort({ hostname, port, protocol }: URL): Promise<Finding> {
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
  const about = `port ${number}`
  if (!LOOPBACK.test(hostname))
    return {
      verdict: 'note',
      about,
      found: `${hostname} is another machine or container, whose ports are not seen from here`,
    }
  const refusal = await tryToListen(hostname.replace(/^\[|\]$/g, ''), number)
  if (refusal === undefined) return { verdict: 'fine', about, found: 'free' }
  const taken = refusal === 'EADDRINUSE'
  return {
    verdict: 'wrong',
    about,
    found: taken ? 'taken by another program' : `cannot be listened on (${refusal})`,
    advice: 'start with --port 0 for a free one, and set IMS_URL to what the banner says',
  }
}

/** The system's reason against it; undefined when there is none. */
function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((answer) => {
    const server = createServer()
    server.once('error', (error) => answer('code' in error ? String(error.code) : error.message))
    server.listen(port, host, () => server.close(() => answer(undefined)))
  })
}
