// Drives the object service with the OBS SDK for Node: with_obs.cjs ENDPOINT ACCESS_KEY SECRET_KEY.
const assert = require('node:assert/strict')
const dns = require('node:dns')
const http = require('node:http')
const { Readable } = require('node:stream')
const { text } = require('node:stream/consumers')

// Names below localhost, which the machine may not know, lead to this machine.
const ask = dns.lookup
dns.lookup = (name, ...rest) => ask(name.endsWith('localhost') ? '127.0.0.1' : name, ...rest)

const ObsClient = require('esdk-obs-nodejs')

const [endpoint, access_key_id, secret_access_key] = process.argv.slice(2)
const Bucket = `node-${process.pid}`
const KEY = 'a b/ü+&=.txt'

function good({ CommonMsg, InterfaceResult }) {
  assert.ok(CommonMsg.Status < 300, JSON.stringify(CommonMsg))
  return InterfaceResult
}

/** Sends a request to a link, under the name of its host. */
function send(method, link, { headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = http.request(link, { method, headers: { ...headers } }, (answer) =>
      text(answer).then((whole) => resolve({ status: answer.statusCode, text: whole }), reject),
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

async function main() {
  const client = new ObsClient({ access_key_id, secret_access_key, server: endpoint, max_retry_count: 0 })
  // The client sets itself up after its constructor has returned.
  await new Promise((resolve) => setTimeout(resolve, 50))
  const content = async (Key, more = {}) =>
    String(good(await client.getObject({ Bucket, Key, ...more })).Content)
  const keysOf = async (query = {}) =>
    good(await client.listObjects({ Bucket, ...query })).Contents.map(({ Key }) => Key)

  good(await client.createBucket({ Bucket, Location: 'cn-north-4' }))
  good(await client.headBucket({ Bucket }))
  assert.ok(good(await client.listBuckets()).Buckets.some(({ BucketName }) => BucketName === Bucket))
  assert.equal(good(await client.getBucketLocation({ Bucket })).Location, 'cn-north-4')
  console.log('buckets')

  good(await client.putObject({ Bucket, Key: KEY, Body: 'hello world', Metadata: { colour: 'red' } }))
  good(await client.putObject({ Bucket, Key: 'stream', Body: Readable.from([Buffer.alloc(300_000, 's')]) }))
  assert.equal(await content(KEY), 'hello world')
  assert.equal(await content(KEY, { Range: 'bytes=6-10' }), 'world')
  assert.equal(Number(good(await client.getObjectMetadata({ Bucket, Key: 'stream' })).ContentLength), 300_000)
  assert.equal((await client.getObject({ Bucket, Key: 'none' })).CommonMsg.Code, 'NoSuchKey')
  console.log('put, get, range, head')

  assert.deepEqual(await keysOf(), [KEY, 'stream'])
  assert.deepEqual(await keysOf({ Prefix: 'a b/' }), [KEY])
  const cut = good(await client.listObjects({ Bucket, Delimiter: '/', MaxKeys: 1 }))
  assert.deepEqual(
    [cut.CommonPrefixes.map(({ Prefix }) => Prefix), cut.IsTruncated, cut.NextMarker],
    [['a b/'], 'true', 'a b/'],
  )
  console.log('list')

  good(await client.copyObject({ Bucket, Key: 'copy', CopySource: `${Bucket}/${KEY}` }))
  assert.equal(await content('copy'), 'hello world')
  console.log('copy')

  const { UploadId } = good(await client.initiateMultipartUpload({ Bucket, Key: 'parts' }))
  const part = { Bucket, Key: 'parts', UploadId }
  const one = good(await client.uploadPart({ ...part, PartNumber: 1, Body: 'p'.repeat(102_400) }))
  const two = good(await client.copyPart({ ...part, PartNumber: 2, CopySource: `${Bucket}/stream` }))
  assert.deepEqual(
    good(await client.listParts(part)).Parts.map(({ Size }) => Number(Size)),
    [102_400, 300_000],
  )
  const Parts = [one, two].map(({ ETag }, n) => ({ PartNumber: n + 1, ETag }))
  good(await client.completeMultipartUpload({ ...part, Parts }))
  assert.equal(await content('parts'), 'p'.repeat(102_400) + 's'.repeat(300_000))
  const half = good(await client.initiateMultipartUpload({ Bucket, Key: 'half' }))
  assert.deepEqual(
    good(await client.listMultipartUploads({ Bucket })).Uploads.map(({ Key }) => Key),
    ['half'],
  )
  good(await client.abortMultipartUpload({ Bucket, Key: 'half', UploadId: half.UploadId }))
  console.log('multipart')

  const get = client.createSignedUrlSync({ Method: 'GET', Bucket, Key: KEY, Expires: 60 })
  assert.equal(
    (await send('GET', get.SignedUrl, { headers: get.ActualSignedRequestHeaders })).text,
    'hello world',
  )
  const put = client.createSignedUrlSync({
    Method: 'PUT',
    Bucket,
    Key: 'signed',
    Expires: 60,
    Headers: { 'Content-Type': 'text/plain' },
  })
  const { status } = await send('PUT', put.SignedUrl, {
    headers: put.ActualSignedRequestHeaders,
    body: 'signed',
  })
  assert.equal(status, 200)
  assert.equal(await content('signed'), 'signed')
  console.log('links')

  const Objects = (await keysOf()).filter((Key) => Key !== KEY).map((Key) => ({ Key }))
  assert.equal(good(await client.deleteObjects({ Bucket, Objects })).Deleteds.length, Objects.length)
  assert.equal((await client.deleteBucket({ Bucket })).CommonMsg.Code, 'BucketNotEmpty')
  good(await client.deleteObject({ Bucket, Key: KEY }))
  good(await client.deleteBucket({ Bucket }))
  assert.equal((await client.headBucket({ Bucket })).CommonMsg.Status, 404)
  console.log('delete, multi-delete')
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
