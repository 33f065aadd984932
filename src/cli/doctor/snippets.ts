import type { Reached } from './emulator.ts'

/** Clients that have a snippet. */
export const CLIENTS = ['curl', 'python', 'go', 'java', 'node', 'terraform', 'openstack'] as const
export type Client = (typeof CLIENTS)[number]

/** Renders the code or the shell lines that point a client at a world, with its address and credentials. */
export function snippetFor(client: Client, reached: Reached): string {
  return SNIPPETS[client](reached)
}

const SNIPPETS: Readonly<Record<Client, (reached: Reached) => string>> = {
  curl: ({ endpoint, token }) =>
    `curl -H 'X-Auth-Token: ${token}' '${endpoint}/v2/cloudimages?__imagetype=gold&limit=1'`,
  python: ({ endpoint, accessKey, secretKey, projectId }) =>
    `from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkims.v2 import ImsClient, ListImagesRequest

credentials = BasicCredentials('${accessKey}', '${secretKey}', '${projectId}')
client = ImsClient.new_builder().with_credentials(credentials).with_endpoint('${endpoint}').build()
print(client.list_images(ListImagesRequest(imagetype='gold')))`,
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
