import { bytesInWords } from './bytes-in-words.ts'
import type { LocalDisk } from './local-disk.ts'

/** Told of an upload as it goes. */
export interface Progress {
  begin(): void
  moved(bytes: number): void
  done(): void
  broken(): void
}

/** A stream that people may be looking at. */
export interface Screen {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

/** A bar that moves on a terminal; elsewhere a line at the beginning and one at the end. */
export function progressOn(
  screen: Screen,
  { path, format, size }: Pick<LocalDisk, 'path' | 'format' | 'size'>,
): Progress {
  const what = `${path} (${format}, ${bytesInWords(size)})`
  return screen.isTTY ? movingBar(screen, size) : plainLines(screen, what)
}

function plainLines(screen: Screen, what: string): Progress {
  return {
    begin: () => screen.write(`uploading ${what}\n`),
    moved() {},
    done: () => screen.write(`uploaded ${what}\n`),
    broken() {},
  }
}

function movingBar(screen: Screen, size: number): Progress {
  let sent = 0
  let shown = ''
  const show = () => {
    const line = barLine(sent, size, screen.columns || 80)
    if (line !== shown) screen.write(`\r${line}`)
    shown = line
  }
  return {
    begin: show,
    moved(bytes) {
      sent += bytes
      show()
    },
    done: () => screen.write('\n'),
    broken: () => screen.write('\n'),
  }
}

/** Of an amount in words, such as `1023.9 MiB`: the bar does not jump as it grows. */
const WIDEST = 10

/** `[#####-----]  50 %  1.0 MiB of 2.0 MiB`, no wider than the screen. */
export function barLine(sent: number, size: number, columns: number): string {
  const share = size === 0 ? 1 : Math.min(1, sent / size)
  const total = bytesInWords(size)
  const counts = `${String(Math.floor(share * 100)).padStart(3)} %  ${bytesInWords(sent).padStart(WIDEST)} of ${total}`
  const room = Math.min(40, columns - counts.length - 5)
  if (room < 5) return counts
  const full = Math.floor(share * room)
  return `[${'#'.repeat(full)}${'-'.repeat(room - full)}] ${counts}`
}
