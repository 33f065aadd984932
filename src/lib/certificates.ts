// The library finds its parts by decorators, which need this.
import 'reflect-metadata'
import { createHash, createPrivateKey, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** A certificate and its private key, both as PEM. */
export interface CertifiedKey {
  certificate: string
  privateKey: string
}

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const

const DAY = 86_400_000
/** An authority is valid for ten years. */
const AUTHORITY_DAYS = 3650
/** Apple's clients take no certificate of a server that is valid for longer. */
const SERVER_DAYS = 397

/** A certificate is valid from the day before, because clocks of containers and virtual machines differ. */
function validity(now: number, days: number) {
  return { notBefore: new Date(now - DAY), notAfter: new Date(now + days * DAY) }
}

/** Makes a key of a certificate. */
async function newKey(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify'])
}

/** A digest that tells a key from others, hex. */
async function fingerprint(publicKey: webcrypto.CryptoKey): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey('spki', publicKey)
  return createHash('sha256').update(Buffer.from(bytes)).digest('hex')
}

async function asPem(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', key)
  const readable = createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' })
  return readable.export({ format: 'pem', type: 'pkcs8' }).toString()
}

/** A serial number that tells certificates of one issuer apart: 16 bytes, positive. */
function serialOf(...parts: readonly string[]): string {
  return `01${createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 30)}`
}

/**
 * Makes a certificate authority with a new key. It signs certificates of servers, and no further authority.
 * @param name what people see of it in a list of authorities, before a part that tells authorities of one name apart.
 * @param now ms since the epoch.
 */
export async function makeAuthority(name: string, now: number): Promise<CertifiedKey> {
  const keys = await newKey()
  const print = await fingerprint(keys.publicKey)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [`${name} ${print.slice(0, 8)}`] }],
    serialNumber: serialOf(print, String(now)),
    keys,
    signingAlgorithm: SIGNATURE,
    ...validity(now, AUTHORITY_DAYS),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: `${certificate.toString('pem')}\n`, privateKey: await asPem(keys.privateKey) }
}

/** True for an authority that is valid at a time and has its key. @throws Error for what is no PEM of a certificate. */
export function isGoodAt({ certificate, privateKey }: CertifiedKey, now: number): boolean {
  createPrivateKey(privateKey)
  const { notBefore, notAfter } = new X509Certificate(certificate)
  return notBefore.getTime() <= now && now < notAfter.getTime() - SERVER_DAYS * DAY
}

/** Signs certificates of servers. */
export interface Signer {
  /**
   * Makes the certificate of a server.
   * @param names the host names and IP addresses of the server; the first one is the subject.
   * @param now ms since the epoch.
   */
  certify(names: readonly string[], now: number): Promise<CertifiedKey>
}

/** Makes the signer of an authority. All servers have one key, so that only the first certificate takes the time of one. */
export async function openSigner(authority: CertifiedKey): Promise<Signer> {
  const issuer = new X509Certificate(authority.certificate)
  const der = createPrivateKey(authority.privateKey).export({ format: 'der', type: 'pkcs8' })
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, KEY, false, ['sign'])
  const { publicKey, privateKey } = await newKey()
  const print = await fingerprint(publicKey)
  const keyPem = await asPem(privateKey)
  return {
    async certify(names, now) {
      const subject = names[0] ?? 'localhost'
      const certificate = await X509CertificateGenerator.create({
        subject: [{ CN: [subject.slice(0, LONGEST_COMMON_NAME)] }],
        issuer: issuer.subject,
        serialNumber: serialOf(print, String(now), ...names),
        publicKey,
        signingKey,
        signingAlgorithm: SIGNATURE,
        ...validity(now, SERVER_DAYS),
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension(
            names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
          ),
          await SubjectKeyIdentifierExtension.create(publicKey),
          await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
        ],
      })
      return { certificate: `${certificate.toString('pem')}\n`, privateKey: keyPem }
    },
  }
}

/** Characters of the common name of a subject (RFC 5280); clients read the alternative names. */
const LONGEST_COMMON_NAME = 64
