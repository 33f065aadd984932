import { checkSecretKeys } from '../accounts/credentials.ts'
import { checkContents, checkIntegrity } from '../database/contents.ts'
import { type Db, openDatabase } from '../database/open.ts'
import { checkSettings, readSetting } from '../database/settings.ts'
import { SetupError } from '../lib/errors.ts'
import { safeParse } from '../lib/parse.ts'
import type { Cloud } from '../simulation/cloud.ts'
import { jobPayloads } from '../simulation/queries/jobs.ts'
import type { WorldCopy } from './open-world.ts'
import { CLOCK } from './world-clock.ts'

/**
 * Checks everything in a database that code trusts when it reads it later: a world that comes from elsewhere may have been
 * changed or damaged on the way. It reads every row once.
 * @param name the file in the message.
 * @throws SetupError that says what was found where, and what to do.
 */
export function checkWorld(db: Db, { jobKinds }: Pick<Cloud, 'jobKinds'>, name: string): void {
  try {
    checkIntegrity(db)
    checkContents(db)
    checkSettings(db)
    if (readSetting(db, CLOCK) === undefined) throw new SetupError('its table settings has no clock')
    checkSecretKeys(db)
    checkPayloads(db, jobKinds)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    throw new SetupError(
      `${name} was changed or damaged after an ims-emulator wrote it: ${error.message}. Take an intact copy; GET /_ims/database gives one.`,
    )
  }
}

/**
 * Checks a copy of a world that was read from a file, before it takes the place of anything.
 * @throws SetupError as {@link checkWorld} does, and for a database of another schema.
 */
export function checkCopy({ database }: Pick<WorldCopy, 'database'>, cloud: Cloud, name: string): void {
  const { db, close } = openDatabase(undefined, database, name)
  try {
    checkWorld(db, cloud, name)
  } finally {
    close()
  }
}

function checkPayloads(db: Db, jobKinds: Cloud['jobKinds']): void {
  for (const { id, type, payload } of jobPayloads(db)) {
    const form = jobKinds.get(type)?.payload
    const issue = form && safeParse(form, payload).error?.issues[0]
    if (issue !== undefined)
      throw new SetupError(
        `the payload of the job ${id} (${type}) in its table jobs has another form than such jobs have (${issue.message}, at ${issue.path.join('.') || 'the top'})`,
      )
  }
}
