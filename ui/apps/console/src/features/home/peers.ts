// Words and order for other servers.
import type { PeerState, PeerSummary } from '@hearth/api';
import { duration, relativeTime, t, type PlainKey, type Status } from '@hearth/kit';

const STATUS: Record<PeerState, Status> = {
  well: 'well',
  waiting: 'waiting',
  paused: 'off',
  held: 'held',
  request: 'attention',
  blocked: 'off',
  unknown: 'unknown',
};

/** What the owner must decide comes first, what is settled last. */
const URGENCY: readonly PeerState[] = ['held', 'request', 'waiting', 'paused', 'well', 'unknown', 'blocked'];

/** Nearer than this is now: a clock that counts seconds would only make people nervous. */
const JUST_NOW_MS = 60_000;

/** The status that a peer's state shows as. */
export function peerStatus(state: PeerState): Status {
  return STATUS[state] ?? 'unknown';
}

/** The word for a peer's state. */
export function peerWord(state: PeerState): string {
  const key: PlainKey = `home-peer-${state}`;
  return t(key);
}

/** By urgency, then by name. */
export function byUrgency(peers: readonly PeerSummary[]): PeerSummary[] {
  const rank = ({ state }: PeerSummary): number => URGENCY.indexOf(state);
  return peers.toSorted((a, b) => rank(a) - rank(b) || (a.domain < b.domain ? -1 : 1));
}

/** What to know about a peer now, each a sentence. */
export function peerSentences(peer: PeerSummary, now: number): string[] {
  return [stateSentence(peer, now), waitingSentence(peer, now), heardSentence(peer, now)].filter(
    (sentence) => sentence !== null,
  );
}

function stateSentence({ state, first_seen_at }: PeerSummary, now: number): string | null {
  if (state === 'held') return t('home-peer-held-text');
  if (state === 'paused') return t('home-peer-paused-text');
  if (state === 'blocked') return t('home-peer-blocked-text');
  if (state === 'request')
    return t('home-peer-request-text', { time: relativeTime(Date.parse(first_seen_at), now) });
  return null;
}

function waitingSentence({ waiting, oldest_waiting_at }: PeerSummary, now: number): string | null {
  if (waiting === 0) return null;
  if (!oldest_waiting_at) return t('home-peer-waits-plain', { count: waiting });
  return t('home-peer-waits', { count: waiting, time: duration(now - Date.parse(oldest_waiting_at)) });
}

function heardSentence({ state, last_contact_at }: PeerSummary, now: number): string | null {
  if (!last_contact_at || state === 'request' || state === 'blocked') return null;
  const heardAt = Date.parse(last_contact_at);
  if (now - heardAt < JUST_NOW_MS) return t('home-peer-heard-now');
  return t('home-peer-heard', { time: relativeTime(heardAt, now) });
}
