/** What every check of the Node SDK needs: a line for each, clients of the demo user, and what is read of an answer. */
const { readFileSync } = require('node:fs')
const { ClientBuilder } = require('@huaweicloud/huaweicloud-sdk-core/ClientBuilder')
const { Logger4jInstance } = require('@huaweicloud/huaweicloud-sdk-core/logger/log4jLogger')
const { parse } = require('yaml')

// It writes every refusal out, and refusals are meant here.
Logger4jInstance.level = 'off'

const [, , endpoint, tenantsFile] = process.argv
const demo = parse(readFileSync(tenantsFile, 'utf8')).users.find(({ name }) => name === 'demo')

/** Ends the run at the first difference. */
function check(what, found, meant) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(meant)]
  if (a !== b) {
    console.log(`not ok ${what}\n  found ${a}\n  meant ${b}`)
    process.exit(1)
  }
  console.log(`ok ${what}`)
}

/** With a region the SDK looks for whatever of project and account the credential lacks. */
function clientWith(credential, region) {
  const builder = new ClientBuilder((client) => client).withEndpoint(endpoint).withCredential(credential)
  return (region === undefined ? builder : builder.withRegion(region)).build()
}

/** Sends as a client of the SDK does; a refusal is an answer too. */
async function send(client, { queryParams = {}, pathParams = {}, headers = {}, ...options }) {
  const request = { contentType: 'application/json', ...options, queryParams, headers }
  try {
    return await client.sendRequest({
      ...request,
      pathParams: { project_id: demo.project_id, ...pathParams },
    })
  } catch (error) {
    return error
  }
}

/** The status, and the code of a refusal. */
function inShort({ httpStatusCode, errorCode }) {
  return [httpStatusCode, errorCode].filter((part) => part !== undefined).join(' ')
}

module.exports = { check, clientWith, demo, endpoint, inShort, send }
