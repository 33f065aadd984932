import { z } from 'zod'
import type { Contract, Method, Responses } from '../../../contract/operation.ts'
import { Refusal } from '../../../lib/errors.ts'
import type { TraceName } from '../../../simulation/trace-name.ts'
import { badRequest, glanceWouldFail } from '../errors.ts'
import { fromJson, type Json, type PyValue } from '../python/json.ts'
import { Parameters } from '../python/query.ts'
import { hasLoneSurrogate } from '../rules/attributes.ts'

/** The edition of Glance: a plain OpenStack Glance, or Huawei's with attributes, codes and limits of the image service. */
export type Edition = 'stock' | 'huawei'

/**
 * Reads the query of an operation. Glance parses queries and bodies in Python and names the first mistake in its own
 * words, so a reader decides, and the zod schema that is declared runs the same reader.
 */
export interface QueryReader<Query> {
  readonly schema: z.ZodObject | undefined
  /** @throws Refusal when a parameter is malformed. */
  read(parameters: Parameters): Query
}

/** Reads the JSON body of an operation. */
export interface DocumentReader<Document> {
  readonly schema: z.ZodType | undefined
  /** `optional`: a request may come without a body, `none`: a body is not read. */
  readonly presence: 'required' | 'optional' | 'none'
  /** @throws Refusal when the document is malformed. */
  read(value: PyValue | undefined, headers: Headers): Document
}

/** A JSON schema as the OpenAPI document shows it. */
export type PublishedSchema = { readonly [keyword: string]: Json }

/** Reports a refusal as an issue of the schema that is being checked. */
function reportRefusal(context: z.RefinementCtx, read: () => void): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
}

/**
 * Declares a query. A parameter of a loose object that is not named is read too.
 * @param parameters the named parameters; they describe the values that `read` takes.
 */
export function queryReader<Query>(
  parameters: z.ZodObject,
  read: (parameters: Parameters) => Query,
): QueryReader<Query> {
  const schema = parameters.superRefine((sent, context) =>
    reportRefusal(context, () => read(new Parameters(entriesOf(sent)))),
  )
  return { schema, read }
}

/** Lists a query field by field; a repeated parameter is a list of its values. */
function entriesOf(fields: Record<string, unknown>): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().flatMap((item): [string, string][] => (typeof item === 'string' ? [[name, item]] : [])),
  )
}

export interface DocumentSpec<Document> {
  /** The shape of the document for clients. */
  published: PublishedSchema
  read(value: PyValue, headers: Headers): Document
  /** Checks of the document that the rule makes later, because Glance looks at the caller or the image first. */
  check?(document: Document): void
}

/** Declares a JSON body that a request must have. */
export function documentReader<Document>(spec: DocumentSpec<Document>): DocumentReader<Document> {
  return {
    schema: schemaOf(spec),
    presence: 'required',
    read: (value = null, headers) => spec.read(value, headers),
  }
}

/** Declares a JSON body that a request may have; without one the document is undefined. */
export function optionalDocument<Document>(
  spec: DocumentSpec<Document>,
): DocumentReader<Document | undefined> {
  return {
    schema: schemaOf(spec).optional(),
    presence: 'optional',
    read: (value, headers) => (value === undefined ? undefined : spec.read(value, headers)),
  }
}

function schemaOf<Document>({ published, read, check }: DocumentSpec<Document>): z.ZodType {
  return z
    .unknown()
    .superRefine((json, context) =>
      reportRefusal(context, () => {
        const value = fromJson(json)
        checkDocument(value)
        const document = read(value, new Headers())
        check?.(document)
      }),
    )
    .meta({ override: ({ jsonSchema }) => void Object.assign(jsonSchema, published) })
}

/** Refuses a body that is neither an object nor a list, and text with half a character, which Python cannot write (400). */
export function checkDocument(value: PyValue): void {
  if (value === null || typeof value !== 'object')
    throw badRequest('Unexpected body type. Expected list/dict.')
  if (hasLoneSurrogate(value)) throw glanceWouldFail('half a character')
}

/** The media type of a body without its parameters, in the case in which it was sent. */
export function mediaType(headers: Headers): string | undefined {
  return headers.get('content-type')?.split(';')[0]?.trim()
}

/** The query of an edition that reads none. */
export const noQuery: QueryReader<undefined> = { schema: undefined, read: () => undefined }

/** The body of an edition that reads none. */
export const noDocument: DocumentReader<undefined> = {
  schema: undefined,
  presence: 'none',
  read: () => undefined,
}

/** A part of a request that both editions read alike. */
export function inBoth<Part>(part: Part): Readonly<Record<Edition, Part>> {
  return { stock: part, huawei: part }
}

export interface GlanceSpec<Params extends z.ZodObject, Query, Document, Replies extends Responses> {
  id: string
  method: Method
  path: string
  summary: string
  actions?: readonly string[]
  byEnterpriseProject?: boolean
  trace?: TraceName
  /** The edition that has the operation; both when it is undefined. */
  edition?: Edition
  /**
   * What a stock Glance does with a body: `none` refuses any, `document` reads JSON, `bytes` are those of an image,
   * `fatal` fails on JSON and refuses anything else, `ignored` reads nothing.
   */
  body: 'none' | 'document' | 'bytes' | 'fatal' | 'ignored'
  params: Params
  query?: Readonly<Record<Edition, QueryReader<Query>>>
  document?: Readonly<Record<Edition, DocumentReader<Document>>>
  responses: Replies
  /** The replies of each edition, when it has other ones than `responses`, which are those of both. */
  responsesIn?: Readonly<Record<Edition, Responses>>
}

/** A call of the image API, which can differ between the editions of Glance. It can be imported without the server. */
export interface GlanceContract<Params extends z.ZodObject, Query, Document, Replies extends Responses>
  extends GlanceSpec<Params, Query, Document, Replies> {
  inEdition(edition: Edition): Contract
}

/**
 * Declares an operation of the image API.
 * @example
 * export const showImage = glanceContract({
 *   id: 'GlanceShowImage', method: 'GET', path: '/v2/images/{image_id}', summary: 'Show an image',
 *   body: 'none', params: ImageParams, responses: { 200: ImageWire },
 * })
 */
export function glanceContract<Params extends z.ZodObject, Query, Document, Replies extends Responses>(
  spec: GlanceSpec<Params, Query, Document, Replies>,
): GlanceContract<Params, Query, Document, Replies> {
  const { id, method, path, summary, responses, actions = [], byEnterpriseProject = false } = spec
  return {
    ...spec,
    inEdition(edition) {
      const query = spec.query?.[edition].schema
      const body = spec.document?.[edition].schema
      return {
        id,
        method,
        path,
        summary,
        actions,
        conditionalActions: [],
        byEnterpriseProject,
        trace: spec.trace,
        takes: spec.body === 'bytes' ? 'bytes' : 'document',
        request: z.object({
          ...(Object.keys(spec.params.shape).length > 0 && { params: spec.params }),
          ...(query && { query }),
          ...(body && { body }),
        }),
        responses: spec.responsesIn?.[edition] ?? responses,
      }
    },
  }
}

/** The path parameters of an operation without any. */
export const NoParams = z.object({})

/** The path parameters of an operation on one image. */
export const ImageParams = z.object({ image_id: z.string() })
