import { z } from 'zod'
import { nothing, type Operation, ok, operation } from '../../../contract/operation.ts'

const VersionWire = z.strictObject({
  version: z.strictObject({
    id: z.string(),
    status: z.literal('stable'),
    updated: z.string(),
    links: z.array(z.strictObject({ rel: z.literal('self'), href: z.string() })),
    'media-types': z.array(z.strictObject({ base: z.string(), type: z.string() })),
  }),
})

/** Where OpenStack clients find out that they speak to a Keystone of version 3. Some put a slash behind it. */
function showVersionAt(path: '/v3' | '/v3/', id: string): Operation {
  return operation({
    id,
    method: 'GET',
    path,
    summary: 'The version of the identity API',
    authenticated: false,
    request: nothing,
    responses: { 200: VersionWire },
    handle: (call) =>
      ok({
        version: {
          id: 'v3.6',
          status: 'stable',
          updated: '2016-04-04T00:00:00Z',
          links: [{ rel: 'self', href: `${call.base}/v3/` }],
          'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
        },
      }),
  })
}

export const showIamVersion = showVersionAt('/v3', 'KeystoneShowVersion')
export const showIamVersionAtSlash = showVersionAt('/v3/', 'KeystoneShowVersionAtSlash')
