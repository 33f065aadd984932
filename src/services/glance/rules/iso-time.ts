/**
 * `2024`, `2024-5`, `20240506`, `2024-05-06T07:08:09.5+02:00`: what Glance reads as a time, by the rules of Python's
 * iso8601. Fields that are missing are the first of their kind, a missing zone is UTC.
 */
const TIME = new RegExp(
  [
    String.raw`^(?<year>\d{4})`,
    String.raw`(?:(?:-(?<month>\d{1,2})|(?<plainMonth>\d{2})(?!$))`,
    String.raw`(?:(?:-(?<day>\d{1,2})|(?<plainDay>\d{2}))`,
    String.raw`(?:[ T](?<hour>\d{2})(?::?(?<minute>\d{2}))?(?::?(?<second>\d{1,2})(?:[.,](?<fraction>\d+))?)?`,
    String.raw`(?:Z|(?<sign>[+-])(?<zoneHour>\d{2}):?(?<zoneMinute>\d{2})?)?)?)?)?$`,
  ].join(''),
)

/** Milliseconds since the epoch, with a fraction down to the microsecond; undefined when it is no time. */
export function parseIsoTime(text: string): number | undefined {
  const fields = TIME.exec(text)?.groups
  if (fields === undefined) return undefined
  const number = (name: string, otherwise = 0) => Number(fields[name] ?? otherwise)
  const month = Number(fields.month ?? fields.plainMonth ?? 1)
  const day = Number(fields.day ?? fields.plainDay ?? 1)
  const [year, hour, minute, second] = [number('year'), number('hour'), number('minute'), number('second')]
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const micros = Math.floor(Number(`0.${fields.fraction ?? '0'}`) * 1e6)
  const ms = daysSinceEpoch(year, month, day) * 86_400_000 + ((hour * 60 + minute) * 60 + second) * 1000
  const offset = (number('zoneHour') * 60 + number('zoneMinute')) * (fields.sign === '-' ? -1 : 1)
  return ms + micros / 1000 - offset * 60_000
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

function daysSinceEpoch(year: number, month: number, day: number): number {
  const before = year - 1
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  let days = before * 365 + leapDays + day - 1
  for (let earlier = 1; earlier < month; earlier += 1) days += daysIn(year, earlier)
  return days - 719_162
}
