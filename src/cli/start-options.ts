import { InvalidArgumentError } from 'commander'

/** A port, or 0 for a free one. */
export function portNumber(text: string): number {
  const port = Number(text)
  if (/^tcp:/.test(text))
    throw new InvalidArgumentError(
      'Kubernetes sets IMS_PORT for a Service called ims: set enableServiceLinks: false, or give --port.',
    )
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError('Give a number from 0 to 65535.')
  return port
}

/** How many times faster than the cloud's the flows run. */
export function paceFactor(text: string): number | 'instant' {
  if (text === 'instant') return text
  const factor = Number(text)
  if (!Number.isFinite(factor) || factor <= 0)
    throw new InvalidArgumentError('Give a factor above 0 (1 is the pace of the cloud), or instant.')
  return factor
}

/** Virtual seconds per real one. */
export function clockRate(text: string): { rate: number } {
  if (text === 'host') return { rate: 1 }
  if (text === 'frozen') return { rate: 0 }
  const rate = Number(text)
  if (text.trim() === '' || !Number.isFinite(rate) || rate < 0)
    throw new InvalidArgumentError('Give host, frozen, or virtual seconds per real second.')
  return { rate }
}

/** What ids and jitter are drawn from. */
export function seedNumber(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}

/** Names of a list, separated by commas or spaces in a variable, by spaces on the command line. */
export function hostNames(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(/[\s,]+/).filter(Boolean)]
}
