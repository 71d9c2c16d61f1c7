// The line under the field: how the look-up stands.
import { t } from '@hearth/kit';
import { problemWords } from '../../problems.ts';
import type { Bar, LookupState } from './lookup.svelte.ts';

/** The words for a look-up; empty while there is nothing to say. */
export function lookupWords(state: LookupState): string {
  switch (state.kind) {
    case 'idle':
      return '';
    case 'malformed':
      return t('chat-add-malformed');
    case 'looking':
      return t('chat-add-looking', { person: state.address.username, server: state.address.server });
    case 'found':
      return t('chat-add-found', { person: state.person.displayName ?? state.person.username });
    case 'not_found':
      return t('chat-add-not-found', { person: state.address.username, server: state.address.server });
    case 'unreachable':
      return t('chat-add-unreachable', { server: state.address.server });
    case 'barred':
      return barredWords(state.code, state.address.server);
    case 'failed':
      return problemWords(state.error);
  }
}

function barredWords(code: Bar, server: string): string {
  switch (code) {
    case 'server_blocked':
      return t('chat-add-blocked', { server });
    case 'server_held':
      return t('chat-add-held', { server });
    case 'server_pending':
      return t('chat-add-pending', { server });
    case 'server_refused':
      return t('chat-add-refused', { server });
    case 'federation_off':
      return t('chat-add-federation-off');
  }
}
