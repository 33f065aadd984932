import { controlClient, sendWithKey } from '../../client/control-client.ts'
import { showAuthority } from '../../control/contract/status.ts'
import { openAuthority } from '../../worlds/authority.ts'

/** `ca`: prints the authority of a running emulator, or that of a data folder, which is made when it has none. */
export async function printAuthority({ url, data }: { url: string; data?: string }): Promise<void> {
  const certificate =
    data === undefined
      ? await controlClient(url, sendWithKey).call(showAuthority, showAuthority.responses[200])
      : await openAuthority(data).certificate()
  process.stdout.write(certificate)
}
