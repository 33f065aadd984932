import { existsSync, statSync } from 'node:fs'
import type { BlockList } from 'node:net'
import { join } from 'node:path'
import { readStoreAddress } from '../database/object-store/address.ts'
import { StoreFailure } from '../database/object-store/connection.ts'
import { openObjectStore } from '../database/object-store/object-store.ts'
import { openS3Client, type S3Client } from '../database/object-store/s3-client.ts'
import { SetupError } from '../lib/errors.ts'
import { packageVersion } from '../lib/package-files.ts'
import { hostNow } from '../lib/time.ts'
import { composeCloud } from '../services/compose.ts'
import type { Edition } from '../services/glance/contract/glance-contract.ts'
import { services as emulatedServices } from '../services/index.ts'
import type { Service } from '../services/service.ts'
import type { Cloud } from '../simulation/cloud.ts'
import type { ScenarioOverrides } from '../simulation/scenario/load.ts'
import { type Authority, openAuthority } from './authority.ts'
import { readCloudDomains } from './cloud-domains.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import { readPublicUrl, readTrustedProxies } from './proxies.ts'
import { openWorldRegistry, type WorldRegistry } from './registry.ts'
import { openTemporaryFolder, removeAbandonedFolders, type TemporaryFolder } from './temporary-folder.ts'
import { readWorldFile, type WorldFromFile } from './world-file.ts'
import { DEFAULT_WORLD } from './world-name.ts'

/** The options of an emulator; everything has a default. */
export interface EmulatorOptions extends ScenarioOverrides {
  /** Name of a shipped scenario or path of a file; `standard` by default. */
  scenario?: string
  /** Folder for databases and blobs; without one everything is in memory. */
  data?: string
  /** Folder whose sub-folders are the buckets. */
  buckets?: string
  /** True to write the exports of the default world into these folders, too. */
  bucketsWrite?: boolean
  /** An S3-compatible server whose buckets are those of every world, `http://ACCESSKEY:SECRETKEY@host:9000`. */
  objectStore?: string
  /** The keys for it, when they are not in its URL. */
  objectStoreAccessKey?: string
  objectStoreSecretKey?: string
  /** A downloaded world, which the default world continues with its own scenario. */
  from?: string
  /** The edition of the OpenStack image API: Huawei's (the default), or a stock Glance, which has a Keystone beside it and no other service. */
  glance?: Edition
  /**
   * Host names under which the emulator answers, beside IP addresses, names without a dot, `*.localhost` and names of the cloud.
   * Pages of these hosts may call the control plane.
   */
  allowedHosts?: readonly string[]
  /**
   * Further domains of the cloud, beside `myhuaweicloud.com`, `myhuaweicloud.eu` and `otc.t-systems.com`: under
   * `ims.cn-north-4.DOMAIN` the emulator is the image service of that region, and its proxy answers for these names.
   */
  cloudDomains?: readonly string[]
  /** The address under which clients reach the emulator through a proxy, e.g. `https://ims.example.com`: links begin with it. */
  publicUrl?: string
  /** Proxies whose `Forwarded` and `X-Forwarded-…` headers count: addresses, ranges, `loopback`, `private`. */
  trustedProxies?: readonly string[]
  /** Closes the control plane to requests without this key as `Authorization: Bearer`; probes are still answered. */
  controlKey?: string
  /** Adds what the server computed to the refusal of a signature. */
  explainAuth?: boolean
  /** Checks every reply against its declared schema; a reply that differs is a fault of the emulator. */
  validateResponses?: boolean
  /**
   * The services of the emulated cloud, for tests of a further one; those of the edition by default.
   * @internal
   */
  services?: readonly Service[]
  /**
   * The client of an object store, for tests that run none.
   * @internal
   */
  objectStoreClient?: S3Client
  /** Receives faults of the emulator; standard error by default. */
  log?: (requestId: string, error: unknown) => void
  /** Receives one line about something that a client wants and the emulator does not have; standard error by default. */
  note?: (line: string) => void
}

/**
 * A running emulator: its worlds, and its options.
 * @internal
 */
export interface Emulator {
  readonly version: string
  /** Real time of the start, ms since the epoch. */
  readonly startedAt: number
  /** The folder of databases and blobs; undefined when everything is in memory. */
  readonly dataDirectory: string | undefined
  readonly glance: Edition
  /** The services of the emulated cloud. */
  readonly services: readonly Service[]
  readonly worlds: WorldRegistry
  readonly allowedHosts: readonly string[]
  /** The domains below which the services of the cloud have their names. */
  readonly cloudDomains: readonly string[]
  /** Makes the certificates for HTTPS. */
  readonly authority: Authority
  /** The port of HTTPS; undefined when it is not served on a port of its own. */
  readonly tlsPort: number | undefined
  /** The address that links begin with; undefined for that of each request. */
  readonly publicUrl: string | undefined
  readonly trustedProxies: BlockList
  /** The key of the control plane, which is open without one. */
  readonly controlKey: string | undefined
  readonly explainAuth: boolean
  /** True when every reply is checked against its declared schema. */
  readonly validatesResponses: boolean
  log(requestId: string, error: unknown): void
  note(line: string): void
  /** Tells where the emulator answers: in `/_ims/info`, and to other processes that want the data folder. */
  announce(url: string, tlsPort: number | undefined): void
  close(): void
}

/**
 * Loads the scenario and opens the worlds. It does not listen.
 * @throws SetupError for a scenario with mistakes, and for a file or folder that cannot be used.
 * @internal
 */
