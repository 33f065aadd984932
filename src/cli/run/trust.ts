import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getCACertificates } from 'node:tls'
import type { Variable } from '../world-variables.ts'

/** Variables with a file that replaces the authorities which a program trusts otherwise. */
const REPLACING = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'AWS_CA_BUNDLE', 'OS_CACERT']
/** Variables with a file of authorities that a program trusts in addition. */
const ADDING = ['NODE_EXTRA_CA_CERTS', 'DENO_CERT']

/**
 * Writes the files by which programs trust the emulator's authority beside those that they trust anyway, and returns the variables
 * that lead there.
 * @param authority a certificate as PEM. @param folder where the files are written.
 * @param environment what the user has set: the authorities in these files are trusted, too.
 */
export function trustVariables(
  authority: string,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Variable[] {
  const bundle = join(folder, 'authorities.pem')
  const added = join(folder, 'added-authorities.pem')
  writeFileSync(bundle, joined([authority, ...machineAuthorities(), ...filesOf(REPLACING, environment)]))
  writeFileSync(added, joined([authority, ...filesOf(ADDING, environment)]))
  return [
    ...REPLACING.map((name): Variable => [name, bundle]),
    ...ADDING.map((name): Variable => [name, added]),
  ]
}

/** The authorities that this machine trusts; those of Node where the machine has none, as small containers. */
function machineAuthorities(): string[] {
  const ofSystem = getCACertificates('system')
  return ofSystem.length > 0 ? ofSystem : getCACertificates('bundled')
}

function filesOf(
  names: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const paths = new Set(names.flatMap((name) => environment[name] ?? []))
  return [...paths].filter((path) => existsSync(path)).map((path) => readFileSync(path, 'utf8'))
}

function joined(certificates: readonly string[]): string {
  return certificates.map((pem) => `${pem.trim()}\n`).join('')
}
