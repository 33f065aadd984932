import { z } from 'zod'
import { contract } from '../../../contract/operation.ts'
import type { OsVersion } from '../os-table.ts'
import { Values } from './fields.ts'

const Platforms = z.array(
  z.strictObject({
    platform: z.string(),
    version_list: z.array(
      z.strictObject({
        platform: z.string(),
        os_version_key: z.string(),
        os_version: z.string(),
        os_bit: z.int(),
        os_type: z.enum(['Linux', 'Windows']),
      }),
    ),
  }),
)

export function renderPlatforms(
  platforms: readonly { platform: string; versions: readonly OsVersion[] }[],
): z.input<typeof Platforms> {
  return platforms.map(({ platform, versions }) => ({
    platform,
    version_list: versions.map(({ osVersion, bits, osType }) => ({
      platform,
      os_version_key: osVersion,
      os_version: osVersion,
      os_bit: bits,
      // Images of other systems show `Other`; this call knows two types.
      os_type: osType === 'Windows' ? osType : 'Linux',
    })),
  }))
}

export const listOsVersions = contract({
  id: 'ListOsVersions',
  method: 'GET',
  path: '/v1/cloudimages/os_version',
  summary: 'List the operating system versions that an image can have',
  actions: ['ims:images:list'],
  request: z.object({ query: z.object({ tag: Values.optional() }) }),
  responses: { 200: Platforms },
})
