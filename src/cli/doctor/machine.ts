import { accessSync, constants, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, resolve } from 'node:path'
import type { Reached } from './emulator.ts'

/** The result of one check of the doctor. */
export interface Finding {
  /** `wrong` prevents use of the emulator; `note` may surprise its user. */
  verdict: 'fine' | 'note' | 'wrong'
  /** The subject, e.g. `Node`, `port 7878` or the name of a variable. */
  about: string
  found: string
  /** How to mend it. */
  advice?: string
}

/** What an emulator needs from the machine. */
interface Needs {
  /** The directory for its state; undefined keeps state in memory. */
  data: string | undefined
  /** The address to listen on. */
  url: string
  /** True when an emulator answers at the address; its port is not checked then. */
  running: boolean
}

/** Checks that an emulator can start on this machine: Node, the directory for its state, the port. */
export async function checkMachine({ data, url, running }: Needs): Promise<Finding[]> {
  return [
    checkNode(process.versions.node),
    checkFolder(data),
    ...(running ? [] : [await checkPort(new URL(url))]),
  ]
}

/** The oldest supported Node, as in package.json: [major, minor]. */
const OLDEST = [22, 18] as const

/** Checks a version of Node such as `24.0.0`. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const old = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
  if (!old) return { verdict: 'fine', about: 'Node', found: version }
  return { verdict: 'wrong', about: 'Node', found: version, advice: `install ${OLDEST.join('.')} or newer` }
}

/** Checks that the directory for the state is writable, or that it can be created. */
export function checkFolder(data: string | undefined): Finding {
  const about = 'state'
  if (data === undefined) return { verdict: 'fine', about, found: 'in memory; --data DIR keeps it' }
  const folder = resolve(data)
  const nearest = existing(folder)
  if (!statSync(nearest).isDirectory())
    return {
      verdict: 'wrong',
      about,
      found: `${nearest} is a file, not a directory`,
      advice: 'give a directory with --data',
    }
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK)
  } catch {
    return {
      verdict: 'wrong',
      about,
      found: `${nearest} is not writable for this user`,
      advice: 'give another directory with --data, or change its owner',
    }
  }
  return {
    verdict: 'fine',
    about,
    found: nearest === folder ? `kept in ${folder}` : `${folder} will be created`,
  }
}

/** Returns the path itself, or its nearest existing parent. */
function existing(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? existing(dirname(path)) : path
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/

/** Checks that the port of an address is free. Only addresses of this machine can be checked. */
export async function checkPort({ hostname, port, protocol }: URL): Promise<Finding> {
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
  const about = `port ${number}`
  if (!LOOPBACK.test(hostname))
    return {
      verdict: 'note',
      about,
      found: `${hostname} is another machine or container; its ports cannot be checked from here`,
    }
  const refusal = await tryToListen(hostname.replace(/^\[|\]$/g, ''), number)
  if (refusal === undefined) return { verdict: 'fine', about, found: 'free' }
  const taken = refusal === 'EADDRINUSE'
  return {
    verdict: 'wrong',
    about,
    found: taken ? 'taken by another program' : `cannot be opened (${refusal})`,
    advice: 'start with --port 0 for a free one, and set IMS_URL to the endpoint in the banner',
  }
}

/** Opens and closes a port. Resolves with the error code of the system, or undefined when the port is free. */
function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((answer) => {
    const server = createServer()
    server.once('error', (error) => answer('code' in error ? String(error.code) : error.message))
    server.listen(port, host, () => server.close(() => answer(undefined)))
  })
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reports environment variables that direct clients away from the emulator: proxies, addresses and credentials. Values of
 * credentials are never printed.
 */
export function checkEnvironment(env: Environment, reached: Reached): Finding[] {
  const { url } = reached
  const findings = [...proxies(env, url), ...addresses(env, url), ...credentials(env, reached)]
  if (findings.length > 0) return findings
  return [
    { verdict: 'fine', about: 'environment', found: 'no proxy, address or credentials point elsewhere' },
  ]
}

/** Reports a proxy that would receive the requests for the address. */
function proxies(env: Environment, url: string): Finding[] {
  const { hostname, port, protocol } = new URL(url)
  const secure = protocol === 'https:'
  const names = secure ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY']
  const name = [...names, 'all_proxy', 'ALL_PROXY'].find((each) => isSet(env[each]))
  if (name === undefined) return []
  const exceptions = env.no_proxy || env.NO_PROXY || ''
  if (isExcepted(exceptions, hostname, port))
    return [{ verdict: 'fine', about: name, found: `is set, and NO_PROXY excludes ${hostname}` }]
  const wanted = [...exceptions.split(',').filter(isSet), bare(hostname)].join(',')
  return [
    {
      verdict: 'wrong',
      about: name,
      found: `clients would send requests for ${hostname} to a proxy`,
      advice: `export NO_PROXY=${wanted} no_proxy=${wanted}`,
    },
  ]
}

/** Matches a host against NO_PROXY: names, `.suffixes`, `*.suffixes` or `*`, each but the last with an optional port. */
function isExcepted(exceptions: string, hostname: string, port: string): boolean {
  return exceptions.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true
    const [, name = '', only] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? []
    if (only !== undefined && only !== port) return false
    const plain = bare(name).replace(/^\*?\./, '')
    return plain !== '' && (bare(hostname) === plain || bare(hostname).endsWith(`.${plain}`))
  })
}

