import type { StartedEmulator, StartOptions } from '../index.ts'
import { packageVersion } from '../lib/package-files.ts'

/** What is printed when the emulator can be called: everything a client needs, and one line that works when pasted. */
export function banner(emulator: StartedEmulator, options: StartOptions, milliseconds: number): string {
  const { url, projectId, region, credentials, scenario, auth } = emulator
  const rows: [string, string][] = [
    ['endpoint', url],
    ['project id', projectId],
    ['region', region],
    ['access key', credentials.accessKey ?? 'none'],
    ['secret key', credentials.secretKey ?? 'none'],
    ['token', credentials.token ?? 'none'],
    ['scenario', scenario],
    ['auth', auth],
    ['state', options.data ?? 'in memory, gone when the process ends'],
    ['buckets', options.buckets ?? 'none; start with --buckets DIR to import files'],
  ]
  const table = rows.map(([name, value]) => `  ${name.padEnd(12)}${value}`).join('\n')
  const curl = `curl -H 'X-Auth-Token: ${credentials.token ?? 'any'}' '${url}/v2/cloudimages?__imagetype=gold&limit=1'`
  return `ims-emulator ${packageVersion()} is ready after ${milliseconds} ms\n\n${table}\n\n  ${curl}\n\n`
}

/** The same for programs, on one line: it can be called when the line is there. */
export function bannerJson(emulator: StartedEmulator, options: StartOptions, milliseconds: number): string {
  const { url, port, projectId, region, credentials, scenario, auth } = emulator
  const facts = {
    name: 'ims-emulator',
    version: packageVersion(),
    endpoint: url,
    port,
    pid: process.pid,
    project_id: projectId,
    region,
    access_key: credentials.accessKey ?? null,
    secret_key: credentials.secretKey ?? null,
    token: credentials.token ?? null,
    scenario,
    auth,
    data: options.data ?? null,
    buckets: options.buckets ?? null,
    ready_after_ms: milliseconds,
  }
  return `${JSON.stringify(facts)}\n`
}
