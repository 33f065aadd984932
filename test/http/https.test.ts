import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectSecurely } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { startEmulator } from '../../src/index.ts'
import { openAuthority } from '../../src/worlds/authority.ts'
import { scratchFolder, startTestEmulator } from '../emulator.ts'
import { openTunnel, secured } from './tunnel.ts'

/** Gets a path over HTTPS and trusts one authority. */
async function get(port: number, path: string, ca: string, host = 'localhost') {
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    request(
      {
        host: '127.0.0.1',
        port,
        path,
        ca,
        servername: host,
        agent: false,
        headers: { Host: `${host}:${port}` },
      },
      resolve,
    )
      .on('error', reject)
      .end()
  })
  return { status: response.statusCode, body: JSON.parse(await text(response)) }
}

describe('--tls-port', () => {
  test('serves HTTPS, which the start, /_ims/info and links tell', async () => {
    await using emulator = await startTestEmulator({ tlsPort: 0 })
    const { port } = new URL(emulator.tlsUrl ?? '')
    const { status, body } = await get(Number(port), '/_ims/info', await emulator.ca())
    expect(status).toBe(200)
    expect(body).toMatchObject({ tls_port: Number(port) })
    expect(body.cloud_domains).toContain('myhuaweicloud.com')
    const worlds = await get(Number(port), '/_ims/worlds', await emulator.ca())
    expect(worlds.body.worlds[0].endpoint).toBe(`https://localhost:${port}/w/default`)
  })

  test('has a certificate for names of the cloud, for localhost, and for the address when no name is asked for', async () => {
    await using emulator = await startTestEmulator({ tlsPort: 0, allowedHosts: ['ims.example.com'] })
    const port = Number(new URL(emulator.tlsUrl ?? '').port)
    const ca = await emulator.ca()
    for (const host of [
      'ims.cn-north-4.myhuaweicloud.com',
      'localhost',
      'obs.localhost',
      'emulator',
      'ims.example.com',
    ])
      expect((await get(port, '/_ims/health', ca, host)).status).toBe(200)
    const nameless = connectSecurely({ host: '127.0.0.1', port, ca })
    await new Promise((resolve, reject) => nameless.on('secureConnect', resolve).on('error', reject))
    expect(nameless.getPeerCertificate().subjectaltname).toContain('IP Address:127.0.0.1')
    nameless.destroy()
  })

  test('ends the handshake of a client that asks for a foreign name', async () => {
    await using emulator = await startTestEmulator({ tlsPort: 0 })
    const port = Number(new URL(emulator.tlsUrl ?? '').port)
    const ca = await emulator.ca()
    await expect(secured(connect(port, '127.0.0.1'), 'www.example.com', ca)).rejects.toThrow()
    expect((await get(port, '/_ims/health', ca)).status).toBe(200)
  })

  test('is not served without the option', async () => {
    await using emulator = await startTestEmulator()
    expect(emulator.tlsUrl).toBeUndefined()
    expect((await emulator.get('/_ims/info')).body.tls_port).toBeNull()
  })

  test('is refused when the port is taken, and the message says what to do', async () => {
    await using emulator = await startTestEmulator()
    await expect(startEmulator({ tlsPort: emulator.port })).rejects.toThrow(
      `port ${emulator.port} is taken by another ims-emulator`,
    )
    await expect(startEmulator({ tlsPort: emulator.port })).rejects.toThrow('start with --tls-port 0')
  })

  test('is refused when the authority cannot be used', async () => {
    using scratch = scratchFolder()
    const data = join(scratch.path, 'data')
    mkdirSync(data)
    writeFileSync(join(data, 'authority.pem'), 'nothing')
    await expect(startEmulator({ data, tlsPort: 0 })).rejects.toThrow(
      /authority\.pem cannot be used .* Remove it/,
    )
  })

  test('closes connections that never speak when the emulator ends', async () => {
    const emulator = await startTestEmulator({ tlsPort: 0 })
    const silent = connect(Number(new URL(emulator.tlsUrl ?? '').port), '127.0.0.1')
    await new Promise((resolve) => silent.on('connect', resolve))
    const gone = new Promise((resolve) => silent.on('close', resolve))
    silent.on('error', () => {}).resume()
    await emulator.close()
    await gone
  })
})

describe('the certificate authority', () => {
  test('is shown as PEM, also by a closed control plane', async () => {
    await using emulator = await startTestEmulator({ controlKey: 'secret' })
    const { status, headers, text: pem } = await emulator.get('/_ims/ca')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/x-pem-file')
    expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/)
    expect(await emulator.ca()).toBe(pem)
  })

  test('is another one for each emulator without a data folder', async () => {
    const [one, other] = await Promise.all([
      openAuthority(undefined).certificate(),
      openAuthority(undefined).certificate(),
    ])
    expect(one).not.toBe(other)
  })

  test('stays the same in a data folder, in a file that only its user can read', async () => {
    using scratch = scratchFolder()
    const data = join(scratch.path, 'data')
    let before = ''
    {
      await using emulator = await startTestEmulator({ data })
      before = await emulator.ca()
      expect(statSync(join(data, 'authority.pem')).mode & 0o777).toBe(0o600)
    }
    await using again = await startTestEmulator({ data })
    expect(await again.ca()).toBe(before)
    using tunnel = await openTunnel(again.port, 'ims.cn-north-4.myhuaweicloud.com', before)
    expect((await tunnel.request('GET', '/_ims/health')).status).toBe(200)
  })

  test('says what to do about a file that is damaged, and goes on when it is removed', async () => {
    using scratch = scratchFolder()
    const path = join(scratch.path, 'authority.pem')
    const authority = openAuthority(scratch.path)
    writeFileSync(path, 'half of a certifi')
    await expect(authority.certificate()).rejects.toThrow(/authority\.pem cannot be used .* Remove it/)
    writeFileSync(path, '')
    await expect(authority.certificate()).rejects.toThrow('Remove it')
    const good = await openAuthority(undefined).certificate()
    writeFileSync(path, good)
    await expect(authority.certificate(), 'without its key').rejects.toThrow('Remove it')
    const { rmSync } = await import('node:fs')
    rmSync(path)
    const made = await authority.certificate()
    expect(readFileSync(path, 'utf8')).toContain(made)
  })

  test('that cannot be written breaks tunnels, and is reported', async () => {
    using scratch = scratchFolder()
    const errors: unknown[] = []
    const data = join(scratch.path, 'data')
    await using emulator = await startEmulator({ data, log: (_id, error) => errors.push(error) })
    writeFileSync(join(data, 'authority.pem'), 'nothing')
    await expect(openTunnel(emulator.port, 'ims.cn-north-4.myhuaweicloud.com', '')).rejects.toThrow()
    expect(String(errors[0])).toContain('authority.pem cannot be used')
    await expect(emulator.ca()).rejects.toThrow('authority.pem cannot be used')
  })
})
