import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { sentAs } from '../contract/media-type.ts'
import { nothing } from '../contract/operation.ts'
import { controlOperation } from './operation.ts'

/** The page and all that it loads come from here; whatever else it should ask for, the browser refuses. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const KEPT_TO_ITSELF = { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' }

/** Its addresses are relative, so that below a world's own prefix it is about that world. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>ims-emulator: the API</title>
    <link rel="icon" href="data:,">
    <style>body { margin: 0; font-family: system-ui, sans-serif }</style>
    <script type="module" src="docs/openapi-explorer.js"></script>
  </head>
  <body>
    <openapi-explorer spec-url="openapi.json" collapse hide-server-selection hide-components></openapi-explorer>
  </body>
</html>
`

export const docs = controlOperation({
  id: 'ControlDocs',
  method: 'GET',
  path: '/_ims/docs',
  summary: 'This API as a page to read and try; it asks nothing of the outside',
  request: nothing,
  responses: { 200: sentAs('text/html', z.string()) },
  handle: () => ({
    status: 200,
    body: PAGE,
    headers: {
      ...KEPT_TO_ITSELF,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': POLICY,
    },
  }),
})

export const docsScript = controlOperation({
  id: 'ControlDocsScript',
  method: 'GET',
  path: '/_ims/docs/openapi-explorer.js',
  summary: 'The script of the page',
  request: nothing,
  responses: { 200: sentAs('text/javascript', z.string()) },
  handle: () => ({
    status: 200,
    body: readFileSync(scriptPath(), 'utf8'),
    headers: { ...KEPT_TO_ITSELF, 'Content-Type': 'text/javascript; charset=utf-8' },
  }),
})

/** The build puts the script beside this file; run from source it is where it was installed. */
function scriptPath(): string {
  const built = fileURLToPath(new URL('openapi-explorer.min.js', import.meta.url))
  if (existsSync(built)) return built
  return createRequire(import.meta.url).resolve('openapi-explorer/dist/browser/openapi-explorer.min.js')
}
