import { createHash } from 'node:crypto';
import { writeFile, rename } from 'node:fs/promises';

export default class Bought {
  constructor(options) { this.config = options.config; }
  id() { return 'bought'; }
  async callApi(prompt) {
    const { base, folder, wait } = this.config;
    const headers = { Authorization: 'Bearer k', 'Content-Type': 'application/json' };
    const asked = await fetch(`${base}/api/v3/runwayml/gen4-image`, { method: 'POST', headers, body: JSON.stringify({ prompt, aspect_ratio: '1:1', resolution: '720p' }) });
    let { data } = await asked.json();
    while (data.status !== 'completed') {
      await new Promise((done) => setTimeout(done, wait * 1000));
      ({ data } = await (await fetch(`${base}/api/v3/predictions/${data.id}/result`, { headers })).json());
    }
    const bytes = Buffer.from(await (await fetch(data.outputs[0])).arrayBuffer());
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await writeFile(`${folder}/${sha256}.part`, bytes);
    await rename(`${folder}/${sha256}.part`, `${folder}/${sha256}`);
    return { output: sha256 };
  }
}
