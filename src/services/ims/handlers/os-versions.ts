import { handle, type Operation, ok } from '../../../contract/operation.ts'
import { listOsVersions, renderPlatforms } from '../contract/os-versions.ts'
import { osVersionsByPlatform } from '../os-versions.ts'

export const osVersionOperations: readonly Operation[] = [
  handle(listOsVersions, (_call, { query: { tag } }) =>
    ok(renderPlatforms(osVersionsByPlatform(tag === undefined ? [] : [tag].flat()))),
  ),
]
