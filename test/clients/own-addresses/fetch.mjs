/** Node's own fetch finds the emulator by its environment alone. */
const answer = await fetch('https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages/quota', {
  headers: { 'X-Auth-Token': process.env.IMS_TOKEN },
})
if (answer.status !== 200) throw new Error(`it answered ${answer.status}`)
console.log('fetch: https://ims.cn-north-4.myhuaweicloud.com')
