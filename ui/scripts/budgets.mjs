// How much a face may weigh before it shows anything (gzip). Raise a number only in a commit that says why.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const KB = 1024;
const BUDGETS = [
  { face: 'chat', kind: 'js', limit: 130 * KB },
  { face: 'chat', kind: 'css', limit: 20 * KB },
  { face: 'console', kind: 'js', limit: 180 * KB },
  { face: 'console', kind: 'css', limit: 20 * KB },
];

/** The files that the page asks for by itself: scripts, preloads and styles named in its markup. */
async function firstLoad(folder, kind) {
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  const named = [...page.matchAll(/(?:src|href)="(?:\.?\/)(assets\/[^"]+)"/g)].map(([, path]) => path);
  return named.filter((path) => path.endsWith(`.${kind}`));
}

/** Prints the weights and throws when one is over its budget. */
export async function checkBudgets(dist) {
  const over = [];
  for (const { face, kind, limit } of BUDGETS) {
    const files = await firstLoad(join(dist, face), kind);
    const sizes = await Promise.all(
      files.map(async (path) => gzipSync(await readFile(join(dist, face, path))).length),
    );
    const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
    const line = `${face} ${kind}: ${(size / KB).toFixed(1)} KB of ${limit / KB} KB`;
    console.log(line);
    if (size > limit) over.push(line);
  }
  const fonts = (await readdir(join(dist, 'chat/assets'))).filter((name) => name.endsWith('.woff2'));
  console.log(`chat fonts: ${fonts.length} files`);
  if (over.length > 0) throw new Error(`over budget: ${over.join('; ')}`);
}
