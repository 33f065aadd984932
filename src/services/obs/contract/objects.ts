import { z } from 'zod'
import { objectCall, rawBytes, xml } from './obs-contract.ts'

const Text = z.string().optional()
/** A version of an object. Without versioning there is one, `null`. */
const version = { versionId: Text }

/** Headers that a signed request may set in the answer. */
const overrides = {
  'response-content-type': Text,
  'response-content-language': Text,
  'response-expires': Text,
  'response-cache-control': Text,
  'response-content-disposition': Text,
  'response-content-encoding': Text,
  attname: Text,
}

export const putObject = objectCall({
  id: 'PutObject',
  method: 'PUT',
  summary: 'Put an object',
  actions: ['obs:object:PutObject'],
  query: {},
  responses: { 200: null },
})

export const copyObject = objectCall({
  id: 'CopyObject',
  method: 'PUT',
  note: ' (copy-source)',
  summary: 'Copy an object that the header copy-source names',
  actions: ['obs:object:PutObject'],
  query: {},
  responses: { 200: xml },
})

export const getObject = objectCall({
  id: 'GetObject',
  method: 'GET',
  summary: 'Read an object, or parts of it',
  actions: ['obs:object:GetObject'],
  query: { ...version, ...overrides, partNumber: Text },
  responses: { 200: rawBytes, 206: rawBytes, 304: null },
})

export const headObject = objectCall({
  id: 'HeadObject',
  method: 'HEAD',
  summary: 'Look at an object without its bytes',
  actions: ['obs:object:GetObject'],
  query: { ...version, ...overrides, partNumber: Text },
  responses: { 200: null, 206: null, 304: null },
})

export const deleteObject = objectCall({
  id: 'DeleteObject',
  method: 'DELETE',
  summary: 'Delete an object',
  actions: ['obs:object:DeleteObject'],
  query: version,
  responses: { 204: null },
})

export const appendObject = objectCall({
  id: 'AppendObject',
  method: 'POST',
  part: 'append',
  summary: 'Add bytes to the end of an appendable object',
  actions: ['obs:object:PutObject'],
  query: { position: Text },
  responses: { 200: null },
})

export const modifyMetadata = objectCall({
  id: 'ModifyObjectMetadata',
  method: 'PUT',
  part: 'metadata',
  summary: 'Change the metadata of an object',
  actions: ['obs:object:ModifyObjectMetaData'],
  query: version,
  responses: { 200: null },
})

export const restoreObject = objectCall({
  id: 'RestoreObject',
  method: 'POST',
  part: 'restore',
  summary: 'Make a cold object readable',
  actions: ['obs:object:RestoreObject'],
  query: version,
  responses: { 200: null, 202: null },
})

export const showObjectAcl = objectCall({
  id: 'GetObjectAcl',
  method: 'GET',
  part: 'acl',
  summary: 'Show who may use an object',
  actions: ['obs:object:GetObjectAcl'],
  query: version,
  responses: { 200: xml },
})

export const putObjectAcl = objectCall({
  id: 'PutObjectAcl',
  method: 'PUT',
  part: 'acl',
  summary: 'Set who may use an object',
  actions: ['obs:object:PutObjectAcl'],
  query: version,
  responses: { 200: null },
})

export const showObjectTags = objectCall({
  id: 'GetObjectTagging',
  method: 'GET',
  part: 'tagging',
  summary: 'Show the tags of an object',
  actions: ['obs:object:GetObjectTagging'],
  query: version,
  responses: { 200: xml },
})

export const putObjectTags = objectCall({
  id: 'PutObjectTagging',
  method: 'PUT',
  part: 'tagging',
  summary: 'Set the tags of an object',
  actions: ['obs:object:PutObjectTagging'],
  query: version,
  responses: { 200: null },
})

export const deleteObjectTags = objectCall({
  id: 'DeleteObjectTagging',
  method: 'DELETE',
  part: 'tagging',
  summary: 'Remove the tags of an object',
  actions: ['obs:object:DeleteObjectTagging'],
  query: version,
  responses: { 204: null },
})
