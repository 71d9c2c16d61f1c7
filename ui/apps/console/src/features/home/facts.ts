// Words for the kinds that the server names by a code.
import type { RegistrationMode } from '@hearth/api';
import { t, type PlainKey } from '@hearth/kit';

/** Where the keys are. */
export interface KeysWords {
  readonly text: string;
  /** What the owner should know about it. */
  readonly note: string | undefined;
  /** Others could come by the keys. */
  readonly isWeak: boolean;
}

/** Words for a kind of key store. */
export function keysWords(kind: string): KeysWords {
  switch (kind) {
    case 'keyring':
      return { text: t('home-keys-keyring'), note: undefined, isWeak: false };
    case 'sealed-file':
      return { text: t('home-keys-sealed-file'), note: undefined, isWeak: false };
    case 'plain-file':
      return { text: t('home-keys-plain-file'), note: t('home-keys-plain-file-note'), isWeak: true };
    case 'memory':
      return { text: t('home-keys-memory'), note: t('home-keys-memory-note'), isWeak: true };
    default:
      return { text: t('home-keys-other', { kind }), note: undefined, isWeak: false };
  }
}

const CERTIFICATES: Record<string, PlainKey> = {
  'self-signed': 'home-certificate-self-signed',
  files: 'home-certificate-files',
  proxy: 'home-certificate-proxy',
};

/** Words for where the certificate comes from. */
export function certificateWords(mode: string): string {
  const key = CERTIFICATES[mode];
  return key ? t(key) : mode;
}

/** Reads who may make an account; a word not known here is treated as the strictest that still lets people in. */
export function registrationMode(word: string): RegistrationMode {
  return word === 'open' || word === 'closed' ? word : 'invite_only';
}
