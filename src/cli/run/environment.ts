import { type Variable, worldVariables } from '../world-variables.ts'
import type { Place } from './place.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The environment with variables set, and those removed that must not be there. */
export function environmentWith(environment: Environment, variables: readonly Variable[]): NodeJS.ProcessEnv {
  const changed = { ...environment }
  for (const [name, value] of variables) {
    if (value === null) delete changed[name]
    else changed[name] = value
  }
  return changed
}

/**
 * The variables by which the clients of the cloud find a world: the proxy, the region, and credentials under the names of each tool.
 * Variables with which a tool would find a real cloud, or other credentials, are removed.
 */
export function clientVariables(
  place: Pick<Place, 'url' | 'world' | 'glance'>,
  environment: Environment,
): Variable[] {
  const cloud = cloudOf(place)
  return [
    ...proxyVariables(place, environment),
    ...worldVariables(place.world, place.url),
    ...sdkVariables(place, environment),
    ...terraformVariables(place),
    ...openStackVariables(place, cloud),
    ...objectVariables(place, cloud),
  ]
}

/** The domain of the cloud that has a region. */
function cloudOf({ world: { region } }: Pick<Place, 'world'>): string {
  if (/^eu-(?:de|nl|ch2)\b/.test(region)) return 'otc.t-systems.com'
  return /^eu-west-1\d\d$/.test(region) ? 'myhuaweicloud.eu' : 'myhuaweicloud.com'
}

/** Hosts that are reached without the proxy: this machine's own. */
const DIRECT = ['localhost', '127.0.0.1', '::1']

function proxyVariables({ url, world }: Pick<Place, 'url' | 'world'>, environment: Environment): Variable[] {
  const { protocol, host, hostname } = new URL(url)
  // The user is the world; clients send no user without a password.
  const proxy = `${protocol}//${world.name}:x@${host}`
  const before = (environment.NO_PROXY ?? environment.no_proxy ?? '').split(/[\s,]+/)
  const direct = [...DIRECT, hostname.replace(/^\[|\]$/g, ''), ...before.filter(isNoCloud)]
  return [
    ...both('HTTPS_PROXY', proxy),
    ...both('HTTP_PROXY', proxy),
    ...both('NO_PROXY', [...new Set(direct)].join(',')),
    ...both('ALL_PROXY', null),
    // Node's own fetch reads the variables only when it is told to.
    ['NODE_USE_ENV_PROXY', '1'],
  ]
}

/** Both spellings of a variable: programs read one or the other. */
function both(name: string, value: string | null): Variable[] {
  return [
    [name, value],
    [name.toLowerCase(), value],
  ]
}

/** False for an entry of NO_PROXY that would lead clients past the emulator to a real cloud. */
function isNoCloud(entry: string): boolean {
  return entry !== '' && entry !== '*' && !/(?:huaweicloud\.(?:com|eu)|t-systems\.com)$/i.test(entry)
}

function removed(...names: readonly string[]): Variable[] {
  return names.map((name): Variable => [name, null])
}

/** The account of the demo user. */
function domainOf({ world }: Pick<Place, 'world'>): string | null {
  return Object.values(world.users)[0]?.domain_id ?? null
}

function sdkVariables(place: Pick<Place, 'world'>, environment: Environment): Variable[] {
  const regions = Object.keys(environment).filter((name) => name.startsWith('HUAWEICLOUD_SDK_REGION_'))
  return [
    ['HUAWEICLOUD_SDK_DOMAIN_ID', domainOf(place)],
    ...removed(
      ...['HUAWEICLOUD_SDK_SECURITY_TOKEN', 'HUAWEICLOUD_SDK_IAM_ENDPOINT', 'HUAWEICLOUD_SDK_REGIONS_FILE'],
      ...['HUAWEICLOUD_SDK_CREDENTIALS_FILE', ...regions],
    ),
  ]
}

