// What a new account must look like before the server is asked. The server decides; this only saves a way.
import type { FieldFault } from '@hearth/api';
import { t } from '@hearth/kit';

/** Shortest and longest password, in characters. */
export const PASSWORD = { least: 8, most: 128 } as const;
const USERNAME_LEAST = 3;

/** What is wrong with a wanted name; undefined when nothing is. */
export function usernameFault(name: string): string | undefined {
  if (name === '') return t('kit-needed');
  if (!/^[A-Za-z0-9_-]*$/.test(name)) return t('entry-username-letters');
  return name.length < USERNAME_LEAST ? t('entry-username-short') : undefined;
}

/** What is wrong with a wanted password; undefined when nothing is. */
export function passwordFault(password: string): string | undefined {
  const length = [...password].length;
  if (length === 0) return t('kit-needed');
  if (length < PASSWORD.least) return t('entry-password-short');
  return length > PASSWORD.most ? t('entry-password-long') : undefined;
}

/** The server's own objection to one field, in words. */
export function serverFault(faults: readonly FieldFault[], field: string): string | undefined {
  const fault = faults.find((candidate) => candidate.field === field);
  if (!fault) return undefined;
  if (field === 'username')
    return t(fault.type === 'string_too_short' ? 'entry-username-short' : 'entry-username-letters');
  return field === 'password'
    ? t(fault.type === 'string_too_long' ? 'entry-password-long' : 'entry-password-short')
    : undefined;
}
