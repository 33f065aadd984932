import type { RequestContext } from '../../../contract/call.ts'
import type { CodedRefusal } from '../../../lib/errors.ts'
import { fail } from '../errors.ts'
import { checkEnterpriseProject } from '../own-projects.ts'
import { findImage, type Image, updateImage } from '../queries/images.ts'
import type { ImageRow } from '../tables.ts'
import { checkActive, checkOwnImage, namedImage } from './find.ts'

/** One operation of a patch. The contract has already checked the form of names, descriptions and sizes. */
export interface AttributeChange {
  op: 'add' | 'replace' | 'remove'
  attribute: string
  value?: string | number | boolean | undefined
}

/** Attributes that other calls set, or that never change. */
const RESERVED: ReadonlySet<string> = new Set(
  `id owner status visibility protected tags file self schema checksum size virtual_size created_at updated_at active_at
   container_format disk_format min_disk __imagetype __isregistered __image_source_type __image_size __os_version __os_type
   __os_bit __platform virtual_env_type __data_origin __root_origin __originalimagename __backup_id __system__cmkid
   __productcode __whole_image __image_location __system_support_market _sys_enterprise_project_id os_hidden deleted
   deleted_at`.split(/\s+/),
)
/** Attributes that may be replaced without having been set: clients do so. */
const ALWAYS_REPLACEABLE: ReadonlySet<string> = new Set(['min_ram', 'max_ram'])
const FLAGS: ReadonlySet<string> = new Set(
  `__support_kvm __support_xen __support_largememory __support_diskintensive __support_highperformance __support_xen_hana
   __support_kvm_infiniband __support_kvm_hi1822_hisriov __support_kvm_hi1822_hivirtionet`.split(/\s+/),
)
const ALLOWED_VALUES: ReadonlyMap<string, readonly string[]> = new Map([
  ['__support_xen_gpu_type', ['M60_vGPU']],
  ['__support_kvm_gpu_type', ['M60', 'V100_vGPU', 'P2V_V100', 'P100', 'V100']],
  ['__support_fc_inject', ['true', 'false']],
  ['__support_amd', ['true', 'false']],
  ['__is_config_init', ['true', 'false']],
  ['hw_vif_multiqueue_enabled', ['true', 'false']],
])
/** Attributes that exclude each other: a GPU or HANA excludes plain Xen and KVM, InfiniBand excludes Xen. */
const EXCLUSIONS: readonly (readonly [string, string])[] = [
  ['__support_xen_gpu_type', '__support_xen'],
  ['__support_xen_gpu_type', '__support_kvm'],
  ['__support_kvm_gpu_type', '__support_xen'],
  ['__support_kvm_gpu_type', '__support_kvm'],
  ['__support_xen_hana', '__support_xen'],
  ['__support_xen_hana', '__support_kvm'],
  ['__support_kvm_infiniband', '__support_xen'],
]

interface Draft {
  name: string | null
  minRam: number
  attributes: Map<string, string>
}

/** Applies a patch to one of the caller's own active images, completely or not at all. @returns the changed image. */
export function updateImageAttributes(
  context: RequestContext,
  imageId: string,
  changes: readonly AttributeChange[],
): Image {
  const { world, caller } = context
  return world.db.transaction(() => {
    const image = namedImage(context, imageId)
    checkOwnImage(caller, image, 'IMG.0105')
    checkActive(image)
    const attributes = new Map(Object.entries(image.attributes))
    const draft: Draft = { name: image.name, minRam: image.minRam, attributes }
    for (const change of changes) {
      if (change.attribute === 'enterprise_project_id' && change.value !== undefined)
        checkEnterpriseProject(world, caller, String(change.value))
      applyChange(draft, change)
    }
    checkCombination(image.attributes, Object.fromEntries(attributes))
    const row: Partial<ImageRow> = {
      ...draft,
      attributes: Object.fromEntries(attributes),
      updatedAt: world.clock.now(),
    }
    updateImage(world.db, imageId, row)
    return findImage(world.db, imageId) ?? image
  })
}

function conflict(change: AttributeChange): CodedRefusal {
  return fail('IMG.0035', { ...change })
}

function applyChange(draft: Draft, change: AttributeChange): void {
  const { op, attribute, value } = change
  const core = attribute === 'name' || attribute === 'min_ram'
  if (RESERVED.has(attribute) || (attribute !== attribute.toLowerCase() && attribute !== ''))
    throw conflict(change)
  const present = core || draft.attributes.has(attribute)
  if (op === 'remove') {
    if (core || !present) throw conflict(change)
    draft.attributes.delete(attribute)
    return
  }
  if (op === 'replace' && !present && !ALWAYS_REPLACEABLE.has(attribute)) throw conflict(change)
  if (value === undefined) throw fail('IMG.0001', { ...change })
  if (attribute === 'name') draft.name = String(value)
  else if (attribute === 'min_ram') draft.minRam = Number(value)
  else setAttribute(draft, change, String(value))
}

function setAttribute(draft: Draft, change: AttributeChange, value: string): void {
  const { attribute } = change
  if (attribute === '__description' && value === '') {
    draft.attributes.delete('__description')
    return
  }
  checkValue(draft.attributes.get(ARM), change, value)
  draft.attributes.set(attribute, value)
}

/** The attribute that tells whether an image is for ARM servers, `true` or `false`. */
const ARM = '__support_arm'

/**
 * Checks the value of an attribute.
 * @param supportsArm the image's own attribute.
 * @throws CodedRefusal IMG.0141 for a firmware that the image cannot start with, IMG.0035 for any other value that is not
 * allowed.
 */
function checkValue(supportsArm: string | undefined, change: AttributeChange, value: string): void {
  const { attribute } = change
  if (attribute === 'hw_firmware_type') {
    const arm = supportsArm === 'true'
    if (!(value === 'uefi' || (value === 'bios' && !arm))) throw fail('IMG.0141', { value, arm })
  }
  const allowed = FLAGS.has(attribute) ? ['true'] : ALLOWED_VALUES.get(attribute)
  if (allowed !== undefined && !allowed.includes(value)) throw conflict(change)
}

/** True for an attribute that only the image service sets. */
export function isReservedAttribute(attribute: string): boolean {
  return RESERVED.has(attribute)
}

/** Checks the new values of changed attributes, one by one and together. @throws CodedRefusal IMG.0035, IMG.0141 */
export function checkAttributeValues(
  before: Record<string, string>,
  after: Record<string, string>,
  changed: readonly string[],
): void {
  for (const attribute of changed) {
    const value = Object.hasOwn(after, attribute) ? after[attribute] : undefined
    if (value !== undefined) checkValue(after[ARM], { op: 'replace', attribute, value }, value)
  }
  checkCombination(before, after)
}

function checkCombination(before: Record<string, string>, after: Record<string, string>): void {
  for (const [one, other] of EXCLUSIONS) {
    const added = (one in after && !(one in before)) || (other in after && !(other in before))
    if (added && one in after && other in after) throw fail('IMG.0035', { conflict: [one, other] })
  }
}
