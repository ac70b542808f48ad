// Writes openapi.yaml from the built code; with --check it only says whether the file is stale, as CI asks.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './install.mjs';

const FILE = fileURLToPath(new URL('../openapi.yaml', import.meta.url));

await ensureBuilt();
const { openApiYaml } = createRequire(import.meta.url)('../dist/src/openapi-document.js');
const written = await openApiYaml();
if (process.argv.includes('--check')) {
  const committed = await readFile(FILE, 'utf8').catch(() => '');
  if (committed !== written) {
    console.error('openapi.yaml is stale: run `npm run openapi` and commit it.');
    process.exit(1);
  }
  console.log('openapi.yaml is fresh.');
} else {
  await writeFile(FILE, written);
  console.log('openapi.yaml written.');
}
