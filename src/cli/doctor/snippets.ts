import type { Reached } from './emulator.ts'

/** Clients that have a snippet. */
export const CLIENTS = ['curl', 'python', 'go', 'java', 'node', 'terraform', 'openstack'] as const
export type Client = (typeof CLIENTS)[number]

/** The clients that find something to talk to: a stock Glance has no API of the cloud. */
export function clientsFor({ glance }: Reached): readonly Client[] {
  return glance === 'stock' ? ['curl', 'openstack'] : CLIENTS
}

/** Renders the code or the shell lines that point a client at a world, with its address and credentials. */
export function snippetFor(client: Client, reached: Reached): string {
  return SNIPPETS[client](reached)
}

/** The variable by which the Python SDK of version 3 finds the image service of a region. */
function regionVariable(region: string): string {
  return `HUAWEICLOUD_SDK_REGION_IMS_${region.toUpperCase().replaceAll('-', '_')}`
}

const SNIPPETS: Readonly<Record<Client, (reached: Reached) => string>> = {
  curl: ({ endpoint, token, glance }) =>
    `curl -H 'X-Auth-Token: ${token}' '${endpoint}${glance === 'stock' ? '/v2/images?limit=1' : '/v2/cloudimages?__imagetype=gold&limit=1'}'`,
  python: ({ endpoint, accessKey, secretKey, projectId, region }) =>
    `from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkims.v2 import ImsClient, ListImagesRequest

credentials = BasicCredentials('${accessKey}', '${secretKey}', '${projectId}')
client = ImsClient.new_builder().with_credentials(credentials).with_endpoint('${endpoint}').build()
print(client.list_images(ListImagesRequest(imagetype='gold')))

# tools that only take a region, such as Cloud Custodian, find the address in the environment:
# export ${regionVariable(region)}=${endpoint}`,
  // The Go SDK drops the path of an endpoint; the emulator finds the world by the access key.
  go: ({ url, accessKey, secretKey, projectId }) =>
    `import (
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	ims "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2"
)

auth, err := basic.NewCredentialsBuilder().WithAk("${accessKey}").WithSk("${secretKey}").WithProjectId("${projectId}").SafeBuild()
http, err := ims.ImsClientBuilder().WithEndpoints([]string{"${new URL(url).origin}"}).WithCredential(auth).SafeBuild()
client := ims.NewImsClient(http)`,
  java: ({ endpoint, accessKey, secretKey, projectId }) =>
    `import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.ims.v2.ImsClient;

var auth = new BasicCredentials().withAk("${accessKey}").withSk("${secretKey}").withProjectId("${projectId}");
var client = ImsClient.newBuilder().withCredential(auth).withEndpoint("${endpoint}").build();`,
  node: ({ endpoint, accessKey, secretKey, projectId }) =>
    `import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core'
import { ImsClient } from '@huaweicloud/huaweicloud-sdk-ims'

const auth = new BasicCredentials().withAk('${accessKey}').withSk('${secretKey}').withProjectId('${projectId}')
const client = ImsClient.newBuilder().withCredential(auth).withEndpoint('${endpoint}').build()`,
  terraform: ({ endpoint, accessKey, secretKey, region, projectId }) =>
    `provider "huaweicloud" {
  region     = "${region}"
  project_id = "${projectId}"
  access_key = "${accessKey}"
  secret_key = "${secretKey}"
  auth_url   = "${endpoint}/v3"
  endpoints = {
    iam = "${endpoint}"
    ims = "${endpoint}"
    eps = "${endpoint}"
  }
}`,
  openstack: ({ endpoint, region, token, projectId }) =>
    `export OS_AUTH_TYPE=v3token OS_AUTH_URL=${endpoint}/v3 OS_TOKEN=${token} OS_PROJECT_ID=${projectId} OS_REGION_NAME=${region}
openstack image list`,
}
