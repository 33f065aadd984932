import { readStoreAddress } from '../../database/object-store/address.ts'
import { type StartedEmulator, type StartOptions, startEmulator } from '../../index.ts'
import { packageVersion } from '../../lib/package-files.ts'
import { stopSignal } from '../process-end.ts'

interface Flags {
  host: string
  port: number
  tlsPort?: number
  data?: string
  buckets?: string
  bucketsWrite?: boolean
  objectStore?: string
  objectStoreAccessKey?: string
  objectStoreSecretKey?: string
  from?: string
  scenario?: string
  pace?: number | 'instant'
  clock?: { rate: number }
  seed?: number
  auth?: 'lenient' | 'strict'
  explainAuth?: boolean
  glance: 'stock' | 'huawei'
  allowHost: string[]
  cloudDomain: string[]
  controlKey?: string
  grace: number
  keepAlive: number
  publicUrl?: string
  trustProxy: string[]
  validateResponses?: boolean
  json?: boolean
}

/** Starts the emulator, prints the banner and serves until a signal asks to stop. */
export async function serve({
  allowHost,
  auth: mode,
  cloudDomain,
  grace,
  keepAlive,
  trustProxy,
  json,
  ...flags
}: Flags): Promise<void> {
  const options: StartOptions = {
    ...flags,
    graceMs: grace,
    keepAliveMs: keepAlive,
    allowedHosts: allowHost,
    cloudDomains: cloudDomain,
    trustedProxies: trustProxy,
    ...(mode && { auth: { mode } }),
  }
  // Registered before the port is open: a client that can connect may also signal the process.
  const stopped = stopSignal()
  const emulator = await startEmulator(options)
  const print = json ? bannerJson : banner
  process.stdout.write(print(emulator, options, Math.round(performance.now())))
  await stopped
  await emulator.close()
}

/** Renders everything that a client needs, and a curl command that works when pasted. */
function banner(emulator: StartedEmulator, options: StartOptions, milliseconds: number): string {
  const { url, tlsUrl, projectId, region, credentials, scenario, auth } = emulator
  const rows: [string, string][] = [
    ['endpoint', url],
    ...(tlsUrl === undefined ? [] : [row('https', tlsUrl)]),
    ['project id', projectId],
    ['region', region],
    ['access key', credentials.accessKey ?? 'none'],
    ['secret key', credentials.secretKey ?? 'none'],
    ['token', credentials.token ?? 'none'],
    ['scenario', scenario],
    ['auth', auth],
    ['state', options.data ?? 'in memory, gone when the process ends'],
    ['buckets', bucketsOf(options)],
    ...(options.glance === 'stock' ? [stockRow(url)] : []),
  ]
  const table = rows.map(([name, value]) => `  ${name.padEnd(12)}${value}`).join('\n')
  const path = options.glance === 'stock' ? '/v2/images?limit=1' : '/v2/cloudimages?__imagetype=gold&limit=1'
  const curl = `curl -H 'X-Auth-Token: ${credentials.token ?? 'any'}' '${url}${path}'`
  return `ims-emulator ${packageVersion()} is ready after ${milliseconds} ms\n\n${table}\n\n  ${curl}\n\n`
}

function row(name: string, value: string): [string, string] {
  return [name, value]
}

function stockRow(url: string): [string, string] {
  return ['edition', `a stock Glance, with a Keystone at ${url}/v3; no API of the cloud`]
}

function bucketsOf(options: StartOptions): string {
  const endpoint = endpointOf(options)
  if (endpoint === undefined)
    return options.buckets ?? 'none yet; --buckets DIR, or PUT /_ims/buckets/NAME/objects/KEY'
  return options.buckets === undefined ? endpoint : `${options.buckets}, ${endpoint}`
}

/** The address of the object store, without its keys. */
function endpointOf({
  objectStore,
  objectStoreAccessKey,
  objectStoreSecretKey,
}: StartOptions): string | undefined {
  if (objectStore === undefined || objectStore === '') return undefined
  return readStoreAddress(objectStore, objectStoreAccessKey, objectStoreSecretKey).endpoint
}

/** Renders the banner as one line of JSON for programs. The emulator answers requests once the line is printed. */
function bannerJson(emulator: StartedEmulator, options: StartOptions, milliseconds: number): string {
  const { url, port, tlsUrl, proxyUrl, projectId, region, credentials, scenario, auth } = emulator
  const facts = {
    name: 'ims-emulator',
    version: packageVersion(),
    endpoint: url,
    port,
    tls_endpoint: tlsUrl ?? null,
    proxy: proxyUrl,
    pid: process.pid,
    project_id: projectId,
    region,
    access_key: credentials.accessKey ?? null,
    secret_key: credentials.secretKey ?? null,
    token: credentials.token ?? null,
    scenario,
    auth,
    glance: options.glance ?? 'huawei',
    data: options.data ?? null,
    buckets: options.buckets ?? null,
    object_store: endpointOf(options) ?? null,
    ready_after_ms: milliseconds,
  }
  return `${JSON.stringify(facts)}\n`
}
