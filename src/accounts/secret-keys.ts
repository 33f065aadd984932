import { z } from 'zod'
import { readSetting, writeSetting } from '../database/settings.ts'
import { seal, unseal } from '../lib/encrypt.ts'
import type { World } from '../simulation/world.ts'

const SETTING = 'seal'

/**
 * A signature can be checked only with the secret key itself, so it cannot be kept as a hash. It is kept sealed with a
 * secret of the world's own: nobody who reads or searches a copy of the database comes across it.
 */
export function sealSecretKey(world: World, secretKey: string): string {
  return seal(secretKey, sealOf(world), world.chance.hexId('seal-nonce'))
}

export function openSecretKey(world: World, sealed: string): string {
  return unseal(sealed, sealOf(world))
}

function sealOf({ db, chance }: World): string {
  const kept = z.string().safeParse(readSetting(db, SETTING))
  if (kept.success) return kept.data
  const made = chance.hexId(SETTING)
  writeSetting(db, SETTING, made)
  return made
}
