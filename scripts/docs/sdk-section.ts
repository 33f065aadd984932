import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** An official SDK whose test program calls every operation, and the file that pins its version. */
interface Sdk {
  name: string
  program: string
  pinnedIn: string
  version: RegExp
}

const SDKS: readonly Sdk[] = [
  {
    name: 'Python',
    program: 'test/clients/python/every_operation.py',
    pinnedIn: 'test/clients/sdk-smoke.sh',
    version: /huaweicloudsdkims==([\d.]+)/,
  },
  {
    name: 'Go',
    program: 'test/clients/go',
    pinnedIn: 'test/clients/go/go.mod',
    version: /huaweicloud-sdk-go-v3 v([\d.]+)/,
  },
  {
    name: 'Java',
    program: 'test/clients/java',
    pinnedIn: 'test/clients/java/pom.xml',
    version: /huaweicloud-sdk-ims<\/artifactId>\s*<version>([\d.]+)/,
  },
]

/** The file with the calls for which this version of the Java SDK has no method. */
const NEWER = 'test/clients/java/src/main/java/conformance/NewerCalls.java'

/** Renders the section about official SDKs. Each test program fails when it leaves out an operation of the list. */
export function sdkSection(root: string): string {
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const names = z.array(z.string()).parse(JSON.parse(read('test/clients/sdk-operations.json')))
  const newer = namesIn(/Set\.of\(([\s\S]*?)\)/.exec(read(NEWER))?.[1] ?? '')
  const versions = SDKS.map(({ pinnedIn, version }) => version.exec(read(pinnedIn))?.[1] ?? 'unknown')
  return [
    '## Official SDKs\n',
    `Each of these programs calls all ${names.length} operations of the SDK, signed with an access key, on one server in strict mode. It`,
    'compares the models that the SDK decodes with what was made, reads status, code, message and request id out of its errors, and',
    'asks the journal at the end whether an operation was left out. `declared` are those that this version of the SDK has no method',
    'for: they are declared to its core, which signs, sends and decodes them.\n',
    `| operation | ${SDKS.map(({ name, program }, i) => `[${name}](../${program}) ${versions[i]}`).join(' | ')} |`,
    `| --- |${SDKS.map(() => ' --- |').join('')}`,
    ...names.map((name) => `| ${name} | called | called | ${newer.has(name) ? 'declared' : 'called'} |`),
    '',
  ].join('\n')
}

function namesIn(list: string): ReadonlySet<string> {
  const names = [...list.matchAll(/"(\w)(\w*)"/g)]
  return new Set(names.map(([, first = '', rest = '']) => first.toUpperCase() + rest))
}
