import { z } from 'zod'
import { gatewayError } from '../../../accounts/gateway-errors.ts'
import { type Answer, nothing, operation } from '../../../contract/operation.ts'
import { onlyIn } from './glance-operation.ts'

const VersionWire = z.strictObject({
  id: z.string(),
  status: z.enum(['CURRENT', 'SUPPORTED', 'DEPRECATED']),
  links: z.array(z.strictObject({ href: z.string(), rel: z.literal('self') })),
})
const VersionsWire = z.strictObject({ versions: z.array(VersionWire) })

/** The versions that Huawei's cloud publishes, the newest first. */
const VERSIONS = [
  { id: 'v2.2', status: 'CURRENT', path: 'v2' },
  { id: 'v2.1', status: 'SUPPORTED', path: 'v2' },
  { id: 'v2.0', status: 'SUPPORTED', path: 'v2' },
  { id: 'v1.1', status: 'DEPRECATED', path: 'v1' },
  { id: 'v1.0', status: 'DEPRECATED', path: 'v1' },
] as const

/** A version without its second number is the newest of its kind. */
const SHORT: Readonly<Record<string, string>> = { v2: 'v2.2', v1: 'v1.1' }

function choices(base: string, versions: readonly (typeof VERSIONS)[number][]): Answer {
  const list = versions.map(({ id, status, path }) => ({
    status,
    id,
    links: [{ href: `${base}/${path}/`, rel: 'self' }],
  }))
  return { status: 300, body: { versions: list } }
}

export const listVersions = onlyIn(
  'huawei',
  operation({
    id: 'ListVersions',
    method: 'GET',
    path: '/',
    summary: 'The versions of the image API',
    authenticated: false,
    request: nothing,
    responses: { 300: VersionsWire },
    handle: ({ base }) => choices(base, VERSIONS),
  }),
)

export const showVersion = onlyIn(
  'huawei',
  operation({
    id: 'ShowVersion',
    method: 'GET',
    path: '/{version}',
    summary: 'One version of the image API',
    authenticated: false,
    request: z.object({ params: z.object({ version: z.string() }) }),
    responses: { 300: VersionsWire },
    handle({ base }, { params }) {
      const id = SHORT[params.version] ?? params.version
      const found = VERSIONS.filter((version) => version.id === id)
      if (found.length === 0) throw gatewayError('APIGW.0101', { version: params.version })
      return choices(base, found)
    },
  }),
)
