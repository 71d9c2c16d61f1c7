// Hashes on the entry script and style. They guard against a proxy or cache that changes files on their way, not
// against a hostile server, which would change the page itself.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Adds `integrity` to every script, preload and style of our own in the page of `folder`. */
export async function addIntegrity(folder) {
  const path = join(folder, 'index.html');
  const page = await readFile(path, 'utf8');
  const tags = [...page.matchAll(/<(?:script|link)[^>]*(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"[^>]*>/g)];
  let marked = page;
  for (const [tag, file] of tags) {
    const hash = createHash('sha384')
      .update(await readFile(join(folder, file)))
      .digest('base64');
    marked = marked.replace(tag, tag.replace(/>$/, ` integrity="sha384-${hash}">`));
  }
  await writeFile(path, marked);
}
