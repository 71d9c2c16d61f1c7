// Words for what was refused, chosen by code.
import { codeOf } from '@hearth/api';
import { t, type PlainKey } from '@hearth/kit';

const WORDS: Record<string, PlainKey> = {
  no_answer: 'problem-no-answer',
  peer_not_found: 'problem-peer-gone',
  nothing_to_accept: 'problem-peer-gone',
  has_owner: 'problem-has-owner',
  peer_unreachable: 'problem-peer-unreachable',
};

/** The sentence for an error. */
export function problemWords(error: unknown): string {
  return problemOf(codeOf(error));
}

/** The sentence for an error's code. */
export function problemOf(code: string): string {
  return t(WORDS[code] ?? (code.startsWith('http_5') ? 'problem-server' : 'problem-unknown'));
}
