/** A disk's way through OBS and IMS with the AWS SDK: made, put, imported, exported as vhd, fetched and compared. */
import { execFileSync } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'

interface World {
  name: string
  token: string
  access_key: string
  secret_key: string
  project_id: string
}
interface Job {
  status: string
  entities: { image_id: string }
}

const endpoint = process.argv[2] ?? ''
const folder = mkdtempSync(join(tmpdir(), 'journey-'))
const raw = join(folder, 'disk.raw')
const disk = join(folder, 'disk.qcow2')
const exported = join(folder, 'exported.vhd')

async function send<Reply>(method: string, url: string, body?: object, token = ''): Promise<Reply> {
  const headers = { 'Content-Type': 'application/json', 'X-Auth-Token': token }
  const reply = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${method} ${url} answered ${reply.status}: ${text}`)
  return JSON.parse(text || 'null')
}

try {
  const guest = Buffer.alloc(8 * 2 ** 20)
  for (let at = 0; at < 2 ** 20; at++) guest[at] = (at * 7) % 251
  guest.write('the end of the guest', 8 * 2 ** 20 - 512)
  writeFileSync(raw, guest)
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, disk])

  const world = await send<World>('POST', `${endpoint}/_ims/worlds`, { scenario: 'instant' })
  const base = `${endpoint}/w/${world.name}`
  const finished = async (id: string): Promise<Job> => {
    const job = await send<Job>('GET', `${base}/v1/${world.project_id}/jobs/${id}`, undefined, world.token)
    if (job.status !== 'SUCCESS') throw new Error(JSON.stringify(job))
    return job
  }
  const s3 = new S3Client({
    endpoint,
    region: 'cn-north-4',
    forcePathStyle: true,
    credentials: { accessKeyId: world.access_key, secretAccessKey: world.secret_key },
  })
  const Bucket = 'journey-node'
  await s3.send(new CreateBucketCommand({ Bucket }))
  const object = {
    Bucket,
    Key: 'disks/disk.qcow2',
    Body: createReadStream(disk),
    ContentLength: statSync(disk).size,
  }
  await s3.send(new PutObjectCommand(object))

  const made = { name: 'journey', image_url: `${Bucket}:disks/disk.qcow2`, min_disk: 1 }
  const { job_id } = await send<{ job_id: string }>(
    'POST',
    `${base}/v2/cloudimages/action`,
    made,
    world.token,
  )
  const { entities } = await finished(job_id)
  const wanted = { bucket_url: `${Bucket}:exports/disk.vhd`, file_format: 'vhd' }
  const path = `${base}/v1/cloudimages/${entities.image_id}/file`
  await finished((await send<{ job_id: string }>('POST', path, wanted, world.token)).job_id)

  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'exports/disk.vhd' }))
  writeFileSync(exported, (await Body?.transformToByteArray()) ?? '')
  execFileSync('qemu-img', ['compare', '-f', 'raw', '-F', 'vpc', raw, exported], { stdio: 'inherit' })
  await send('DELETE', `${endpoint}/_ims/worlds/${world.name}`)
  console.log('ok the way of a disk with the AWS SDK for JavaScript')
} finally {
  rmSync(folder, { recursive: true })
}