/** Terraform and Packer read the same variables, but for HW_AUTH_URL: what one needs there is wrong for the other. */
function terraformVariables(place: Pick<Place, 'world'>): Variable[] {
  const { world } = place
  return [
    ['HW_REGION_NAME', world.region],
    ['HW_ACCESS_KEY', world.access_key],
    ['HW_SECRET_KEY', world.secret_key],
    ['HW_PROJECT_ID', world.project_id],
    ['HW_DOMAIN_ID', domainOf(place)],
    // The provider would ask the service of bills which website the account belongs to.
    ['SKIP_CHECK_WEBSITE_TYPE', 'true'],
    ...removed(
      ...[
        'HW_SECURITY_TOKEN',
        'HW_AUTH_TOKEN',
        'HW_AUTH_URL',
        'HW_CLOUD',
        'HW_PROJECT_NAME',
        'HW_DOMAIN_NAME',
      ],
      ...['HW_USER_NAME', 'HW_USER_ID', 'HW_USER_PASSWORD', 'HW_PROFILE', 'HW_SHARED_CREDENTIALS_FILE'],
      ...['HW_ASSUME_ROLE_AGENCY_NAME', 'HW_ASSUME_ROLE_DOMAIN_NAME', 'HW_ASSUME_ROLE_DOMAIN_ID'],
    ),
  ]
}

/** OpenStack's clients sign in by the token; the provider of Open Telekom Cloud takes the keys from variables of the same family. */
function openStackVariables({ world, glance }: Pick<Place, 'world' | 'glance'>, cloud: string): Variable[] {
  const identity = glance === 'stock' ? world.endpoint : `https://iam.${world.region}.${cloud}`
  return [
    ['OS_AUTH_TYPE', 'v3token'],
    ['OS_AUTH_URL', `${identity}/v3`],
    ['OS_IDENTITY_API_VERSION', '3'],
    ['OS_INTERFACE', 'public'],
    ['OS_TOKEN', world.token],
    ['OS_PROJECT_ID', world.project_id],
    ['OS_REGION_NAME', world.region],
    ['OS_ACCESS_KEY', world.access_key],
    ['OS_SECRET_KEY', world.secret_key],
    ...removed(
      ...['OS_CLOUD', 'OS_CLIENT_CONFIG_FILE', 'OS_AUTH_TOKEN', 'OS_USERNAME', 'OS_USER_ID', 'OS_PASSWORD'],
      ...[
        'OS_PROJECT_NAME',
        'OS_TENANT_ID',
        'OS_TENANT_NAME',
        'OS_DOMAIN_ID',
        'OS_DOMAIN_NAME',
        'OS_SYSTEM_SCOPE',
      ],
      ...['OS_USER_DOMAIN_ID', 'OS_USER_DOMAIN_NAME', 'OS_PROJECT_DOMAIN_ID', 'OS_PROJECT_DOMAIN_NAME'],
      ...['OS_DEFAULT_DOMAIN', 'OS_ENDPOINT', 'OS_IMAGE_ENDPOINT_OVERRIDE', 'OS_SECURITY_TOKEN'],
    ),
  ]
}

/** The object service, for the vendor's own SDKs and for those of S3. */
function objectVariables({ world }: Pick<Place, 'world'>, cloud: string): Variable[] {
  return [
    ['OBS_ACCESS_KEY_ID', world.access_key],
    ['OBS_SECRET_ACCESS_KEY', world.secret_key],
    ['AWS_ACCESS_KEY_ID', world.access_key],
    ['AWS_SECRET_ACCESS_KEY', world.secret_key],
    ['AWS_REGION', world.region],
    ['AWS_DEFAULT_REGION', world.region],
    ['AWS_ENDPOINT_URL_S3', `https://obs.${world.region}.${cloud}`],
    ['AWS_EC2_METADATA_DISABLED', 'true'],
    ...removed(
      ...[
        'OBS_SECURITY_TOKEN',
        'AWS_SESSION_TOKEN',
        'AWS_SECURITY_TOKEN',
        'AWS_PROFILE',
        'AWS_DEFAULT_PROFILE',
      ],
      ...['AWS_ENDPOINT_URL', 'AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
    ),
  ]
}
