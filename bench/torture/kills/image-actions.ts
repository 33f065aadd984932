import { z } from 'zod'
import { sendJson } from '../client.ts'
import { aWorld, type ImageKind, isActive, type Maker, onImage, read } from './action.ts'
import { contentOf, type ImageModel, withImage, withJob } from './model.ts'

/** Images of one world, at most: a check downloads them all. */
const MOST_IMAGES = 40
const MOST_JOBS = 40
const PARTNER = '0605767b4480d5872f0ec00af5c37a9b'

const Created = z.object({ id: z.string() })
const Job = z.object({ job_id: z.string() })

const NEW_IMAGE: ImageModel = { id: undefined, status: 'queued', content: undefined, tags: [], member: false }

/** Requests about one image. */
export const imageActions: Record<ImageKind, Maker> = {
  createImage(choice) {
    const found = aWorld(choice, ({ images }) => images.size < MOST_IMAGES)
    if (found === undefined) return undefined
    const [world] = found
    const name = `image-${choice.step}`
    const body = { name, disk_format: 'raw', container_format: 'bare', min_disk: 1 }
    return {
      kind: 'createImage',
      what: `create ${name} in ${world}`,
      sent: sendJson('POST', `/w/${world}/v2/images`, body),
      after: (model, reply) =>
        withImage(model, world, name, () => ({ ...NEW_IMAGE, id: reply && read(reply, Created).id })),
    }
  },
  upload: onImage(
    'upload',
    ({ status }) => status === 'queued',
    ({ choice: { random }, world, name, id }) => {
      const bytes = random.bytes(
        random.chance(0.05) ? random.between(500_000, 2_000_000) : random.between(1, 20_000),
      )
      return {
        what: `upload ${bytes.length} bytes to ${name} in ${world}`,
        sent: {
          method: 'PUT',
          path: `/w/${world}/v2/images/${id}/file`,
          headers: { 'Content-Type': 'application/octet-stream' },
          body: bytes,
        },
        after: (model) =>
          withImage(
            model,
            world,
            name,
            (image) => image && { ...image, status: 'active', content: contentOf(bytes) },
          ),
      }
    },
  ),
  import(choice) {
    const found = aWorld(choice, ({ images, jobs }) => images.size < MOST_IMAGES && jobs.size < MOST_JOBS)
    if (found === undefined) return undefined
    const [world] = found
    const name = `import-${choice.step}`
    return {
      kind: 'import',
      what: `import ${name} in ${world}`,
      sent: sendJson('POST', `/w/${world}/v2/cloudimages/action`, {
        name,
        image_url: 'images:tiny.qcow2',
        min_disk: 1,
      }),
      after(model, reply) {
        const next = withImage(model, world, name, () => ({ ...NEW_IMAGE, status: 'any' }))
        return reply === undefined ? next : withJob(next, world, read(reply, Job).job_id, { done: false })
      },
    }
  },
  export: onImage('export', isActive, ({ choice, world, name, id }) => {
    const object = `export-${choice.step}.qcow2`
    return {
      what: `export ${name} in ${world}`,
      sent: sendJson('POST', `/w/${world}/v1/cloudimages/${id}/file`, {
        bucket_url: `images:${object}`,
        file_format: 'qcow2',
      }),
      after: (model, reply) =>
        reply === undefined ? model : withJob(model, world, read(reply, Job).job_id, { done: false, object }),
    }
  }),
  tag: onImage(
    'tag',
    ({ tags }) => tags.length < 5,
    ({ choice, world, name, id }) => ({
      what: `tag ${name} in ${world}`,
      sent: { method: 'PUT', path: `/w/${world}/v2/images/${id}/tags/t${choice.step}` },
      after: (model) =>
        withImage(
          model,
          world,
          name,
          (image) => image && { ...image, tags: [...image.tags, `t${choice.step}`] },
        ),
    }),
  ),
  untag: onImage(
    'untag',
    ({ tags }) => tags.length > 0,
    ({ choice, world, name, id, image }) => {
      const tag = choice.random.pick(image.tags)
      return {
        what: `untag ${name} in ${world}`,
        sent: { method: 'DELETE', path: `/w/${world}/v2/images/${id}/tags/${tag}` },
        after: (model) =>
          withImage(
            model,
            world,
            name,
            (each) => each && { ...each, tags: each.tags.filter((other) => other !== tag) },
          ),
      }
    },
  ),
  member: onImage(
    'member',
    (image) => isActive(image) && image.member === false,
    ({ world, name, id }) => ({
      what: `share ${name} in ${world}`,
      sent: sendJson('POST', `/w/${world}/v1/cloudimages/members`, { images: [id], projects: [PARTNER] }),
      after(model, reply) {
        const member = reply === undefined ? 'unknown' : 'any'
        const next = withImage(model, world, name, (image) => image && { ...image, member })
        return reply === undefined ? next : withJob(next, world, read(reply, Job).job_id, { done: false })
      },
    }),
  ),
  deleteImage: onImage(
    'deleteImage',
    (image) => isActive(image) && image.member === false,
    ({ world, name, id }) => ({
      what: `delete ${name} in ${world}`,
      sent: { method: 'DELETE', path: `/w/${world}/v2/images/${id}` },
      after: (model) => withImage(model, world, name, () => undefined),
    }),
  ),
}
