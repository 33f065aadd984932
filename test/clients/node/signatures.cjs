/** Every request is let in when it is signed with the right secret key, and none with another one. */
const { BasicCredentials } = require('@huaweicloud/huaweicloud-sdk-core')
const { check, clientWith, demo, inShort, send } = require('./checks.cjs')
const { requests } = require('./requests.cjs')

function signedWith(secretKey) {
  return clientWith(
    new BasicCredentials().withAk(demo.access_key).withSk(secretKey).withProjectId(demo.project_id),
  )
}

async function rightOnes() {
  const client = signedWith(demo.secret_key)
  for (const { what, answer, options } of requests) {
    check(`node signs ${what}`, inShort(await send(client, options)), answer)
  }
}

async function wrongOnes() {
  const client = signedWith('not-the-secret-key')
  for (const { what, options } of requests) {
    const { httpStatusCode, errorCode, requestId } = await send(client, options)
    const named = /^[0-9a-f]{32}$/.test(requestId)
    const found = [httpStatusCode, errorCode, named]
    check(`node with a wrong secret key is refused ${what}`, found, [401, 'APIGW.0301', true])
  }
}

exports.verify = async () => {
  await rightOnes()
  await wrongOnes()
}
