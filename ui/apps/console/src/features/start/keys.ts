// What is the matter with the keys, and which ways out there are.
import { t, type PlainKey } from '@hearth/kit';

/** What a person can do about it, besides trying again. */
export type KeysWay =
  /** Choose a passphrase for a new file. */
  | 'seal'
  /** Give the passphrase of the file that is there. */
  | 'unseal'
  /** Nothing from here: what is lost must be brought back. */
  | 'none';

/** A state of the key store, in words. */
export interface KeysMatter {
  readonly title: string;
  readonly text: string;
  readonly way: KeysWay;
}

type Words = readonly [title: PlainKey, text: PlainKey];

const KEYRING: Record<string, Words> = {
  keyring_locked: ['start-keys-locked-title', 'start-keys-locked-text'],
  keyring_absent: ['start-keys-absent-title', 'start-keys-absent-text'],
  keyring_no_session: ['start-keys-absent-title', 'start-keys-absent-text'],
  keyring_denied: ['start-keys-denied-title', 'start-keys-denied-text'],
};
const OTHERWISE: Words = ['start-keys-failed-title', 'start-keys-failed-text'];
const UNSEAL = new Set(['passphrase_needed', 'passphrase_wrong', 'passphrase_file']);
// A key that should be there and is not, or is another: a new one would be a new identity.
const LOST = new Set([
  'signing_key_missing',
  'signing_key_mismatch',
  'signing_key_malformed',
  'key_file_missing',
]);

/** What a code of `needs_key_store` means. */
export function keysMatter(code: string): KeysMatter {
  if (code === 'keys_in_plain_file')
    return { title: t('start-keys-plain-title'), text: t('start-keys-plain-text'), way: 'none' };
  if (UNSEAL.has(code))
    return { title: t('start-unseal-title'), text: t('start-unseal-text'), way: 'unseal' };
  if (LOST.has(code))
    return { title: t('start-keys-lost-title'), text: t('start-keys-lost-text'), way: 'none' };
  const [title, text] = KEYRING[code] ?? OTHERWISE;
  return { title: t(title), text: t(text), way: 'seal' };
}
