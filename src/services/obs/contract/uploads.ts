import { z } from 'zod'
import { objectCall, xml } from './obs-contract.ts'

const Text = z.string().optional()
const UploadId = z.string()
const PartNumber = z.string()

export const initiateUpload = objectCall({
  id: 'InitiateMultipartUpload',
  method: 'POST',
  part: 'uploads',
  summary: 'Begin to put an object in parts',
  actions: ['obs:object:PutObject'],
  query: { 'encoding-type': Text },
  responses: { 200: xml },
})

export const uploadPart = objectCall({
  id: 'UploadPart',
  method: 'PUT',
  part: 'uploadId',
  summary: 'Put a part of an object',
  actions: ['obs:object:PutObject'],
  query: { uploadId: UploadId, partNumber: PartNumber },
  responses: { 200: null },
})

export const copyPart = objectCall({
  id: 'CopyPart',
  method: 'PUT',
  part: 'uploadId',
  note: ' (copy-source)',
  summary: 'Copy a part from an object that the header copy-source names',
  actions: ['obs:object:PutObject'],
  query: { uploadId: UploadId, partNumber: PartNumber },
  responses: { 200: xml },
})

export const listParts = objectCall({
  id: 'ListParts',
  method: 'GET',
  part: 'uploadId',
  summary: 'List the parts of an upload',
  actions: ['obs:object:ListMultipartUploadParts'],
  query: {
    uploadId: UploadId,
    'max-parts': z
      .string()
      .regex(/^\d{1,10}$/, 'is no number')
      .transform(Number)
      .optional(),
    'part-number-marker': z
      .string()
      .regex(/^\d{0,10}$/, 'is no number')
      .transform(Number)
      .optional(),
    'encoding-type': Text,
  },
  responses: { 200: xml },
})

export const completeUpload = objectCall({
  id: 'CompleteMultipartUpload',
  method: 'POST',
  part: 'uploadId',
  summary: 'Make an object of the parts of an upload',
  actions: ['obs:object:PutObject'],
  query: { uploadId: UploadId, 'encoding-type': Text },
  responses: { 200: xml },
})

export const abortUpload = objectCall({
  id: 'AbortMultipartUpload',
  method: 'DELETE',
  part: 'uploadId',
  summary: 'Drop an upload with its parts',
  actions: ['obs:object:AbortMultipartUpload'],
  query: { uploadId: UploadId },
  responses: { 204: null },
})
