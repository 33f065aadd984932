const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
])

/**
 * Parses a size into bytes; undefined for anything else.
 *
 * @example parseByteSize('1.5GiB') // 1_610_612_736
 */
export function parseByteSize(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?) ?([KMGT]iB|B)?$/.exec(text) ?? []
  const factor = UNITS.get(unit)
  if (number === '' || factor === undefined) return undefined
  const bytes = Number(number) * factor
  return Number.isSafeInteger(bytes) ? bytes : undefined
}
