import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import type { Sent } from '../client.ts'
import { ROOT } from '../place.ts'
import type { Random } from '../random.ts'
import { isObject, type Json, nodesOf } from './json.ts'
import { mutate, mutateText, renderJson, unfoldDeep } from './mutate.ts'
import { CONTROL_WORLD } from './requests.ts'

/** Files that the package ships: what hostile ones are made from. */
export interface Shipped {
  scenarios: readonly { text: string; value: Json }[]
  fixtures: readonly Json[]
  policies: readonly Json[]
}

export function readShipped(): Shipped {
  const fixtures = yamlFiles('fixtures').map(({ value }) => value)
  return { scenarios: yamlFiles('scenarios'), fixtures, policies: fixtures.flatMap(documentsIn) }
}

function yamlFiles(folder: string): { text: string; value: Json }[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const text = readFileSync(join(ROOT, folder, name), 'utf8')
      return { text, value: z.json().parse(parse(text)) }
    })
}

/** All policies in a fixture. */
function documentsIn(fixture: Json): Json[] {
  return nodesOf({ root: fixture }).flatMap(({ value }) =>
    isObject(value) && 'Statement' in value ? [value] : [],
  )
}

const EXTRA_POLICY: Json = {
  Version: '5.0',
  Statement: [
    {
      Sid: 'one',
      Effect: 'Allow',
      Action: ['ims:images:*', 'ims:*:list*'],
      Resource: ['ims:*:*:image:*'],
      Condition: {
        StringMatch: { 'g:EnterpriseProjectId': ['*'] },
        IpAddress: { 'g:SourceIp': ['10.0.0.0/8'] },
      },
    },
  ],
}

/** Rules that cost time when patterns are not run in linear time. */
const SLOW_RULES: readonly Json[] = [
  { name: 'slow', when: { path: { matches: '^(a+)+$' } }, then: { error: 'IMG.0046' } },
  { name: 'slow', when: { resource: { name: { matches: '(x|x)*y(.*)*z' } } }, then: { error: 'IMG.0046' } },
]

/** Makes a request that sends a file which is mutated as text or as data. */
export function fileRequestOf(random: Random, { scenarios, fixtures, policies }: Shipped): Sent {
  const kind = random.below(5)
  const control = `/w/${CONTROL_WORLD}/_ims`
  if (kind < 2) {
    const { text, value } = random.pick(scenarios)
    const inData = random.chance(0.6)
    const body = inData
      ? rendered(random, mutate(random, withRules(random, value)))
      : mutateText(random, text)
    const path = random.chance(0.8) ? 'scenario/check' : 'scenario'
    return {
      method: path === 'scenario' ? 'PUT' : 'POST',
      path: `${control}/${path}`,
      headers: {
        'Content-Type': random.pick(['application/yaml', 'application/octet-stream', 'application/json']),
      },
      body,
    }
  }
  const json = { 'Content-Type': 'application/json' }
  if (kind === 2) {
    const body = renderJson(random, mutate(random, random.pick(fixtures)))
    return { method: 'POST', path: `${control}/fixtures`, headers: json, body }
  }
  if (kind === 3) {
    const body = renderJson(random, mutate(random, random.pick([EXTRA_POLICY, ...policies])))
    return {
      method: 'PUT',
      path: `${control}/policies/0605767a7780d5e50fe5c00a6d1b1c2a/fuzzed`,
      headers: json,
      body,
    }
  }
  const body = renderJson(random, mutate(random, random.pick(SLOW_RULES)))
  return { method: 'POST', path: `${control}/rules`, headers: json, body }
}

function withRules(random: Random, scenario: Json): Json {
  if (!isObject(scenario) || random.chance(0.7)) return scenario
  const rule = random.pick(SLOW_RULES)
  return { ...scenario, rules: Array.from({ length: random.pick([1, 100, 1000]) }, () => rule) }
}

/** Renders as YAML; a long value as JSON, which is YAML too and is faster to write. */
function rendered(random: Random, value: Json): string {
  const json = unfoldDeep(JSON.stringify(value))
  if (json.length > 20_000 || random.chance(0.3)) return json
  try {
    return unfoldDeep(stringify(value))
  } catch {
    return json
  }
}
