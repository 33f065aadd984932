import { z } from 'zod'
import { ok, operation } from '../../../contract/operation.ts'
import { osVersionsByPlatform } from '../os-versions.ts'
import { Values } from './list-query.ts'

const Platforms = z.array(
  z.strictObject({
    platform: z.string(),
    version_list: z.array(
      z.strictObject({
        platform: z.string(),
        os_version_key: z.string(),
        os_version: z.string(),
        os_bit: z.int(),
        os_type: z.enum(['Linux', 'Windows', 'Other']),
      }),
    ),
  }),
)

export const listOsVersions = operation({
  id: 'ListOsVersions',
  method: 'GET',
  path: '/v1/cloudimages/os_version',
  summary: 'List the operating systems that images can say they hold',
  actions: ['ims:images:list'],
  request: z.object({ query: z.object({ tag: Values.optional() }) }),
  responses: { 200: Platforms },
  handle(_call, { query: { tag } }) {
    const platforms = osVersionsByPlatform(tag === undefined ? [] : [tag].flat())
    return ok(
      platforms.map(({ platform, versions }) => ({
        platform,
        version_list: versions.map(({ osVersion, bits, osType }) => ({
          platform,
          os_version_key: osVersion,
          os_version: osVersion,
          os_bit: bits,
          os_type: osType,
        })),
      })),
    )
  },
})
