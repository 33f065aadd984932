import type { PyObject, PyValue } from '../python/value.ts'
import { checkLimit } from './refusals.ts'

/** Attributes that every image has; all others are custom properties. */
export const BASE_ATTRIBUTES: ReadonlySet<string> = new Set(
  `checksum created_at container_format disk_format id min_disk min_ram name size virtual_size status tags owner updated_at
   visibility protected os_hidden`.split(/\s+/),
)

/** Names that nobody may give a property: those of old columns, and all that Glance keeps for itself. */
export function isReserved(name: string): boolean {
  return ['location', 'deleted', 'deleted_at'].includes(name) || name.startsWith('os_glance')
}

/** Custom properties by name; null where the schema lets one be null. */
export type Properties = Map<string, string | null>

/** The properties among the fields of a body. Their types were checked by the schema. */
export function propertiesOf(fields: PyObject): Properties {
  return new Map(
    [...fields].flatMap(([name, value]): [string, string | null][] =>
      BASE_ATTRIBUTES.has(name) || name === 'locations' ? [] : [[name, textOrNull(value)]],
    ),
  )
}

export function textOrNull(value: PyValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}

/** Refuses more properties than an image may have (413); Glance's own do not count. */
export function checkPropertyQuota(names: Iterable<string>): void {
  const count = [...names].filter((name) => !name.startsWith('os_glance')).length
  checkLimit('allowed image properties', count)
}

/** Properties as they are kept: texts in one place, the names of those that are null in another. */
export function splitNulls(properties: Properties): { attributes: Record<string, string>; nulls: string[] } {
  const attributes: Record<string, string> = {}
  const nulls: string[] = []
  for (const [name, value] of properties) {
    if (value === null) nulls.push(name)
    else
      Object.defineProperty(attributes, name, { value, enumerable: true, writable: true, configurable: true })
  }
  return { attributes, nulls }
}
