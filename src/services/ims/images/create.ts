import type { RequestContext } from '../../../contract/call.ts'
import { DEFAULT_OS_VERSION, osAttributes, osVersions } from '../os-versions.ts'
import { insertImage } from '../queries/images.ts'
import { checkImageQuota } from '../quotas.ts'
import type { TagRow } from '../tables.ts'

/** An image that is only described so far; its bytes are uploaded or registered later. */
export interface DescribeImage {
  /** One of its own that nobody had before; otherwise it is drawn. */
  id?: string | undefined
  name: string
  osVersion?: string | undefined
  protected: boolean
  containerFormat: string
  diskFormat: string
  minDisk: number
  minRam: number
  tags: readonly TagRow[]
  /** Attributes of one's own. */
  attributes: Readonly<Record<string, string>>
}

/** Creates the description of an image, waiting for its bytes, and answers its id. It counts against the quota (IMG.0015). */
export function describeImage(context: RequestContext, request: DescribeImage): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    checkImageQuota(context)
    const id = request.id ?? world.chance.uuid('image')
    const now = world.clock.now()
    const os = osVersions().get(request.osVersion ?? DEFAULT_OS_VERSION)
    insertImage(
      world.db,
      {
        id,
        owner: caller.projectId,
        name: request.name,
        status: world.scenario.machine.initial,
        visibility: 'private',
        imageType: 'private',
        protected: request.protected,
        containerFormat: request.containerFormat,
        diskFormat: request.diskFormat,
        minDisk: request.minDisk,
        minRam: request.minRam,
        createdAt: now,
        updatedAt: now,
        attributes: {
          ...request.attributes,
          ...(os && osAttributes(os)),
          virtual_env_type: 'FusionCompute',
          __isregistered: 'true',
          __image_source_type: 'uds',
          __originalimagename: '',
          __backup_id: '',
          __productcode: '',
          __image_size: '0',
        },
      },
      request.tags,
    )
    return id
  })
}
