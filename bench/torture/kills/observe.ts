import { z } from 'zod'
import { ask, type Client, sendJson } from '../client.ts'
import { type Content, contentOf } from './model.ts'

/** An image as a server shows it. */
export interface ObservedImage {
  id: string
  status: string
  size: number | null
  checksum: string | null
  tags: readonly string[]
  /** Its bytes as they are downloaded, or why they cannot be; undefined for an image that shows no size. */
  downloaded?: Content | string
}

export interface ObservedWorld {
  /** By their names. */
  images: ReadonlyMap<string, ObservedImage>
  snapshots: readonly string[]
  /** Virtual time. */
  now: string
}

const Worlds = z.object({ worlds: z.array(z.object({ name: z.string() })) })
const Clock = z.object({ now: z.string() })
const Saves = z.object({ snapshots: z.array(z.object({ name: z.string() })) })
const Image = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  size: z.number().nullish(),
  checksum: z.string().nullish(),
  tags: z.array(z.string()),
})
const Images = z.object({ images: z.array(Image) })
const Members = z.object({ members: z.array(z.object({ member_id: z.string() })) })

/** Looks at all worlds of a server, and downloads every image that has bytes. */
export async function observeWorlds(client: Client): Promise<Map<string, ObservedWorld>> {
  const { worlds } = await ask(client, sendJson('GET', '/_ims/worlds'), Worlds)
  const observed = await Promise.all(
    worlds.map(
      async ({ name }): Promise<[string, ObservedWorld]> => [name, await observeWorld(client, name)],
    ),
  )
  return new Map(observed)
}

async function observeWorld(client: Client, world: string): Promise<ObservedWorld> {
  const { images } = await ask(
    client,
    sendJson('GET', `/w/${world}/v2/images?visibility=private&limit=1000`),
    Images,
  )
  const shared = await ask(
    client,
    sendJson('GET', `/w/${world}/v2/images?visibility=shared&limit=1000`),
    Images,
  )
  const own = new Map([...images, ...shared.images].map((image) => [image.id, image]))
  const { snapshots } = await ask(client, sendJson('GET', `/_ims/worlds/${world}/snapshots`), Saves)
  const { now } = await ask(client, sendJson('GET', `/_ims/worlds/${world}/clock`), Clock)
  const observed = new Map<string, ObservedImage>()
  for (const { id, name, status, size = null, checksum = null, tags } of own.values()) {
    const hasBytes = status === 'active' && size !== null
    const downloaded = hasBytes ? await download(client, `/w/${world}/v2/images/${id}/file`) : undefined
    observed.set(name, { id, status, size, checksum, tags, ...(downloaded && { downloaded }) })
  }
  return { images: observed, snapshots: snapshots.map(({ name }) => name), now }
}

/** True when a bucket of a world has an object that can be read and is not empty. */
export async function hasObject(
  client: Client,
  world: string,
  bucket: string,
  key: string,
): Promise<boolean> {
  const path = `/_ims/worlds/${world}/buckets/${bucket}/objects/${encodeURIComponent(key)}`
  const { status, body } = await client.send({ method: 'GET', path })
  return status === 200 && body.length > 0
}

async function download(client: Client, path: string): Promise<Content | string> {
  try {
    const { status, body } = await client.send({ method: 'GET', path })
    return status === 200 ? contentOf(body) : `${status} ${body.toString().slice(0, 200)}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Returns the ids of the projects that an image is shared with; none for an image that is not there. */
export async function membersOf(
  client: Client,
  world: string,
  project: string,
  image: string,
): Promise<string[]> {
  const path = `/w/${world}/v1/${project}/cloudimages/${image}/members`
  const reply = await client.send({ method: 'GET', path })
  if (reply.status !== 200) return []
  return Members.parse(JSON.parse(reply.body.toString())).members.map(({ member_id }) => member_id)
}

/** Returns the status of a job, or that of the refusal. */
export async function jobStatus(
  client: Client,
  world: string,
  project: string,
  job: string,
): Promise<string> {
  const reply = await client.send({ method: 'GET', path: `/w/${world}/v1/${project}/jobs/${job}` })
  if (reply.status !== 200) return String(reply.status)
  return z.object({ status: z.string() }).parse(JSON.parse(reply.body.toString())).status
}
