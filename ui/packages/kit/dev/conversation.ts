// A conversation with a message in every state.
import type { AuthorView, Delivery, MessageView } from '../src/index.ts';

const MINUTE = 60_000;
const lena: AuthorView = { id: 'lena', name: 'Lena', server: null };
const ben: AuthorView = { id: 'ben', name: 'Ben', server: null };
const mia: AuthorView = { id: 'mia', name: 'Mia Okafor', server: 'b.hearth.test' };

/** The messages, the last of them written at `now`. */
export function conversation(now: number): MessageView[] {
  const lines: [AuthorView, number, string, Delivery][] = [
    [ben, 1500, 'The bread is in the oven.', 'sent'],
    [ben, 1499, 'Recipe: https://example.org/recipes/harbour-loaf.', 'sent'],
    [lena, 1440, 'Lovely.', 'sent'],
    [mia, 90, 'Hello from the other server.\n\nDoes this reach you?', 'sent'],
    [mia, 60, 'Verylongwordwithoutanyspace'.repeat(6), 'sent'],
    [lena, 3, 'It does.', 'sending'],
    [lena, 2, 'At once.', 'waiting'],
    [lena, 1, 'And this one did not go.', 'failed'],
  ];
  return lines.map(([author, ago, text, delivery], index) => ({
    key: `m${index + 1}`,
    author,
    mine: author === lena,
    at: now - ago * MINUTE,
    text,
    edited: index === 2,
    delivery,
    problem: delivery === 'failed' ? 'You are not in this channel any more.' : undefined,
  }));
}
