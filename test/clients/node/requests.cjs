/**
 * Requests that are hard to sign alike on both sides, and how the image service answers each once it knows who asks.
 * An answer is a status, and the code of a refusal.
 */

const NO_IMAGE = '11111111-2222-4333-8444-555555555555'
const NAMES = [
  'two words',
  'a+b',
  '100%',
  '%2B',
  '*.img',
  "it's (here)!",
  'a=b&c=d',
  '镜像',
  '😀',
  'é',
  '~_-.',
  '?#',
  '"\\',
]
const IMAGES = '/v2/cloudimages'
const IMAGE = `${IMAGES}/${NO_IMAGE}`
const NATIVE = `/v2/images/${NO_IMAGE}`
const TAGS = '/v2/{project_id}/images/{image_id}/tags'
const JSON_PATCH = 'application/openstack-images-v2.1-json-patch'
const THREE_MEGABYTES = 'ü'.repeat(1_500_000)

const queries = NAMES.map((name) => ({
  what: `a query with ${name}`,
  answer: '200',
  options: { url: IMAGES, method: 'GET', queryParams: { name, tag: `${name}=${name}` } },
}))

const paths = NAMES.map((name) => ({
  what: `a path with ${name}`,
  answer: '400 IMG.0066',
  options: { url: TAGS, method: 'GET', pathParams: { image_id: encodeURIComponent(name) } },
}))

const others = [
  {
    what: 'a query without a value',
    answer: '200',
    options: { url: IMAGES, method: 'GET', queryParams: { name: '' } },
  },
  {
    what: 'a query with one name twice',
    answer: '200',
    options: { url: IMAGES, method: 'GET', queryParams: { id: [NO_IMAGE, '2'] } },
  },
  {
    what: 'a query of names out of order',
    answer: '200',
    options: { url: IMAGES, method: 'GET', queryParams: { tag: 'b', name: 'a', limit: 1 } },
  },
  { what: 'no query', answer: '200', options: { url: IMAGES, method: 'GET' } },
  {
    what: 'a Chinese path that is not encoded',
    answer: '400 IMG.0066',
    options: { url: TAGS, method: 'GET', pathParams: { image_id: '镜像' } },
  },
  { what: 'a deletion without a body', answer: '404', options: { url: NATIVE, method: 'DELETE', data: {} } },
  {
    what: 'a deletion with a body',
    answer: '404',
    options: { url: NATIVE, method: 'DELETE', data: { delete_backup: true } },
  },
  { what: 'a PUT without a body', answer: '404', options: { url: `${NATIVE}/tags/blue`, method: 'PUT' } },
  {
    what: 'an empty list',
    answer: '400 IMG.0001',
    options: { url: IMAGE, method: 'PATCH', data: [] },
  },
  {
    what: 'a Chinese body',
    answer: '400 IMG.0003',
    options: { url: IMAGE, method: 'PATCH', data: [{ op: 'replace', path: '/name', value: '镜像 😀 é' }] },
  },
  {
    what: 'a body of 3 MB',
    answer: '400 IMG.0004',
    options: {
      url: IMAGE,
      method: 'PATCH',
      data: [{ op: 'replace', path: '/__description', value: THREE_MEGABYTES }],
    },
  },
  {
    what: 'a body that is left unsigned',
    answer: '404',
    options: {
      url: NATIVE,
      method: 'PATCH',
      contentType: JSON_PATCH,
      data: [{ op: 'replace', path: '/name', value: 'é' }],
    },
  },
  {
    what: 'a large body that is left unsigned',
    answer: '404',
    options: {
      url: NATIVE,
      method: 'PATCH',
      contentType: JSON_PATCH,
      data: [{ op: 'add', path: '/note', value: THREE_MEGABYTES }],
    },
  },
]

exports.requests = [...queries, ...paths, ...others]
