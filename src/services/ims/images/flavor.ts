import { fail } from '../errors.ts'
import type { Condition } from '../queries/image-list.ts'

/** `c3.xlarge.2`, `g1.2xlarge`, `kc1.large.4`: series, size, and memory per core. BMS flavors (`physical.…`) are none. */
const ECS_FLAVOR = /^([a-z]+)\d+[a-z]*\.[a-z0-9]+(?:\.[a-z0-9]+)?$/

/** GPU flavors by what an image must say of itself (quota-os-version-misc.md, "GPU types"). */
const GPU_FLAVORS: ReadonlyMap<string, Condition> = new Map(
  Object.entries({
    '__support_xen_gpu_type=M60_vGPU': 'g1.xlarge g1.2xlarge',
    '__support_kvm_gpu_type=M60': 'g1.xlarge g1.2xlarge g3.4xlarge.4',
    '__support_kvm_gpu_type=V100_vGPU': 'g5.8xlarge.4',
    '__support_kvm_gpu_type=P2V_V100': 'p2v.2xlarge.8',
    '__support_kvm_gpu_type=P100': 'p1.2xlarge.8 p1.4xlarge.8',
    '__support_kvm_gpu_type=V100': 'p2.2xlarge.8 p2.4xlarge.8',
  })
    .flatMap(([need, flavors]) => flavors.split(' ').map((flavor) => ({ flavor, need: needed(need) })))
    .reduce((byFlavor, { flavor, need }) => {
      const before = byFlavor.get(flavor)
      return byFlavor.set(flavor, before === undefined ? need : { anyOf: [before, need] })
    }, new Map<string, Condition>()),
)

const ARM = needed('__support_arm=true')
const VIRTUAL: Condition = { anyOf: [needed('__support_kvm=true'), needed('__support_xen=true')] }

/** Series of flavors that ask more of an image than to run on KVM or Xen. */
const SERIES: Readonly<Record<string, Condition>> = {
  m: needed('__support_largememory=true'),
  e: needed('__support_largememory=true'),
  d: needed('__support_diskintensive=true'),
  h: needed('__support_highperformance=true'),
  hc: needed('__support_highperformance=true'),
}

function needed(attributeAndValue: string): Condition {
  const [attribute = '', value = ''] = attributeAndValue.split('=')
  return { attribute, value }
}

/**
 * What an image must say of itself to be usable with an ECS flavor: Kunpeng series (`k…`) run ARM images, GPU flavors
 * images of their GPU, memory, disk and computing series images that say so, all others what runs on KVM or Xen.
 * @throws CodedRefusal IMG.0192 when it is no ECS flavor.
 */
export function usableWith(flavor: string): Condition {
  const series = ECS_FLAVOR.exec(flavor)?.[1]
  if (series === undefined) throw fail('IMG.0192', { flavor })
  const gpu = GPU_FLAVORS.get(flavor)
  if (gpu !== undefined) return gpu
  if (series.startsWith('k')) return ARM
  const more = SERIES[series]
  return { allOf: [VIRTUAL, { not: ARM }, ...(more === undefined ? [] : [more])] }
}
