/**
 * Drives a strict emulator with the core of the official Node SDK, which signs and sends; the package for images is not on
 * the registry, so the requests are written down here.
 *
 * usage: NODE_PATH=FOLDER_OF_THE_SDK main.cjs ENDPOINT TENANTS_FILE
 */
const { ask } = require('./identity.cjs')
const { verify } = require('./signatures.cjs')

verify().then(ask)
