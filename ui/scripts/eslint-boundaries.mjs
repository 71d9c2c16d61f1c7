// The arrows between the rooms of ui/, as a lint rule:
// kit knows no api; apps know both and never each other; a feature is entered by its index only.
import { dirname, relative, resolve, sep } from 'node:path';

const ui = dirname(import.meta.dirname);

/** Which room a file is in: `packages/kit`, `apps/chat`, and inside an app its feature. */
function roomOf(file) {
  const [top, name, src, folder, feature] = relative(ui, file).split(sep);
  if (top !== 'packages' && top !== 'apps') return null;
  return {
    room: `${top}/${name}`,
    isApp: top === 'apps',
    feature: src === 'src' && folder === 'features' ? feature : null,
  };
}

/** What is wrong with `from` importing `specifier`; null when nothing is. */
export function fault(from, specifier) {
  const here = roomOf(from);
  if (!here) return null;
  if (specifier.startsWith('@hearth/')) return packageFault(here, specifier);
  if (!specifier.startsWith('.')) return null;
  const target = resolve(dirname(from), specifier.replace(/\?.*$/, ''));
  const there = roomOf(target);
  // Words and icons lie outside the rooms and belong to everybody.
  if (!there) return null;
  if (there.room !== here.room)
    return `${here.room} reaches into ${there.room}: import it by its package name.`;
  if (!there.feature || there.feature === here.feature) return null;
  return /[/\\]index\.ts$/.test(target)
    ? null
    : `The feature ${there.feature} is entered by its index.ts only.`;
}

function packageFault(here, specifier) {
  const name = specifier.split('/')[1];
  if (here.room === 'packages/kit') return 'The kit knows no API and no app.';
  if (here.room === 'packages/api') return 'The API client shows nothing and knows no app.';
  return ['api', 'kit', 'e2ee'].includes(name) ? null : 'Apps never import each other.';
}

export const boundaries = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const check = (node) => {
      if (typeof node.source?.value !== 'string') return;
      const message = fault(context.filename, node.source.value);
      if (message) context.report({ node: node.source, message });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};
