// Types of every message key from the English Fluent files: a missing key or value is a type error, not a
// hole on a screen.
import { parse, Visitor } from '@fluent/syntax';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../locales/en/', import.meta.url));

class Variables extends Visitor {
  names = new Set();
  counted = new Set();
  visitVariableReference(node) {
    this.names.add(node.id.name);
  }
  visitSelectExpression(node) {
    // What a plural is chosen by is a number; a select by words stays open.
    const plural = node.variants.some(({ key }) => ['zero', 'one', 'two', 'few', 'many'].includes(key.name));
    if (plural && node.selector.type === 'VariableReference') this.counted.add(node.selector.id.name);
    this.genericVisit(node);
  }
}

/** One `key: values` line of the interface. */
function member(message) {
  const variables = new Variables();
  variables.visit(message);
  const names = [...variables.names].sort();
  const fields = names.map(
    (name) => `${name}: ${variables.counted.has(name) ? 'number' : 'string | number'}`,
  );
  return `  '${message.id.name}': ${fields.length ? `{ ${fields.join('; ')} }` : 'null'};`;
}

/** The whole TypeScript file; throws on a syntax error or a key defined twice. */
export async function messagesSource() {
  const seen = new Set();
  const members = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.ftl')).sort()) {
    for (const entry of parse(await readFile(folder + file, 'utf8'), {}).body) {
      if (entry.type === 'Junk') throw new Error(`${file}: not Fluent: ${entry.content.slice(0, 80)}`);
      if (entry.type !== 'Message') continue;
      if (seen.has(entry.id.name)) throw new Error(`${file}: ${entry.id.name} is defined twice`);
      seen.add(entry.id.name);
      members.push(member(entry));
    }
  }
  return [
    '// Generated from locales/en/*.ftl by `npm run generate`. Do not edit.',
    '',
    '/** What each message wants to be told. */',
    'export interface Messages {',
    ...members,
    '}',
    '',
  ].join('\n');
}
