import { z } from 'zod'
import { sentAs } from '../../contract/media-type.ts'
import { contract, nothing } from '../../contract/operation.ts'

export const health = contract({
  id: 'ControlHealth',
  settles: false,
  forProbes: true,
  anyHost: true,
  method: 'GET',
  path: '/_ims/health',
  summary: 'Liveness: the process answers',
  request: nothing,
  responses: { 200: z.object({ status: z.literal('ok') }) },
})

export const ready = contract({
  id: 'ControlReady',
  settles: false,
  forProbes: true,
  anyHost: true,
  method: 'GET',
  path: '/_ims/ready',
  summary: 'Readiness: the database of the default world can be read',
  request: nothing,
  responses: { 200: z.object({ status: z.literal('ready') }) },
})

export const info = contract({
  id: 'ControlInfo',
  method: 'GET',
  path: '/_ims/info',
  summary: 'Version, worlds, scenario, and where state is kept',
  request: nothing,
  responses: {
    200: z.object({
      name: z.literal('ims-emulator'),
      version: z.string(),
      worlds: z.array(z.string()),
      scenario: z.string(),
      /** The edition of the OpenStack image API. With `stock` no API of the cloud is served beside it. */
      glance: z.enum(['huawei', 'stock']),
      pace: z.union([z.number(), z.literal('instant')]),
      region: z.string(),
      project_id: z.string(),
      /** The data folder, or `memory`. */
      state: z.string(),
      buckets: z.array(z.string()),
      /** The port of HTTPS; null without `--tls-port`. */
      tls_port: z.int().nullable(),
      /** The domains below which the services of the cloud are found, also by the proxy on the emulator's port. */
      cloud_domains: z.array(z.string()),
      time: z.string(),
    }),
  },
})

export const showAuthority = contract({
  id: 'ControlShowAuthority',
  settles: false,
  // It is no secret, and clients need it before they can send a key.
  forProbes: true,
  method: 'GET',
  path: '/_ims/ca',
  summary: 'The certificate authority that clients have to trust for HTTPS, as PEM',
  request: nothing,
  responses: { 200: sentAs('application/x-pem-file', z.string()) },
})

export const metrics = contract({
  id: 'ControlMetrics',
  settles: false,
  anyHost: true,
  method: 'GET',
  path: '/metrics',
  summary: 'Figures of the process and of every world, for Prometheus',
  request: nothing,
  responses: { 200: null },
})

export const openapi = contract({
  id: 'ControlOpenApi',
  method: 'GET',
  path: '/_ims/openapi.json',
  summary: 'This API as an OpenAPI document',
  request: nothing,
  responses: { 200: z.looseObject({ openapi: z.string(), paths: z.looseObject({}) }) },
})

export const docs = contract({
  id: 'ControlDocs',
  method: 'GET',
  path: '/_ims/docs',
  summary: 'This API as a page to read and try; the page loads nothing from other hosts',
  request: nothing,
  responses: { 200: sentAs('text/html', z.string()) },
})

export const docsScript = contract({
  id: 'ControlDocsScript',
  method: 'GET',
  path: '/_ims/docs/openapi-explorer.js',
  summary: 'The script of the page',
  request: nothing,
  responses: { 200: sentAs('text/javascript', z.string()) },
})
