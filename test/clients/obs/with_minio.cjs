// Drives the object service with MinIO's client for JavaScript: with_minio.cjs ENDPOINT ACCESS_KEY SECRET_KEY.
const assert = require('node:assert/strict')
const { Readable } = require('node:stream')
const { buffer, text } = require('node:stream/consumers')
const { Client, CopyDestinationOptions, CopySourceOptions } = require('minio')

const [endpoint, accessKey, secretKey] = process.argv.slice(2)
const { hostname: endPoint, port } = new URL(endpoint)
const bucket = `minio-${process.pid}`
const KEY = 'a b/ü+&=.txt'
const MIB = 2 ** 20

async function main() {
  const client = new Client({
    endPoint,
    port: Number(port),
    useSSL: false,
    accessKey,
    secretKey,
    partSize: 5 * MIB,
  })
  const content = async (key) => await text(await client.getObject(bucket, key))
  const keysOf = async (prefix, recursive) => {
    const found = []
    for await (const { name, prefix: folder } of client.listObjectsV2(bucket, prefix, recursive))
      found.push(name ?? folder)
    return found
  }

  await client.makeBucket(bucket, 'cn-north-4')
  assert.equal(await client.bucketExists(bucket), true)
  assert.equal(await client.bucketExists(`${bucket}-none`), false)
  assert.ok((await client.listBuckets()).some(({ name }) => name === bucket))
  console.log('buckets')

  await client.putObject(bucket, KEY, 'hello world', undefined, { 'x-amz-meta-colour': 'red' })
  await client.putObject(bucket, 'stream', Readable.from([Buffer.alloc(300_000, 's')]), 300_000)
  assert.equal(await content(KEY), 'hello world')
  assert.equal(await text(await client.getPartialObject(bucket, KEY, 6, 5)), 'world')
  const { size, metaData } = await client.statObject(bucket, KEY)
  assert.deepEqual([size, metaData.colour], [11, 'red'])
  await assert.rejects(client.statObject(bucket, 'none'), { code: 'NotFound' })
  console.log('put, get, range, head')

  assert.deepEqual(await keysOf('', true), [KEY, 'stream'])
  assert.deepEqual((await keysOf('', false)).sort(), ['a b/', 'stream'])
  console.log('list')

  await client.copyObject(
    new CopySourceOptions({ Bucket: bucket, Object: KEY }),
    new CopyDestinationOptions({ Bucket: bucket, Object: 'copy' }),
  )
  assert.equal(await content('copy'), 'hello world')
  console.log('copy')

  const large = Buffer.alloc(6 * MIB, 'p')
  await client.putObject(
    bucket,
    'parts',
    Readable.from([large.subarray(0, MIB), large.subarray(MIB)]),
    large.length,
  )
  assert.equal((await buffer(await client.getObject(bucket, 'parts'))).equals(large), true)
  assert.match((await client.statObject(bucket, 'parts')).etag, /-[12]$/)
  console.log('multipart')

  const got = await fetch(await client.presignedGetObject(bucket, KEY, 60))
  assert.deepEqual([got.status, await got.text()], [200, 'hello world'])
  const put = await fetch(await client.presignedPutObject(bucket, 'linked', 60), {
    method: 'PUT',
    body: 'by link',
  })
  assert.deepEqual([put.status, await content('linked')], [200, 'by link'])
  console.log('links')

  await client.removeObject(bucket, KEY)
  await client.removeObjects(bucket, ['stream', 'copy', 'parts', 'linked'])
  assert.deepEqual(await keysOf('', true), [])
  await client.removeBucket(bucket)
  assert.equal(await client.bucketExists(bucket), false)
  console.log('delete')
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
