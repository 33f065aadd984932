import { parseTime, wireSeconds } from '../../lib/time.ts'

/** How far a signature's date may lie from a clock that it is held against, in milliseconds (15 minutes, inclusive). */
export const LARGEST_SKEW = 900_000

/** `20240506T070809Z`: the form of X-Sdk-Date. */
export function sdkDate(ms: number): string {
  return wireSeconds(ms).replaceAll(/[-:]/g, '')
}

/** Reads an X-Sdk-Date into milliseconds since the epoch; undefined when it is in another form or names no day. */
export function parseSdkDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second] = match
  const ms = parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  // A day that the month does not have is taken for one of the next month: only what reads back the same is a date.
  return ms !== undefined && sdkDate(ms) === text ? ms : undefined
}
