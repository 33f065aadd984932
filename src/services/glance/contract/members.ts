import { z } from 'zod'
import { Time } from '../../ims/contract/fields.ts'
import { imageTrace } from '../../ims/contract/trace.ts'
import { badRequest, glanceWouldFail } from '../errors.ts'
import { isTruthy, type PyObject, type PyValue } from '../python/json.ts'
import { str } from '../python/repr.ts'
import { hasFourByteCharacter } from '../rules/attributes.ts'
import {
  documentReader,
  glanceContract,
  ImageParams,
  inBoth,
  noQuery,
  queryReader,
} from './glance-contract.ts'

const PATH = '/v2/images/{image_id}/members'
const MemberParams = z.object({ image_id: z.string(), member_id: z.string() })

export const MemberWire = z.strictObject({
  /** As it was sent in the reply to the call that adds a member, else a text. */
  member_id: z.union([z.string(), z.number(), z.boolean()]),
  image_id: z.string(),
  status: z.enum(['pending', 'accepted', 'rejected']),
  created_at: Time,
  updated_at: Time,
  schema: z.literal('/v2/schemas/member'),
  /** In the cloud alone, where an organisation also has a name of its own. */
  member_type: z.enum(['project', 'domain', 'organization']).optional(),
  urn: z.string().optional(),
})

/** The document that adds a member. Its value can be any that is true in Python; a list or an object is refused later. */
const newMember = documentReader({
  published: {
    type: 'object',
    required: ['member'],
    properties: {
      member: {
        description: 'Id of a project. A number or true is written as Python writes it',
        anyOf: [
          { type: 'string', minLength: 1 },
          { type: 'number', exclusiveMinimum: 0 },
          { type: 'number', exclusiveMaximum: 0 },
          { const: true },
        ],
      },
    },
  },
  read(body) {
    if (!(body instanceof Map)) throw badRequest('Expected a member in the form: {"member": "image_id"}')
    const member = body.get('member')
    if (member === undefined) throw badRequest('Member to be added not specified')
    if (!isTruthy(member)) throw badRequest("Member can't be empty")
    return member
  },
  check: (member) => void projectOf(member),
})

/** A member that can be written as a text. */
export type MemberValue = Exclude<PyValue, null | PyValue[] | PyObject>

/**
 * The project that the value of a new member names.
 * @throws GlanceError 400 for a list or an object, and for characters that Glance cannot keep.
 */
export function projectOf(member: PyValue): { value: MemberValue; projectId: string } {
  if (typeof member === 'object') throw glanceWouldFail('a member that is no text')
  const projectId = str(member)
  if (hasFourByteCharacter(projectId)) throw badRequest("Member can't contain 4 byte unicode characters.")
  return { value: member, projectId }
}

export const addImageMember = glanceContract({
  id: 'GlanceAddImageMember',
  method: 'POST',
  path: PATH,
  summary: 'Share an image with a project',
  trace: imageTrace('addMember'),
  actions: ['ims:images:get', 'ims:images:share'],
  body: 'document',
  params: ImageParams,
  document: inBoth(newMember),
  responses: { 200: MemberWire },
})

/** A page of members in the cloud; both are undefined when no page is asked for. */
export interface MemberPage {
  limit: number | undefined
  marker: string | undefined
}

const memberPage = queryReader(
  z.object({
    limit: z
      .string()
      .regex(/^[1-9]\d{0,8}$/)
      .optional(),
    marker: z.string().optional(),
  }),
  (parameters): MemberPage => {
    const limit = parameters.take('limit')
    if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(limit))
      throw badRequest('limit param must be an integer')
    return { limit: limit === undefined ? undefined : Number(limit), marker: parameters.take('marker') }
  },
)

