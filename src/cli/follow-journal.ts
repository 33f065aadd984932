import { ControlFailure } from '../client/control-client.ts'
import type { FlatFilter, JournalPage } from '../client/journal-client.ts'
import type { WorldClient } from '../client/world.ts'
import { wait } from '../lib/wait.ts'
import { requestLines } from './journal-lines.ts'
import { paintTerminal } from './paint.ts'
import { printLines, remark } from './print.ts'
import { stopSignal } from './stop-signal.ts'

/** Real time between two looks, ms: soon for whoever watches, and little work for the emulator. */
const BETWEEN_LOOKS = 250
/** So many requests before the first look are shown, for one sees where one is. */
const SHOWN_BEFORE = 10

export interface Following {
  url: string
  json?: boolean
  limit: number | 'all'
  filter: FlatFilter & { bodies?: boolean }
}

/** Prints requests as they come, until it is told to stop, or the emulator has ended. */
export async function followJournal({ journal }: WorldClient, following: Following): Promise<void> {
  const { url, json, filter, limit } = following
  const stopped = stopSignal().then(() => true)
  const before = limit === 'all' ? {} : { limit: Math.min(limit, SHOWN_BEFORE) }
  let page = await journal.page({ ...filter, ...before })
  let last = 0
  for (;;) {
    print(page, json)
    last = page.requests.at(-1)?.number ?? last
    const { total } = page
    if (await Promise.race([stopped, wait(BETWEEN_LOOKS).then(() => false)])) return
    try {
      page = await journal.page({ ...filter, after: last })
      // It was cleared, or the world was reset and counts from 1 again: all that is there now is new.
      if (page.total < total) page = await journal.page(filter)
    } catch (error) {
      if (!(error instanceof ControlFailure) || error.status !== undefined) throw error
      return remark(`the emulator at ${url} has ended`)
    }
  }
}

function print({ requests }: JournalPage, json: boolean | undefined): void {
  printLines(
    requests.flatMap((entry) => (json ? [JSON.stringify(entry)] : requestLines(entry, paintTerminal))),
  )
}
