import { describe } from 'vitest'
import { EAST } from '../../demo-world.ts'
import { expect } from '../../emulator.ts'
import { PARTNER } from '../../private-image.ts'
import { DOMAIN, PARTNER_DOMAIN, PROJECT, strictTest as test } from '../../tenants.ts'
import { askForToken, byPassword, demoDomain, expectRefusal } from './requests.ts'

const east = { id: EAST.project, name: 'cn-east-3', domain: demoDomain }
const north = { id: PROJECT, name: 'cn-north-4', domain: demoDomain }

describe('scope of a token', () => {
  test.for([
    ['a project by its id', { project: { id: EAST.project } }, { project: east }],
    ['a project by its name', { project: { name: 'cn-east-3' } }, { project: east }],
    [
      'a project by its name and domain, as OpenStack writes it',
      { project: { name: 'cn-north-4', domain: { name: 'demo' } } },
      { project: north },
    ],
    [
      'the project when a project and a domain are named',
      { project: { id: PROJECT }, domain: { id: DOMAIN } },
      { project: north },
    ],
    ['the domain by its id', { domain: { id: DOMAIN } }, { domain: demoDomain }],
    ['the domain by its name', { domain: { name: 'demo' } }, { domain: demoDomain }],
    ['the domain of the user without a scope', undefined, { domain: demoDomain }],
    ['the domain of the user with an empty scope', {}, { domain: demoDomain }],
    ['the domain of the user with a null scope', null, { domain: demoDomain }],
  ] as const)('is %s', async ([, scope, shown], { emulator }) => {
    const { status, body } = await askForToken(emulator, byPassword(), scope)
    const { project, domain } = body.token
    expect({ status, project, domain }).toEqual({ status: 201, ...shown })
  })

  test.for([
    [
      'a project of another account',
      { project: { id: PARTNER } },
      400,
      'The project information cannot be found.',
    ],
    [
      'an unknown project id',
      { project: { id: '0'.repeat(32) } },
      400,
      'The project information cannot be found.',
    ],
    [
      'an unknown project name',
      { project: { name: 'cn-south-1' } },
      400,
      'The project information cannot be found.',
    ],
    [
      'a project name in another domain',
      { project: { name: 'cn-north-4', domain: { id: PARTNER_DOMAIN } } },
      403,
      'You are not authorized to perform the requested action.',
    ],
    [
      'another domain',
      { domain: { name: 'partner' } },
      403,
      'You are not authorized to perform the requested action.',
    ],
  ] as const)('cannot be %s', async ([, scope, status, sentence], { emulator }) => {
    expectRefusal(await askForToken(emulator, byPassword(), scope), status, sentence)
  })
})
