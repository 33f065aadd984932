/** What the SDK asks the identity service, and the temporary access keys that it gives. */
const { BasicCredentials, GlobalCredentials, Region } = require('@huaweicloud/huaweicloud-sdk-core')
const { check, clientWith, demo, endpoint, inShort, send } = require('./checks.cjs')

const LIST = { url: '/v2/cloudimages', method: 'GET', queryParams: { limit: 1 } }

const region = () => new Region('cn-north-4', endpoint)

function signedBy(credential, { access, secret }) {
  return credential.withAk(access).withSk(secret).withIamEndpoint(endpoint)
}

const own = { access: demo.access_key, secret: demo.secret_key }

/** The SDK signs two bytes of body with this GET. */
async function projectIsLookedUp() {
  const credential = signedBy(new BasicCredentials(), own)
  check(
    'node calls in the project of the region',
    inShort(await send(clientWith(credential, region()), LIST)),
    '200',
  )
  check('node finds the project of the region', credential.projectId, demo.project_id)
}

async function accountIsLookedUp() {
  const client = clientWith(signedBy(new GlobalCredentials(), own), region())
  const { projects = [] } = await send(client, { url: '/v3/auth/projects', method: 'GET' })
  check(
    'node lists projects in the account that it found',
    projects.map(({ id }) => id).includes(demo.project_id),
    true,
  )
}

async function keyIsTemporary() {
  const auth = { identity: { methods: ['token'], token: { duration_seconds: 900 } } }
  const client = clientWith(signedBy(new BasicCredentials().withProjectId(demo.project_id), own))
  const { credential: key } = await send(client, {
    url: '/v3.0/OS-CREDENTIAL/securitytokens',
    method: 'POST',
    data: { auth },
  })
  const bare = signedBy(new BasicCredentials().withProjectId(demo.project_id), key)
  check(
    'node without the security token of its key is refused',
    inShort(await send(clientWith(bare), LIST)),
    '401 APIGW.0301',
  )
  const whole = bare.withSecurityToken(key.securitytoken)
  check('node calls with a temporary access key', inShort(await send(clientWith(whole), LIST)), '200')
}

exports.ask = async () => {
  await projectIsLookedUp()
  await accountIsLookedUp()
  await keyIsTemporary()
}
