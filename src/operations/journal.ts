/** One request of the emulated cloud and what became of it. */
export interface JournalEntry {
  requestId: string
  /** Virtual time of the answer, ms since the epoch. */
  at: number
  method: string
  /** With its query. */
  path: string
  /** The id of the operation that answered; undefined when none did. */
  operation: string | undefined
  status: number
  /** The code of the catalogue that was answered. */
  code: string | undefined
  /** The project of the caller; undefined when nobody was recognised. */
  projectId: string | undefined
  /** What was sent and is declared nowhere: `query.page`, `body.tags[0].colour`. */
  unread: readonly string[]
  /** Names of the rules that fired for it. */
  rules: readonly string[]
}

/** What was asked of a world lately, kept in memory. The control plane is not part of it. */
export interface Journal {
  /** The latest entries, oldest first. */
  entries(): JournalEntry[]
  /** How many there have been since the start or the last clearing, forgotten ones too. */
  readonly total: number
  clear(): void
}
