// Words for what was refused, chosen by code.
import { codeOf } from '@hearth/api';
import { t, type PlainKey } from '@hearth/kit';

const WORDS: Record<string, PlainKey> = {
  already_a_member: 'problem-already-member',
  banned: 'problem-banned',
  body_too_large: 'problem-too-large',
  channel_not_found: 'problem-not-member',
  email_domain: 'problem-email-domain',
  invalid: 'problem-too-large',
  invalid_credentials: 'problem-credentials',
  invalid_token: 'problem-signed-out',
  no_answer: 'problem-no-answer',
  not_a_member: 'problem-not-member',
  not_authenticated: 'problem-signed-out',
  rate_limited: 'problem-busy',
  registration_closed: 'problem-closed',
  registration_invite_only: 'problem-invite-only',
  setup_link_invalid: 'problem-setup-link',
  suspended: 'problem-suspended',
  username_taken: 'problem-name-taken',
};

/** The sentence for an error. */
export function problemWords(error: unknown): string {
  return problemOf(codeOf(error));
}

/** The sentence for an error's code. */
export function problemOf(code: string): string {
  return t(WORDS[code] ?? (code.startsWith('http_5') ? 'problem-server' : 'problem-unknown'));
}
