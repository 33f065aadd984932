import type { z } from 'zod'
import { fail } from '../errors.ts'
import type { ImageWishes } from '../images/new-image.ts'
import type { TagRow } from '../tables.ts'
import { Description, DottedTags, EnterpriseProjectId, KeyValueTags, Ram } from './fields.ts'

/** The two forms in which a new image can be given tags. */
export const tagFields = { tags: DottedTags.optional(), image_tags: KeyValueTags.optional() }

/** What a caller may say of most images that are made for it, beside the name. */
export const wishFields = {
  description: Description.optional(),
  min_ram: Ram.optional(),
  max_ram: Ram.optional(),
  ...tagFields,
  enterprise_project_id: EnterpriseProjectId.optional(),
}

interface TagForms {
  tags?: TagRow[] | undefined
  image_tags?: TagRow[] | undefined
}

/** The tags that were sent, in whichever form; not in both (IMG.0115). */
export function readTags({ tags, image_tags }: TagForms): TagRow[] {
  if (tags !== undefined && image_tags !== undefined) throw fail('IMG.0115', { forms: 2 })
  return tags ?? image_tags ?? []
}

type WishBody = TagForms & {
  description?: z.output<typeof Description> | undefined
  min_ram?: number | undefined
  max_ram?: number | undefined
  enterprise_project_id?: string | undefined
}

/** What was said of the image, once it fits together: memory from less to more (IMG.0055; 0 means no limit). */
export function readWishes(name: string, body: WishBody): ImageWishes {
  const { min_ram: minRam = 0, max_ram: maxRam } = body
  if (maxRam !== undefined && maxRam > 0 && minRam > maxRam) throw fail('IMG.0055', { minRam, maxRam })
  return {
    name,
    description: body.description,
    minRam,
    maxRam,
    tags: readTags(body),
    enterpriseProjectId: body.enterprise_project_id,
  }
}
