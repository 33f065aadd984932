import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { globalSetup: ['ims-emulator/global-setup'] } })
