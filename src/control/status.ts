import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { demoCaller } from '../accounts/caller.ts'
import { openApiDocument } from '../contract/openapi.ts'
import { handle, ok } from '../contract/operation.ts'
import { ifReadable } from '../database/open.ts'
import { ControlError } from '../lib/errors.ts'
import { wireMillis } from '../lib/time.ts'
import { listBuckets } from '../services/obs/buckets.ts'
import type { ControlCall } from './call.ts'
import * as contract from './contract/status.ts'

const health = handle(contract.health, () => ok({ status: 'ok' }))

const ready = handle(contract.ready, ({ world }: ControlCall) => {
  if (ifReadable(() => demoCaller(world)) === undefined)
    throw new ControlError(503, `the database of the world ${world.name} cannot be read`)
  return ok({ status: 'ready' })
})

const info = handle(contract.info, ({ emulator, world }: ControlCall) => {
  const demo = demoCaller(world)
  return ok({
    name: 'ims-emulator',
    version: emulator.version,
    worlds: emulator.worlds.all().map(({ name }) => name),
    scenario: world.scenario.scenario,
    glance: emulator.glance,
    pace: world.scenario.pace,
    region: demo.region,
    project_id: demo.projectId,
    state: emulator.dataDirectory ?? 'memory',
    buckets: listBuckets(world).map(({ name }) => name),
    tls_port: emulator.tlsPort ?? null,
    cloud_domains: [...emulator.cloudDomains],
    time: wireMillis(world.clock.now()),
  })
})

const showAuthority = handle(contract.showAuthority, async ({ emulator }: ControlCall) =>
  ok(await emulator.authority.certificate(), { 'Content-Type': 'application/x-pem-file' }),
)

export const statusOperations = [health, ready, info, showAuthority]

/** Allows the page to load from this server only; the browser refuses every other source. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const PRIVACY_HEADERS = { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' }

/** The addresses in the page are relative, so that a page below the prefix of a world shows that world. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>ims-emulator: the API</title>
    <link rel="icon" href="data:,">
    <style>body { margin: 0; font-family: system-ui, sans-serif }</style>
    <script type="module" src="docs/openapi-explorer.js"></script>
  </head>
  <body>
    <openapi-explorer spec-url="openapi.json" collapse hide-server-selection hide-components></openapi-explorer>
  </body>
</html>
`

const openapi = handle(contract.openapi, ({ emulator: { version }, services, base }: ControlCall) => {
  const { paths = {}, ...document } = openApiDocument(services, { version, url: base })
  return ok({ ...document, paths: { ...paths } })
})

const docs = handle(contract.docs, () =>
  ok(PAGE, {
    ...PRIVACY_HEADERS,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': POLICY,
  }),
)

const docsScript = handle(contract.docsScript, () =>
  ok(readFileSync(scriptPath(), 'utf8'), {
    ...PRIVACY_HEADERS,
    'Content-Type': 'text/javascript; charset=utf-8',
  }),
)

export const docsOperations = [openapi, docs, docsScript]

/** The path of the script: the build copies it beside this file; from source it is in node_modules. */
function scriptPath(): string {
  const built = fileURLToPath(new URL('openapi-explorer.min.js', import.meta.url))
  if (existsSync(built)) return built
  return createRequire(import.meta.url).resolve('openapi-explorer/dist/browser/openapi-explorer.min.js')
}