/** Strips the brackets of an IPv6 address. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase()
}

/** Variables from which clients read the address of the cloud. */
const ADDRESSES =
  /^(OS_AUTH_URL|OS_ENDPOINT_OVERRIDE|OS_IMAGE_ENDPOINT_OVERRIDE|HW_AUTH_URL|HUAWEICLOUD_SDK_IAM_ENDPOINT|HUAWEICLOUD_SDK_REGION_[A-Z0-9_]+)$/

function addresses(env: Environment, url: string): Finding[] {
  const elsewhere = Object.entries(env).flatMap(([name, value]): Finding[] => {
    if (!ADDRESSES.test(name) || value === undefined || value === '') return []
    const host = URL.parse(value.split(',')[0] ?? '')?.host
    if (host === new URL(url).host) return []
    const found = host === undefined ? 'is not a URL' : `points to ${host}`
    return [
      {
        verdict: 'note',
        about: name,
        found,
        advice: `set it to ${url} or a path below it, or unset ${name}`,
      },
    ]
  })
  if (!isSet(env.HW_CLOUD)) return elsewhere
  const found =
    'makes Terraform and Packer call hosts below it for every service without an explicit endpoint'
  return [
    ...elsewhere,
    {
      verdict: 'note',
      about: 'HW_CLOUD',
      found,
      advice: 'set the endpoints of the provider, or unset HW_CLOUD',
    },
  ]
}

/** Credential variables of clients, each with the value of the world that it must equal. */
const CREDENTIALS: Readonly<Record<string, keyof Reached>> = {
  HW_ACCESS_KEY: 'accessKey',
  OS_ACCESS_KEY: 'accessKey',
  HUAWEICLOUD_SDK_AK: 'accessKey',
  HW_PROJECT_ID: 'projectId',
  OS_PROJECT_ID: 'projectId',
  HUAWEICLOUD_SDK_PROJECT_ID: 'projectId',
  HW_REGION_NAME: 'region',
  OS_REGION_NAME: 'region',
  HW_AUTH_TOKEN: 'token',
  OS_AUTH_TOKEN: 'token',
  OS_TOKEN: 'token',
}

const IN_WORDS: Readonly<Partial<Record<keyof Reached, string>>> = {
  accessKey: 'is not the access key of the demo user',
  projectId: 'is not the project of the demo user',
  region: 'is not the region of the world',
  token: 'is not the token of the demo user, and takes precedence over access keys',
}

function credentials(env: Environment, reached: Reached): Finding[] {
  return Object.entries(CREDENTIALS).flatMap(([name, fact]): Finding[] => {
    const value = env[name]
    if (!isSet(value) || value === reached[fact]) return []
    const found = IN_WORDS[fact] ?? 'differs'
    const lenient = fact !== 'region' && reached.auth === 'lenient'
    const advice = lenient
      ? `a lenient world accepts it; unset ${name} if it is not intended`
      : `unset ${name} if it is not intended`
    return [{ verdict: 'note', about: name, found, advice }]
  })
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}
