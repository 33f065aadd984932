import { BACKUP, diskOf, SERVER, VAULT } from '../../demo-world.ts'
import type { Sent, TestEmulator } from '../../emulator.ts'
import { addImages, imageId, PARTNER } from '../../private-image.ts'

/** A successful request of an operation on an image that is made for it. */
interface SampleRequest extends Sent {
  /** The path parameters beside the project and the image. */
  params?: Record<string, string>
  /** The image of the request; by default a private one with a tag and a pending member, the partner. */
  image?: Record<string, unknown>
  query?: string
  /** The rights that it needs beside those of every request of the operation. */
  needs?: readonly string[]
}

const IMAGE = { tags: ['env=test'], members: [{ project_id: PARTNER, status: 'pending' }] }
const UPLOADABLE = { status: 'queued', disk_format: 'raw' }
const FILE = { name: 'sample', image_url: 'images:tiny.qcow2', min_disk: 1 }
/** An object of its own, because no export replaces another. */
const targetOf = (imageId: string) => ({ bucket_url: `images:${imageId}.qcow2`, file_format: 'qcow2' })
const READS_FILE = ['obs:object:GetObject']
const TESTING = { enterprise_project_id: '60000000-0000-4000-8000-000000000002' }
const TAG = { key: 'env', value: 'test' }
const patch = (path: string, value: string) => [{ op: 'replace', path, value }]

type Sample = SampleRequest | ((imageId: string) => SampleRequest)

