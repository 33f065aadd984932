import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Json } from '../wire/recording.ts'

const SERVE = fileURLToPath(new URL('glance/serve.py', import.meta.url))
const TOKENS = fileURLToPath(new URL('../wire/tokens.json', import.meta.url))
/** Real ms that a Glance may take to answer for the first time. */
const PATIENCE_MS = 180_000

/** A real Glance under test, which is stopped and deleted on disposal. */
export interface Glance extends AsyncDisposable {
  url: string
  /** What it printed and logged. */
  log(): string
}

/** True when this Python can import a Glance. */
export function hasGlance(python: string): boolean {
  return spawnSync(python, ['-c', 'import glance.cmd.api'], { stdio: 'ignore' }).status === 0
}

/**
 * Starts a real Glance with the configuration of the recordings (see test/wire/README.md) on a free port of 127.0.0.1.
 * @param python the interpreter whose packages contain Glance.
 * @param schema the content of its `schema-image.json`. Debian has the file in a package that also sets up a service.
 * @throws Error with what Glance printed when it does not start.
 */
export async function startGlance(python: string, schema: Json): Promise<Glance> {
  const folder = mkdtempSync(join(tmpdir(), 'glance-'))
  const port = await freePort()
  const config = writeConfiguration(folder, port)
  writeFileSync(join(folder, 'schema-image.json'), JSON.stringify(schema))
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    TOKENS,
    PYTHONPATH: join(SERVE, '..'),
    PYTHONDONTWRITEBYTECODE: '1',
  }
  const made = spawnSync(python, [SERVE, 'glance-manage', '--config-file', config, 'db_sync'], {
    env,
    encoding: 'utf8',
  })
  if (made.status !== 0) throw new Error(`glance-manage db_sync failed: ${made.stderr.slice(-2000)}`)
  const child = spawn(python, [SERVE, 'glance-api', '--config-file', config], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-100_000)
    })
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    await ended(child)
    rmSync(folder, { recursive: true, force: true })
  }
  if (!(await answers(url, child))) {
    await stop()
    throw new Error(`Glance does not answer on ${url}: ${said.slice(-2000)}`)
  }
  return { url, log: () => said, [Symbol.asyncDispose]: stop }
}

function writeConfiguration(folder: string, port: number): string {
  for (const name of ['images', 'staging', 'tasks']) mkdirSync(join(folder, name))
  const paste = join(folder, 'paste.ini')
  writeFileSync(
    paste,
    `[pipeline:glance-api]
pipeline = cors http_proxy_to_wsgi versionnegotiation tokens context rootapp
[composite:rootapp]
paste.composite_factory = glance.api:root_app_factory
/: apiversions
/v2: apiv2app
[app:apiversions]
paste.app_factory = glance.api.versions:create_resource
[app:apiv2app]
paste.app_factory = glance.api.v2.router:API.factory
[filter:versionnegotiation]
paste.filter_factory = glance.api.middleware.version_negotiation:VersionNegotiationFilter.factory
[filter:context]
paste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory
[filter:cors]
paste.filter_factory = oslo_middleware.cors:filter_factory
oslo_config_project = glance
oslo_config_program = glance-api
[filter:http_proxy_to_wsgi]
paste.filter_factory = oslo_middleware:HTTPProxyToWSGI.factory
[filter:tokens]
paste.filter_factory = serve:filter_factory
`,
  )
  const config = join(folder, 'glance.conf')
  writeFileSync(
    config,
    `[DEFAULT]
bind_host = 127.0.0.1
bind_port = ${port}
workers = 0
enabled_backends = fs:file
enabled_import_methods = [glance-direct,web-download,copy-image]
[database]
connection = sqlite:///${join(folder, 'glance.sqlite')}
[glance_store]
default_backend = fs
[fs]
filesystem_store_datadir = ${join(folder, 'images')}
[os_glance_staging_store]
filesystem_store_datadir = ${join(folder, 'staging')}
[os_glance_tasks_store]
filesystem_store_datadir = ${join(folder, 'tasks')}
[oslo_policy]
enforce_new_defaults = false
enforce_scope = false
[paste_deploy]
config_file = ${paste}
`,
  )
  return config
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

async function answers(url: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + PATIENCE_MS
  while (Date.now() < deadline && child.exitCode === null) {
    try {
      await fetch(url)
      return true
    } catch {
      await sleep(200)
    }
  }
  return false
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const end = new Promise((resolve) => child.once('exit', resolve))
  child.kill()
  const overdue = setTimeout(() => child.kill('SIGKILL'), 5000)
  await end
  clearTimeout(overdue)
}