export function openEmulator(options: EmulatorOptions = {}): Emulator {
  const { pace, seed, clock, auth, data, buckets, bucketsWrite, glance = 'huawei' } = options
  const s3 = objectStoreOf(options)
  const services = options.services ?? emulatedServices[glance]
  const overrides: ScenarioOverrides = {
    ...(pace !== undefined && { pace }),
    ...(seed !== undefined && { seed }),
    ...(clock && { clock }),
    ...(auth && { auth }),
  }
  if (buckets !== undefined) checkBuckets(buckets)
  else if (bucketsWrite)
    throw new SetupError('exports can be written as files only into the folder of --buckets DIR; give one')
  const publicUrl = options.publicUrl === undefined ? undefined : readPublicUrl(options.publicUrl)
  const trustedProxies = readTrustedProxies(options.trustedProxies ?? [])
  const cloudDomains = readCloudDomains(options.cloudDomains ?? [])
  const cloud = composeCloud(services, emulatedServices.huawei)
  removeAbandonedFolders()
  const scratch = openTemporaryFolder()
  let folder: DataFolder | undefined
  let worlds: WorldRegistry
  /** The file whose own scenario is loaded. */
  let begunFrom: string | undefined
  const objectStore = s3 && openObjectStore(s3, join(scratch.path, 'object-store'))
  try {
    if (data !== undefined) folder = openDataFolder(data)
    const file = options.from === undefined ? undefined : readStart(options.from, data, scratch, cloud)
    if (options.scenario === undefined) begunFrom = options.from
    worlds = openWorldRegistry({
      scenario: options.scenario ?? file?.written ?? 'standard',
      overrides,
      scratch,
      services,
      cloud,
      data: folder,
      ...(buckets !== undefined && { buckets }),
      ...(bucketsWrite !== undefined && { bucketsWrite }),
      objectStore,
      from: file?.copy,
    })
  } catch (error) {
    folder?.close()
    scratch.remove()
    throw begunFrom === undefined ? error : ofFile(begunFrom, error)
  }
  const log = options.log ?? logToStandardError
  let servedTlsPort: number | undefined
  return {
    version: packageVersion(),
    startedAt: hostNow(),
    dataDirectory: data,
    glance,
    services,
    worlds,
    allowedHosts: [
      ...(options.allowedHosts ?? []),
      ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
    ],
    cloudDomains,
    authority: openAuthority(data),
    get tlsPort() {
      return servedTlsPort
    },
    publicUrl,
    trustedProxies,
    controlKey: options.controlKey,
    explainAuth: options.explainAuth ?? false,
    validatesResponses: options.validateResponses ?? false,
    log(requestId, error) {
      folder?.check()
      log(requestId, error)
    },
    note: options.note ?? noteToStandardError,
    announce(url, tlsPort) {
      servedTlsPort = tlsPort
      folder?.announce(url)
    },
    close() {
      objectStore?.close()
      try {
        worlds.close()
      } finally {
        folder?.close()
        scratch.remove()
      }
    },
  }
}

/**
 * Opens a client for the object store of the options; undefined without one.
 * @throws SetupError for a wrong URL, missing keys, and together with `bucketsWrite`.
 */
function objectStoreOf(options: EmulatorOptions): S3Client | undefined {
  const { objectStore: url, objectStoreAccessKey, objectStoreSecretKey, bucketsWrite } = options
  if (options.objectStoreClient !== undefined) return options.objectStoreClient
  if (url === undefined || url === '') return undefined
  if (bucketsWrite)
    throw new SetupError('exports go to the object store; leave --buckets-write away, or --object-store')
  return openS3Client(readStoreAddress(url, objectStoreAccessKey, objectStoreSecretKey))
}

/**
 * Checks that the object store of the options answers and knows its keys; does nothing without one.
 * @throws SetupError that says what was tried.
 */
export async function checkObjectStore(options: EmulatorOptions): Promise<void> {
  try {
    await objectStoreOf(options)?.check()
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error
    throw new SetupError(
      `${error.message}. Start it first, or give another address with --object-store and its keys.`,
    )
  }
}

/** The error of a start from a file that has a mistake in a scenario of its own: nobody wrote it, so the file is named. */
function ofFile(file: string, error: unknown): unknown {
  if (!(error instanceof SetupError) || error.message.includes(file)) return error
  return new SetupError(`${file} has a scenario that cannot be used: ${error.message}`)
}

/** @throws SetupError when the folder of the buckets does not exist: a wrong path would look like a cloud without buckets. */
function checkBuckets(path: string): void {
  const entry = statSync(path, { throwIfNoEntry: false })
  if (entry?.isDirectory()) return
  const found = entry === undefined ? 'does not exist' : 'is a file'
  throw new SetupError(
    `the folder of buckets ${path} ${found}. Create it with a folder for each bucket, or give another path with --buckets.`,
  )
}

/** Reads the file that the default world continues. @throws SetupError when the data folder has a world already. */
function readStart(
  file: string,
  data: string | undefined,
  scratch: TemporaryFolder,
  cloud: Cloud,
): WorldFromFile {
  if (data !== undefined && existsSync(join(data, `${DEFAULT_WORLD}.sqlite`)))
    throw new SetupError(
      `${data} has a world already; leave --from away to go on with it, or take another --data folder`,
    )
  return readWorldFile(file, scratch.path, cloud)
}

function logToStandardError(requestId: string, error: unknown): void {
  process.stderr.write(
    `ims-emulator: request ${requestId} failed: ${error instanceof Error ? error.stack : error}\n`,
  )
}

function noteToStandardError(line: string): void {
  process.stderr.write(`ims-emulator: ${line}\n`)
}
