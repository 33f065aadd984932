import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Anything, ask, type Client, sendJson } from '../client.ts'
import { ROOT } from '../place.ts'
import { CLOUD_WORLD, CONTROL_WORLD } from './requests.ts'
import type { Known } from './values.ts'

const Created = z.object({ id: z.string() })
const Named = z.object({ job_id: z.string() })

/** Creates the worlds of the fuzz. */
export async function makeWorlds(client: Client): Promise<void> {
  for (const name of [CLOUD_WORLD, CONTROL_WORLD])
    await ask(client, sendJson('POST', '/_ims/worlds', { name, seed: 1 }), Anything)
}

/** Puts the worlds back to their start, and returns what then exists in them: the same each time. */
export async function resetWorlds(client: Client, project: string): Promise<Known> {
  for (const name of [CLOUD_WORLD, CONTROL_WORLD])
    await ask(client, sendJson('POST', `/_ims/worlds/${name}/reset`), Anything)
  const cloud = `/w/${CLOUD_WORLD}`
  const image = { name: 'known', disk_format: 'raw', container_format: 'bare', min_disk: 1 }
  const queued = await ask(client, sendJson('POST', `${cloud}/v2/images`, image), Created)
  const active = await ask(client, sendJson('POST', `${cloud}/v2/images`, image), Created)
  await ask(
    client,
    {
      method: 'PUT',
      path: `${cloud}/v2/images/${active.id}/file`,
      headers: { 'Content-Type': 'application/octet-stream' },
      body: 'bytes of an image',
    },
    Anything,
  )
  const tiny = { name: 'imported', image_url: 'images:tiny.qcow2', min_disk: 1 }
  const job = await ask(client, sendJson('POST', `${cloud}/v2/cloudimages/action`, tiny), Named)
  const images = [queued.id, active.id, '00000000-0000-4000-8000-000000000000']
  const servers = idsIn('fixtures/demo-servers.yaml')
  const tenants = idsIn('fixtures/demo-tenants.yaml')
  const projects = [project, '0605767b4480d5872f0ec00af5c37a9b', 'missing']
  return new Map<string, string[]>([
    ['image_id', images],
    ['id', [...images, ...tenants]],
    ['images', images],
    ['project_id', projects],
    ['project', projects],
    ['projects', projects],
    ['member', projects],
    ['member_id', projects],
    ['job_id', [job.job_id, 'missing']],
    ['world', ['missing', 'default']],
    ['snapshot', ['saved', 'missing']],
    ['instance_id', servers],
    ['volume_id', servers],
    ['backup_id', servers],
    ['vault_id', servers],
    ['user_id', tenants],
    ['group_id', tenants],
    ['domain_id', tenants],
    ['enterprise_project_id', [...tenants, '0', 'all_granted_eps']],
    ['version', ['v2', 'v3', 'v9']],
    ['key', ['a', 'b']],
    ['tag', ['a', 'a.b']],
  ])
}

/** All ids in a shipped file. */
function idsIn(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return [...new Set(Array.from(text.matchAll(/[0-9a-f-]{32,36}/g), ([id]) => id))]
}
