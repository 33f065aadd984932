import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CertifiedKey } from '../lib/certificates.ts'
import { SetupError } from '../lib/errors.ts'
import { hostNow } from '../lib/time.ts'

/**
 * The certificate authority of an emulator, by which clients trust it under the names of the cloud. It is made when it is first
 * asked for, because most emulators never need it.
 */
export interface Authority {
  /** The certificate of the authority, which clients have to trust, as PEM. @throws SetupError when its file cannot be used. */
  certificate(): Promise<string>
  /** Makes the certificate of a server with these host names and addresses. @throws SetupError as above. */
  certify(names: readonly string[]): Promise<CertifiedKey>
}

/** The common name of the authority, as trust stores list it. */
const NAME = 'ims-emulator, local authority'

/** The file in the data folder with the certificate and the key of the authority. */
const FILE = 'authority.pem'

/** Opens the authority of a data folder, or one that is gone when the process ends. */
export function openAuthority(folder: string | undefined): Authority {
  let opened: ReturnType<typeof open> | undefined
  const authority = () => {
    opened ??= open(folder)
    // The next request tries again, after the file was mended.
    opened.catch(() => {
      opened = undefined
    })
    return opened
  }
  return {
    certificate: async () => (await authority()).certificate,
    certify: async (names) => (await authority()).signer.certify(names, hostNow()),
  }
}

async function open(folder: string | undefined) {
  const { makeAuthority, openSigner } = await import('../lib/certificates.ts')
  const authority =
    folder === undefined ? await makeAuthority(NAME, hostNow()) : await keptAuthority(join(folder, FILE))
  return { certificate: authority.certificate, signer: await openSigner(authority) }
}

/** Reads the authority of a file, or makes it. @throws SetupError for a file that is none, or that cannot be written. */
async function keptAuthority(path: string): Promise<CertifiedKey> {
  const { isGoodAt, makeAuthority } = await import('../lib/certificates.ts')
  try {
    if (existsSync(path)) {
      const found = parts(readFileSync(path, 'utf8'))
      if (isGoodAt(found, hostNow())) return found
    }
    const made = await makeAuthority(NAME, hostNow())
    writeSecret(path, made.privateKey + made.certificate)
    return made
  } catch (error) {
    throw new SetupError(
      `${path} cannot be used as certificate authority (${error instanceof Error ? error.message : error}). Remove it to get a new one, or make it readable.`,
    )
  }
}

function parts(text: string) {
  const part = (label: string) =>
    new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----\\n?`).exec(text)?.[0] ?? ''
  return { certificate: part('CERTIFICATE'), privateKey: part('PRIVATE KEY') }
}

/** Writes a file that only this user can read, at once. */
function writeSecret(path: string, text: string): void {
  const partly = `${path}.part`
  writeFileSync(partly, text, { mode: 0o600, flush: true })
  chmodSync(partly, 0o600)
  renameSync(partly, path)
}
