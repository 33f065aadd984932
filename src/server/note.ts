import type { JournalEntry } from '../operations/journal.ts'
import type { ServerContext } from './body.ts'
import type { OpenWorld } from './worlds.ts'

/** Writes a request of the emulated cloud into the journal of its world. */
export function note(
  world: OpenWorld,
  context: ServerContext,
  { requestId, status, ...seen }: Partial<JournalEntry> & Pick<JournalEntry, 'requestId' | 'status'>,
): void {
  const { method, url } = context.req
  world.journal.add({
    requestId,
    at: world.clock.now(),
    method,
    path: url.slice(url.indexOf('/', url.indexOf('//') + 2)),
    operation: seen.operation,
    status,
    code: seen.code,
    projectId: seen.projectId,
    unread: seen.unread ?? [],
    rules: seen.rules ?? [],
  })
}
