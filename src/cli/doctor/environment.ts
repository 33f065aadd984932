import type { Finding } from './finding.ts'
import type { Reached } from './reach.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Variables that clients listen to and that would lead them elsewhere. Secrets are named, never shown. */
export function checkEnvironment(env: Environment, reached: Reached): Finding[] {
  const { url } = reached
  const findings = [...proxies(env, url), ...addresses(env, url), ...credentials(env, reached)]
  if (findings.length > 0) return findings
  return [
    { verdict: 'fine', about: 'environment', found: 'no proxy, address or credentials that lead elsewhere' },
  ]
}

/** Whether the environment sends requests for the address through a proxy, which would not find it. */
function proxies(env: Environment, url: string): Finding[] {
  const { hostname, port, protocol } = new URL(url)
  const secure = protocol === 'https:'
  const names = secure ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY']
  const name = [...names, 'all_proxy', 'ALL_PROXY'].find((each) => isSet(env[each]))
  if (name === undefined) return []
  const exceptions = env.no_proxy || env.NO_PROXY || ''
  if (isExcepted(exceptions, hostname, port))
    return [{ verdict: 'fine', about: name, found: `is set, and NO_PROXY leaves ${hostname} out` }]
  const wanted = [...exceptions.split(',').filter(isSet), bare(hostname)].join(',')
  return [
    {
      verdict: 'wrong',
      about: name,
      found: `clients would look for ${hostname} through a proxy`,
      advice: `export NO_PROXY=${wanted} no_proxy=${wanted}`,
    },
  ]
}

/** Entries are names, `.suffixes`, `*`, or either with a port. */
function isExcepted(exceptions: string, hostname: string, port: string): boolean {
  return exceptions.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true
    const [, name = '', only] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? []
    if (only !== undefined && only !== port) return false
    const plain = bare(name).replace(/^\*?\./, '')
    return plain !== '' && (bare(hostname) === plain || bare(hostname).endsWith(`.${plain}`))
  })
}

/** An IPv6 address without its brackets. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase()
}

/** Where a client takes the address of the cloud from. */
const ADDRESSES =
  /^(OS_AUTH_URL|OS_ENDPOINT_OVERRIDE|OS_IMAGE_ENDPOINT_OVERRIDE|HW_AUTH_URL|HUAWEICLOUD_SDK_IAM_ENDPOINT|HUAWEICLOUD_SDK_REGION_[A-Z0-9_]+)$/

function addresses(env: Environment, url: string): Finding[] {
  const elsewhere = Object.entries(env).flatMap(([name, value]): Finding[] => {
    if (!ADDRESSES.test(name) || value === undefined || value === '') return []
    const host = URL.parse(value.split(',')[0] ?? '')?.host
    if (host === new URL(url).host) return []
    const found = host === undefined ? 'is no address' : `points to ${host}`
    return [
      { verdict: 'note', about: name, found, advice: `set it to an address below ${url}, or unset ${name}` },
    ]
  })
  if (!isSet(env.HW_CLOUD)) return elsewhere
  const found = 'makes Terraform and Packer call names below it for every service whose endpoint is not given'
  return [
    ...elsewhere,
    {
      verdict: 'note',
      about: 'HW_CLOUD',
      found,
      advice: 'give the provider its endpoints, or unset HW_CLOUD',
    },
  ]
}

/** Variables that must say what the world knows, by the fact they stand for. */
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
  token: 'is not the token of the demo user, and goes before access keys',
}

function credentials(env: Environment, reached: Reached): Finding[] {
  return Object.entries(CREDENTIALS).flatMap(([name, fact]): Finding[] => {
    const value = env[name]
    if (!isSet(value) || value === reached[fact]) return []
    const found = IN_WORDS[fact] ?? 'is another one'
    const lenient = fact !== 'region' && reached.auth === 'lenient'
    const advice = lenient
      ? `a lenient world takes it; unset ${name} if you did not mean to`
      : `unset ${name}, if you did not mean to`
    return [{ verdict: 'note', about: name, found, advice }]
  })
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}
