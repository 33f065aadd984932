import { z } from 'zod'

/** The world of every request that names no world. */
export const DEFAULT_WORLD = 'default'

export const WorldName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is up to 63 lower-case letters, digits and hyphens')
