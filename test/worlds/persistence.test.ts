import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startProcess } from '../cli/process.ts'
import { diskImage, diskImageBytes, scratchFolder } from '../emulator.ts'

const headers = { 'X-Auth-Token': 'demo-token', 'Content-Type': 'application/json' }
const project = '0605767a9500d5ed2fb3c00a8e3a0d4c'

async function call(url: string, method = 'GET', json?: unknown) {
  const body = json === undefined ? {} : { body: JSON.stringify(json) }
  const response = await fetch(url, { method, headers, ...body })
  return JSON.parse(await response.text())
}

function world() {
  const scratch = scratchFolder()
  const buckets = join(scratch.path, 'buckets')
  mkdirSync(join(buckets, 'images'), { recursive: true })
  copyFileSync(diskImage('tiny-v3.qcow2'), join(buckets, 'images', 'tiny.qcow2'))
  const data = join(scratch.path, 'data')
  return { scratch, data, flags: ['--port', '0', '--data', data, '--buckets', buckets, '--clock', 'frozen'] }
}

test('an import that a kill -9 cut short ends after the restart with nothing lost', async () => {
  const { scratch, data, flags } = world()
  using _ = scratch
  const first = await startProcess(flags)
  const job = await call(`${first.url}/v2/cloudimages/action`, 'POST', {
    name: 'survivor',
    image_url: 'images:tiny.qcow2',
    min_disk: 1,
    image_tags: [{ key: 'kept', value: 'yes' }],
  })
  await call(`${first.url}/_ims/clock/advance`, 'POST', { until: 'next' })
  const before = await call(`${first.url}/v2/cloudimages?name=survivor`)
  expect(before.images).toEqual([expect.objectContaining({ status: 'saving' })])
  const running = await call(`${first.url}/v1/${project}/jobs/${job.job_id}`)
  await first.stop('SIGKILL')

  await using second = await startProcess(flags)
  expect(await call(`${second.url}/v1/${project}/jobs/${job.job_id}`)).toEqual(running)
  expect(await call(`${second.url}/v2/cloudimages?name=survivor`)).toEqual(before)
  await call(`${second.url}/_ims/clock/advance`, 'POST', { until: 'idle' })
  expect(await call(`${second.url}/v1/${project}/jobs/${job.job_id}`)).toMatchObject({ status: 'SUCCESS' })
  const after = await call(`${second.url}/v2/cloudimages?name=survivor`)
  expect(after.images).toEqual([expect.objectContaining({ status: 'active', tags: ['kept=yes'] })])
  const file = await fetch(`${second.url}/v2/images/${after.images[0].id}/file`, { headers })
  expect(Buffer.from(await file.arrayBuffer())).toEqual(diskImageBytes('tiny-v3.qcow2'))
  expect(readdirSync(join(data, 'blobs'))).toHaveLength(1)
})

test('a frozen clock does not advance while the process is down', async () => {
  const { scratch, flags } = world()
  using _ = scratch
  const first = await startProcess(flags)
  await call(`${first.url}/_ims/clock/advance`, 'POST', { by: '3h' })
  const { now } = await call(`${first.url}/_ims/clock`)
  await first.stop('SIGKILL')
  await using second = await startProcess(flags)
  expect((await call(`${second.url}/_ims/clock`)).now).toBe(now)
})

test('ids continue: the same requests give the same ids with and without a restart between them', async () => {
  async function ids(restart: boolean) {
    const { scratch, flags } = world()
    using _ = scratch
    let emulator = await startProcess(flags)
    const describe = () => call(`${emulator.url}/v2/images`, 'POST', { name: 'one' })
    const first = await describe()
    if (restart) {
      await emulator.stop('SIGKILL')
      emulator = await startProcess(flags)
    }
    const second = await describe()
    await emulator.stop()
    return [first.id, second.id]
  }
  expect(await ids(true)).toEqual(await ids(false))
})

test('an upload that a kill -9 cut short leaves no bytes behind, and the image waits for them again', async () => {
  const { scratch, data, flags } = world()
  using _ = scratch
  const first = await startProcess(flags)
  const { id } = await call(`${first.url}/v2/images`, 'POST', { name: 'half' })
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(100_000)) })
  const octets = { ...headers, 'Content-Type': 'application/octet-stream' }
  const upload = fetch(`${first.url}/v2/images/${id}/file`, {
    method: 'PUT',
    headers: octets,
    body,
    duplex: 'half',
  })
  const cut = upload.catch(() => 'cut')
  while ((await call(`${first.url}/v2/images/${id}`)).status !== 'saving');
  await first.stop('SIGKILL')
  expect(await cut).toBe('cut')
  writeFileSync(join(data, 'blobs', 'stray.part'), 'left over')

  await using second = await startProcess(flags)
  expect(await call(`${second.url}/v2/images/${id}`)).toMatchObject({ status: 'queued' })
  expect(readdirSync(join(data, 'blobs'))).toEqual([])
})
