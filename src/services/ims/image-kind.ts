import type { ResourceKind } from '../../simulation/resource-kinds.ts'
import { moveImage } from '../../simulation/settle.ts'
import { findImage } from './queries/images.ts'

/** Images as policies, rules and the explanation of rights see them. */
export const imageKind: ResourceKind = {
  service: 'ims',
  type: 'image',
  param: 'image_id',
  fields: { one: ['image_id'], many: ['images'] },
  find({ db }, id) {
    const image = findImage(db, id)
    if (image === undefined) return undefined
    const { status, name, visibility, tags, attributes } = image
    return { id, status, name, visibility, tags, enterpriseProject: attributes.enterprise_project_id }
  },
  move: moveImage,
}
