import { ControlFailure, controlClient, sendWithKey } from '../../client/control-client.ts'
import { connectWorld } from '../../client/emulator-client.ts'
import type { Clock, WorldFacts } from '../../client/world-client.ts'
import { info } from '../../control/contract/status.ts'
import { showWorld } from '../../control/contract/worlds.ts'
import { packageVersion } from '../../lib/package-files.ts'
import { DEFAULT_WORLD } from '../../worlds/world-name.ts'
import { clockLines } from '../commands/clock.ts'
import type { Finding } from './machine.ts'

/** What clients need to reach a world: values of the world that was found, else those of a new default world. */
export interface Reached {
  /** The address of the emulator, without the path of a world. */
  url: string
  endpoint: string
  region: string
  projectId: string
  accessKey: string
  secretKey: string
  token: string
  auth: 'lenient' | 'strict'
  /** The edition of the OpenStack image API; with `stock` there is no API of the cloud. */
  glance: 'huawei' | 'stock'
}

/**
 * Checks that an emulator answers at the address and has the world.
 * @returns what was found, and values for clients, which are those of a new default world when nothing answers.
 */
export async function checkEmulator(
  url: string,
  world: string,
): Promise<{ reached: Reached; findings: Finding[] }> {
  const control = controlClient(url, sendWithKey)
  try {
    const about = await control.call(info, info.responses[200])
    const facts = await control.call(showWorld, showWorld.responses[200], { params: { world } })
    const clock = await (await connectWorld(url, world)).clock.show()
    return {
      reached: reachedAt(url, facts, about.glance),
      findings: [sameVersion(url, about), ...editionFindings(about.glance), ...worldFindings(facts, clock)],
    }
  } catch (error) {
    if (!(error instanceof ControlFailure)) throw error
    const advice =
      error.status === undefined
        ? 'start one with ims-emulator start, or give its address with --url or IMS_URL'
        : 'see ims-emulator world list, or give another world with --world or IMS_WORLD'
    return {
      reached: { ...FRESH, url, endpoint: url },
      findings: [{ verdict: 'wrong', about: 'emulator', found: withoutAdvice(error, url), advice }],
    }
  }
}

function withoutAdvice({ status, message }: ControlFailure, url: string): string {
  return status === undefined ? `nothing answers at ${url}` : `${url} refused: ${message}`
}

/** Values of a new default world. */
const FRESH: Omit<Reached, 'url' | 'endpoint'> = {
  region: 'cn-north-4',
  projectId: '0605767a9500d5ed2fb3c00a8e3a0d4c',
  accessKey: 'DEMOACCESSKEY0000001',
  secretKey: 'demo-secret-key-for-the-emulator-only-01',
  token: 'demo-token',
  auth: 'lenient',
  glance: 'huawei',
}

function reachedAt(url: string, facts: WorldFacts, glance: Reached['glance']): Reached {
  return {
    url,
    endpoint: facts.name === DEFAULT_WORLD ? url : facts.endpoint,
    region: facts.region,
    projectId: facts.project_id,
    accessKey: facts.access_key ?? 'none',
    secretKey: facts.secret_key ?? 'none',
    token: facts.token ?? 'none',
    auth: facts.auth,
    glance,
  }
}

function editionFindings(glance: Reached['glance']): Finding[] {
  if (glance === 'huawei') return []
  return [
    {
      verdict: 'note',
      about: 'edition',
      found: 'a stock Glance with a Keystone at /v3; the APIs of the cloud are not served',
      advice: "OpenStack's clients work; start without --glance stock for SDKs of the cloud and Terraform",
    },
  ]
}

function sameVersion(url: string, { version, worlds }: { version: string; worlds: string[] }): Finding {
  const ours = packageVersion()
  const found = `version ${version} at ${url}, worlds ${worlds.join(', ')}`
  if (version === ours) return { verdict: 'fine', about: 'emulator', found }
  return {
    verdict: 'note',
    about: 'emulator',
    found: `${found}; this command line is ${ours}`,
    advice: 'use the same version for both, or the emulator may reject some commands',
  }
}

function worldFindings({ name, scenario, auth }: WorldFacts, clock: Clock): Finding[] {
  const about = `world ${name}`
  const frozen: Finding = {
    verdict: 'note',
    about: 'clock',
    found: clockLines(clock).join(''),
    advice: 'jobs do not proceed by themselves: ims-emulator clock advance --until idle, or clock run',
  }
  return [
    { verdict: 'fine', about, found: `scenario ${scenario}, auth ${auth}` },
    clock.frozen ? frozen : { verdict: 'fine', about: 'clock', found: clockLines(clock).join('') },
  ]
}
