// What must not be in a built page, because the content security policy forbids it or because nobody should rely
// on it: markup made from strings, code made from strings, files from elsewhere.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const IN_SCRIPTS = [
  { what: 'eval', pattern: /[^.\w]eval\(/ },
  { what: 'new Function', pattern: /new Function\(/ },
  { what: 'document.write', pattern: /document\.write\(/ },
  { what: 'an outer host', pattern: /(?:fetch|import)\(["'`]https?:/ },
];
const IN_PAGES = [
  { what: 'an inline style', pattern: /<[^>]+\sstyle=/ },
  { what: 'an inline script', pattern: /<script(?![^>]*\ssrc=)[^>]*>/ },
  { what: 'an inline handler', pattern: /<[^>]+\son\w+=/ },
  { what: 'an outer host', pattern: /(?:src|href)="(?:https?:)?\/\// },
];

/** Throws with every finding in the given folders. */
export async function checkForbidden(folders) {
  const findings = [];
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true })) {
      const checks = entry.endsWith('.js') ? IN_SCRIPTS : entry.endsWith('.html') ? IN_PAGES : [];
      if (checks.length === 0) continue;
      const text = await readFile(join(folder, entry), 'utf8');
      for (const { what, pattern } of checks) if (pattern.test(text)) findings.push(`${entry}: ${what}`);
    }
  }
  if (findings.length > 0) throw new Error(`forbidden in the build: ${findings.join('; ')}`);
}
