// Sends each payload as a track call of the real Segment SDK, and two that are too large.
// Prints one line of JSON: what was delivered, and what the SDK itself refused.
import {Analytics} from '@segment/analytics-node'
import {createHash} from 'node:crypto'
import {readdirSync, readFileSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'

const [corpus] = process.argv.slice(2)
const {INGESTION_URL: host, GITHUB_WRITE_KEY: writeKey} = process.env
if (!corpus || !host || !writeKey) {
  console.error('usage: INGESTION_URL=… GITHUB_WRITE_KEY=… node play.mjs CORPUS')
  process.exit(2)
}

const analytics = new Analytics({writeKey, host, flushAt: 20, flushInterval: 200})
const delivered = []
const refused = []

function track(messageId, event, properties) {
  analytics.track({userId: 'github', messageId, event, properties}, (error) => {
    if (error) refused.push({messageId, why: String(error.reason ?? error)})
    else delivered.push(messageId)
  })
}

const files = readdirSync(corpus, {recursive: true}).filter((file) => file.endsWith('.json')).sort()
for (const file of files) {
  const id = createHash('sha256').update(file).digest('hex').slice(0, 32)
  track(id, basename(dirname(file)), JSON.parse(readFileSync(join(corpus, file), 'utf8')))
}

// The SDK measures an event by its escapes and the letter i: the first of these it lets pass, so that
// the door must refuse it, and the second it refuses itself.
track('too-large-for-the-door', 'push', {text: 'x'.repeat(40_000)})
track('too-large-for-the-sdk', 'push', {text: 'i'.repeat(40_000)})

await analytics.closeAndFlush({timeout: 60_000})
console.log(JSON.stringify({files: files.length, delivered, refused}))
