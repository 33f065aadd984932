import { z } from 'zod'
import { sentAs } from '../../contract/media-type.ts'
import { contract, nothing } from '../../contract/operation.ts'

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
