import type { Send } from './control-client.ts'

/** Where the key of a closed control plane is found when nobody says it. */
const KEY_VARIABLE = 'IMS_CONTROL_KEY'

/** Sends requests with the key of a closed control plane, if there is one; the emulated cloud never sees it. */
export function withControlKey(send: Send, key: string | undefined): Send {
  if (key === undefined || key === '') return send
  return (request) => {
    if (!/^\/(?:_ims|metrics)(?:\/|$)/.test(new URL(request.url).pathname)) return send(request)
    const headers = new Headers(request.headers)
    headers.set('Authorization', `Bearer ${key}`)
    return send(new Request(request, { headers }))
  }
}

/** Sends over the network, with the key that the environment has. */
export const sendWithKey: Send = (request) => withControlKey(fetch, process.env[KEY_VARIABLE])(request)
