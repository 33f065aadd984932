import type { Db } from '../database/open.ts'
import { countDraw } from '../database/settings.ts'
import { accessKeyId, drawBytes, hexId, secretText, timeUuid, unitInterval, uuid } from '../lib/ids.ts'

/**
 * The one source of chance of a world. Draws are numbered per purpose and the numbers are kept in the database, so the
 * same seed and the same requests give the same ids, across a restart too.
 */
export interface Chance {
  /** A UUID v4, as image ids are. */
  uuid(purpose: string): string
  /** A UUID v1 of an instant in ms since the epoch, as ids of traces are. */
  timeUuid(purpose: string, at: number): string
  /** 32 hex digits, as job ids are. */
  hexId(purpose: string): string
  /** Letters and digits, as tokens and secret keys are. */
  secret(purpose: string, length: number): string
  /** An access key. */
  accessKey(purpose: string): string
  /** A whole number between both ends, inclusive. */
  between(purpose: string, from: number, to: number): number
}

export function openChance(db: Db, seed: number): Chance {
  const draw = (purpose: string) => drawBytes(seed, purpose, countDraw(db, purpose))
  return {
    uuid: (purpose) => uuid(draw(purpose)),
    timeUuid: (purpose, at) => timeUuid(draw(purpose), at),
    hexId: (purpose) => hexId(draw(purpose)),
    secret: (purpose, length) => secretText(draw(purpose), length),
    accessKey: (purpose) => accessKeyId(draw(purpose)),
    between(purpose, from, to) {
      return from === to ? from : from + Math.floor(unitInterval(draw(purpose)) * (to - from + 1))
    },
  }
}