export const listImageMembers = glanceContract({
  id: 'GlanceListImageMembers',
  method: 'GET',
  path: PATH,
  summary: 'List the projects that an image is shared with',
  actions: ['ims:images:get', 'ims:images:share'],
  body: 'none',
  params: ImageParams,
  query: { stock: noQuery, huawei: memberPage },
  responses: {
    200: z.strictObject({
      members: z.array(MemberWire),
      schema: z.literal('/v2/schemas/members'),
      /** In the cloud, for a request that asks for a page. */
      page_info: z.strictObject({ current_count: z.int(), next_marker: z.string().optional() }).optional(),
    }),
  },
})

export const showImageMember = glanceContract({
  id: 'GlanceShowImageMember',
  method: 'GET',
  path: `${PATH}/{member_id}`,
  summary: 'Show a member of an image',
  actions: ['ims:images:get', 'ims:images:share'],
  body: 'none',
  params: MemberParams,
  responses: { 200: MemberWire },
})

const MEMBER_STATUSES = ['pending', 'accepted', 'rejected'] as const
type MemberStatus = (typeof MEMBER_STATUSES)[number]

/** The decision of a member about a sharing. */
export interface MemberDecision {
  /** Any value: a stock Glance looks at the rights of the caller before it looks at the status. */
  status: PyValue
  /** The vault of a whole image, in the cloud alone. */
  vaultId: string | undefined
}

function readStatus(body: PyValue): { body: PyObject; status: PyValue } {
  if (!(body instanceof Map)) throw badRequest('Expected a status in the form: {"status": "status"}')
  const status = body.get('status')
  if (status === undefined) throw badRequest('Status not specified')
  return { body, status }
}

/** The status of a decision in a stock Glance. @throws GlanceError 400 for another value. */
export function stockStatus(value: PyValue): MemberStatus {
  const status = MEMBER_STATUSES.find((known) => known === value)
  if (status === undefined)
    throw badRequest('Incorrect request: Status must be "pending", "accepted" or "rejected".')
  return status
}

/** The status of a decision in the cloud, where a member never goes back to undecided. @throws GlanceError 400 */
export function cloudStatus(value: PyValue): 'accepted' | 'rejected' {
  if (value !== 'accepted' && value !== 'rejected')
    throw badRequest('Incorrect request: Status must be "accepted" or "rejected".')
  return value
}

const decision = {
  stock: documentReader({
    published: {
      type: 'object',
      required: ['status'],
      properties: { status: { enum: [...MEMBER_STATUSES] } },
    },
    read: (body): MemberDecision => ({ status: readStatus(body).status, vaultId: undefined }),
    check: ({ status }) => void stockStatus(status),
  }),
  huawei: documentReader({
    published: {
      type: 'object',
      required: ['status'],
      properties: { status: { enum: ['accepted', 'rejected'] }, vault_id: { type: ['string', 'null'] } },
    },
    read(body): MemberDecision {
      const read = readStatus(body)
      const status = cloudStatus(read.status)
      const vaultId = read.body.get('vault_id') ?? undefined
      if (vaultId !== undefined && typeof vaultId !== 'string')
        throw badRequest(`Invalid value '${str(vaultId)}' for parameter 'vault_id': Must be a string`)
      return { status, vaultId }
    },
  }),
}

export const updateImageMember = glanceContract({
  id: 'GlanceUpdateImageMember',
  method: 'PUT',
  path: `${PATH}/{member_id}`,
  summary: 'Accept or reject a shared image',
  trace: imageTrace('updateMember'),
  actions: ['ims:images:get', 'ims:images:share'],
  body: 'document',
  params: MemberParams,
  document: decision,
  responses: { 200: MemberWire },
})

export const deleteImageMember = glanceContract({
  id: 'GlanceDeleteImageMember',
  method: 'DELETE',
  path: `${PATH}/{member_id}`,
  summary: 'Stop sharing an image with a project',
  trace: imageTrace('deleteMember'),
  actions: ['ims:images:get', 'ims:images:share'],
  body: 'none',
  params: MemberParams,
  responses: { 204: null },
})
