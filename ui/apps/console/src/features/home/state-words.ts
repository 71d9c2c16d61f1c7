// One sentence about the whole server: the most urgent thing, or that all is well.
import type { OwnerStatus } from '@hearth/api';
import { t, type Status } from '@hearth/kit';

/** How the server is, in a sentence, with the status it stands for. */
export interface StateWords {
  readonly status: Status;
  readonly text: string;
}

/** The sentence for a status. */
export function stateWords({ has_owner, federation_enabled, peers }: OwnerStatus): StateWords {
  if (!has_owner) return { status: 'attention', text: t('home-state-unowned') };
  if (peers.held > 0) return { status: 'held', text: t('home-state-held', { count: peers.held }) };
  if (peers.requests > 0)
    return { status: 'attention', text: t('home-state-requests', { count: peers.requests }) };
  if (!federation_enabled) return { status: 'off', text: t('home-state-off') };
  return { status: 'well', text: t('home-state-well') };
}
