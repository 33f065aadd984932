import type { TraceName } from '../../../simulation/trace-name.ts'

/**
 * The trace of a call of the image service's own API.
 * @see https://support.huaweicloud.com/intl/en-us/usermanual-ims/ims_01_0003.html Operations audited by CTS
 * @example imsTrace('createImage')
 */
export function imsTrace(name: string): TraceName {
  return { serviceType: 'IMS', resourceType: 'ims', name }
}

/** The trace of a call of the OpenStack image API, whose resource has another type. */
export function imageTrace(name: string): TraceName {
  return { serviceType: 'IMS', resourceType: 'image', name }
}