/** One request for every operation that needs a right, or several where the rights depend on the request. */
const SAMPLES: Readonly<Record<string, Sample | readonly Sample[]>> = {
  CreateImage: [
    { json: FILE, needs: READS_FILE },
    { json: { name: 'sample', instance_id: SERVER.web }, needs: ['ecs:cloudServers:get'] },
    { json: { data_images: [{ name: 'sample', volume_id: diskOf(1, 2) }] }, needs: ['evs:volumes:get'] },
  ],
  CreateDataImage: { json: FILE, needs: READS_FILE },
  CreateWholeImage: [
    { json: { name: 'sample', instance_id: SERVER.csbs }, needs: ['ecs:cloudServers:get'] },
    {
      json: { name: 'sample', instance_id: SERVER.stopped, vault_id: VAULT.servers },
      needs: ['ecs:cloudServers:get', 'cbr:vaults:backup'],
    },
    { json: { name: 'sample', backup_id: BACKUP.cbr, whole_image_type: 'CBR' }, needs: ['cbr:backups:get'] },
  ],
  ImportImageQuick: [
    {
      json: { ...FILE, image_url: 'images:disk.zvhd2', os_version: 'CentOS 7.6 64bit' },
      needs: ['ims:serverImages:create', ...READS_FILE],
    },
    {
      json: { ...FILE, image_url: 'images:disk.zvhd2', type: 'DataImage' },
      needs: ['ims:dataImages:create', ...READS_FILE],
    },
  ],
  RegisterImage: { image: UPLOADABLE, json: { image_url: 'images:tiny.qcow2' }, needs: READS_FILE },
  CopyImageInRegion: [
    { json: { name: 'copied' } },
    {
      json: { name: 'copied', enterprise_project_id: '60000000-0000-4000-8000-000000000001' },
      needs: ['ims:serverImages:create'],
    },
  ],
  CopyImageCrossRegion: {
    json: { name: 'copied', region: 'cn-east-3', agency_name: 'ims_admin_agency', project_name: 'cn-east-3' },
  },
  ListImages: {},
  UpdateImage: [
    { json: patch('/name', 'renamed') },
    {
      json: [{ op: 'add', path: '/enterprise_project_id', value: '60000000-0000-4000-8000-000000000001' }],
      needs: ['ims:serverImages:create'],
    },
  ],
  ExportImage: (id) => ({ json: targetOf(id), needs: ['obs:object:PutObject'] }),
  BatchAddMembers: (id) => ({ image: {}, json: { images: [id], projects: [PARTNER] } }),
  BatchUpdateMembers: (id) => ({
    image: { owner: PARTNER, members: [{ project_id: '{project}', status: 'pending' }] },
    json: { images: [id], project_id: '{project}', status: 'accepted' },
  }),
  BatchDeleteMembers: (id) => ({ json: { images: [id], projects: [PARTNER] } }),
  ListImageMembers: {},
  ShowImageMember: { params: { member_id: PARTNER } },
  CreateOrUpdateTags: (id) => ({ json: { image_id: id, image_tag: TAG } }),
  ListTags: {},
  AddImageTag: { json: { tag: TAG } },
  ListImageTags: {},
  DeleteImageTag: { params: { key: 'env' } },
  BatchAddOrDeleteTags: { json: { action: 'create', tags: [TAG] } },
  BatchDeleteTags: { json: { tags: [{ key: 'env' }] } },
  ListImagesTags: {},
  ListImageByTags: { json: { action: 'filter' } },
  ShowImageQuota: {},
  ListOsVersions: {},
  GlanceListImages: {},
  GlanceCreateImageMetadata: { json: { name: 'sample', disk_format: 'qcow2', container_format: 'bare' } },
  GlanceShowImage: {},
  GlanceUpdateImage: {
    json: patch('/name', 'renamed'),
    headers: { 'Content-Type': 'application/openstack-images-v2.1-json-patch' },
  },
  GlanceDeleteImage: {},
  GlanceDeactivateImage: {},
  GlanceReactivateImage: { image: { status: 'deactivated' } },
  GlanceDownloadImage: {},
  GlanceUploadImage: {
    image: UPLOADABLE,
    body: 'QFI\xfb',
    headers: { 'Content-Type': 'application/octet-stream' },
  },
  GlanceCreateTag: { params: { tag: 'sample' } },
  GlanceDeleteTag: { image: { tags: ['sample'] }, params: { tag: 'sample' } },
  GlanceListImageMembers: {},
  GlanceAddImageMember: { image: {}, json: { member: PARTNER } },
  GlanceShowImageMember: { params: { member_id: PARTNER } },
  GlanceUpdateImageMember: {
    image: { owner: PARTNER, members: [{ project_id: '{project}', status: 'pending' }] },
    params: { member_id: '{project}' },
    json: { status: 'accepted' },
  },
  GlanceDeleteImageMember: { params: { member_id: PARTNER } },
  HeadImageV1: {},
  ListImagesV1: {},
  DeleteImageV1: {},
  ListEnterpriseProject: {},
  CreateEnterpriseProject: (id) => ({ json: { name: `made-${id}` } }),
  ShowEnterpriseProject: { params: TESTING },
  UpdateEnterpriseProject: (id) => ({ params: TESTING, json: { name: `renamed-${id}` } }),
  EnableEnterpriseProject: [
    { params: TESTING, json: { action: 'disable' }, needs: ['eps:enterpriseProjects:disable'] },
    { params: TESTING, json: { action: 'enable' }, needs: ['eps:enterpriseProjects:enable'] },
  ],
  ShowResourceBindEnterpriseProject: {
    params: TESTING,
    json: { projects: ['{project}'], resource_types: ['images'] },
  },
  MigrateResource: (id) => ({
    params: { enterprise_project_id: '60000000-0000-4000-8000-000000000001' },
    json: { resource_type: 'images', resource_id: id, project_id: '{project}', region_id: 'cn-north-4' },
  }),
  KeystoneCreateProject: (id) => ({ json: { project: { name: `cn-north-4_${id}` } } }),
  KeystoneListUsers: {},
  ListTraces: {},
  ListOperations: {},
  ListTraceResources: { params: { domain_id: '0605767a7780d5e50fe5c00a6d1b1c2a' } },
  ListUserResources: {},
  ListTrackers: {},
  ListQuotas: {},
}

/** The conditional rights that a sample needs. */
export function neededRights(sample: Sample): readonly string[] {
  return (typeof sample === 'function' ? sample(imageId(0)) : sample).needs ?? []
}

/** The samples of an operation; a call in safe mode has those of the call itself. */
export function samplesOf(operationId: string): readonly Sample[] {
  return [SAMPLES[operationId.replace(/InSafeMode$/, '')] ?? []].flat()
}

let made = 0

/** Makes the image of a sample and returns the request for it. */
export async function prepare(
  emulator: TestEmulator,
  path: string,
  sample: Sample,
): Promise<{ path: string; sent: Sent }> {
  const id = imageId(++made)
  const {
    image = IMAGE,
    params = {},
    query = '',
    needs: _needs,
    ...sent
  } = typeof sample === 'function' ? sample(id) : sample
  const here = <Part>(part: Part): Part =>
    JSON.parse(JSON.stringify(part).replaceAll('{project}', emulator.projectId))
  await addImages(emulator, { ...here(image), id })
  const all: Record<string, string> = { project_id: emulator.projectId, image_id: id, ...here(params) }
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => all[name] ?? '')
  return { path: filled + query, sent: sent.json === undefined ? sent : { ...sent, json: here(sent.json) } }
}
