// Web addresses inside plain text. Only http and https, only what was written: nothing is fetched, nothing is
// interpreted, so a message can never be more than words and links.

/** A stretch of a message. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

const CANDIDATE = /https?:\/\/[^\s<>"']+/giu;
const TRAILING = /[.,;:!?)\]}…]+$/u;

/** Splits `text` into words and links. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const written = withoutTrailing(match[0]);
    const href = safeHref(written);
    if (!href) continue;
    if (match.index > end) found.push({ kind: 'text', text: text.slice(end, match.index) });
    found.push({ kind: 'link', text: written, href });
    end = match.index + written.length;
  }
  if (end < text.length) found.push({ kind: 'text', text: text.slice(end) });
  return found;
}

/** Punctuation after an address belongs to the sentence, except a bracket that the address itself opened. */
function withoutTrailing(candidate: string): string {
  const cut = candidate.replace(TRAILING, '');
  const closes = candidate.charAt(cut.length) === ')' && cut.includes('(') && !cut.includes(')');
  return closes ? `${cut})` : cut;
}

function safeHref(written: string): string | null {
  try {
    const url = new URL(written);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}
