import { connectWorld } from '../../client/emulator-client.ts'
import type { WorldFlags } from '../address.ts'
import { printJson, printLines } from '../output.ts'

/** `phase show`. */
export async function show({ url, world, json }: WorldFlags): Promise<void> {
  const phase = await (await connectWorld(url, world)).phase.show()
  if (json) printJson({ phase })
  else printLines([phase ?? 'none; the scenario has no phases'])
}

/** `phase enter`. */
export async function enter(phase: string, { url, world, json }: WorldFlags): Promise<void> {
  await (await connectWorld(url, world)).phase.enter(phase)
  if (json) printJson({ phase })
  else printLines([`${world} is in phase ${phase}`])
}
