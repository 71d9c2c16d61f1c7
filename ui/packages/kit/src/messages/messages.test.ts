// The message list and the composer by role, name and key.
import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import Composer from './Composer.svelte';
import MessageList from './MessageList.svelte';
import type { MessageView } from './view.ts';

const NOON = Date.UTC(2026, 10, 22, 12);

function view(key: string, change: Partial<MessageView> = {}): MessageView {
  return {
    key,
    author: { id: 'ben', name: 'Ben', server: null },
    mine: false,
    at: NOON,
    text: `text of ${key}`,
    edited: false,
    delivery: 'sent',
    ...change,
  };
}

function list(messages: MessageView[], change: object = {}): ReturnType<typeof render> {
  return render(MessageList, {
    label: 'Messages in Kitchen',
    messages,
    hasOlder: false,
    onolder: () => undefined,
    firstUnread: null,
    ...change,
  });
}

afterEach(cleanup);

test('each message is an article named by who, when, what and how it stands', () => {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['en-GB']);
  const author = { id: 'mia', name: 'Mia', server: 'b.example' };
  list([view('a', { author, edited: true, delivery: 'waiting', text: 'Hello' })]);
  const article = within(screen.getByRole('log', { name: 'Messages in Kitchen' })).getByRole('article');
  const name = (article.getAttribute('aria-labelledby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent?.trim().replace(/\s+/g, ' '))
    .filter(Boolean);
  expect(name).toEqual(['Mia @b.example', '12:00', 'Hello', 'edited', 'Waiting to be sent']);
});

test('a message that follows tells its time beside the text in the narrow form, and in full to who listens', () => {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['en-US']);
  list([view('a'), view('b', { at: NOON + 60_000 })]);
  const [first, second] = screen.getAllByRole('article');
  expect(first?.querySelector('.gutter')).toBeNull();
  expect(second?.querySelector('.gutter')?.textContent).toBe('12:01');
  expect(second?.querySelector('.gutter')?.getAttribute('aria-hidden')).toBe('true');
  expect(second?.querySelector('time')?.textContent).toMatch(/^12:01\sPM$/);
});

test('the list is one tab stop that arrows move', async () => {
  list([view('a'), view('b'), view('c')]);
  const stops = (): string[] =>
    screen.getAllByRole('article').map((article) => article.getAttribute('tabindex') ?? '');
  expect(stops()).toEqual(['-1', '-1', '0']);
  screen.getAllByRole('article')[2]?.focus();
  await userEvent.keyboard('{ArrowUp}');
  expect(stops()).toEqual(['-1', '0', '-1']);
  await userEvent.keyboard('{Home}');
  expect(document.activeElement?.getAttribute('data-message')).toBe('a');
  await userEvent.keyboard('{End}');
  expect(document.activeElement?.getAttribute('data-message')).toBe('c');
});

test('Enter goes to what can be done, Escape back', async () => {
  const onretry = vi.fn();
  list([view('a', { mine: true, delivery: 'failed', problem: 'Too long.' })], { onretry });
  screen.getByRole('article').focus();
  await userEvent.keyboard('{Enter}');
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Retry' }));
  await userEvent.keyboard('{Enter}');
  expect(onretry).toHaveBeenCalledWith('a');
  await userEvent.keyboard('{ArrowRight}');
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Edit' }));
  await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Copy the text' }));
  await userEvent.keyboard('{Escape}');
  expect(document.activeElement).toBe(screen.getByRole('article'));
  expect(screen.getByText(/Too long\./)).toBeTruthy();
});

test('U goes to the first message not seen', async () => {
  list([view('a'), view('b'), view('c')], { firstUnread: 'b' });
  screen.getAllByRole('article')[2]?.focus();
  await userEvent.keyboard('u');
  expect(document.activeElement?.getAttribute('data-message')).toBe('b');
  expect(screen.getByText('New')).toBeTruthy();
});

test('what is said to people who listen: places, and that older ones are not counted', () => {
  list([view('a'), view('b')], { hasOlder: true });
  const [first] = screen.getAllByRole('article');
  expect(first?.getAttribute('aria-posinset')).toBe('1');
  expect(first?.getAttribute('aria-setsize')).toBe('-1');
  expect(screen.getByRole('log').getAttribute('aria-live')).toBe('off');
});

test('Enter sends, Shift+Enter starts a line, and nothing half-composed goes out', async () => {
  const onsend = vi.fn();
  render(Composer, { value: '', label: 'Message to Kitchen', placeholder: 'Write', onsend });
  const field = screen.getByRole('textbox', { name: 'Message to Kitchen' });
  await userEvent.type(field, 'one{Shift>}{Enter}{/Shift}two');
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true }));
  expect(onsend).not.toHaveBeenCalled();
  await userEvent.keyboard('{Enter}');
  expect(onsend).toHaveBeenCalledWith('one\ntwo');
  expect(field).toHaveProperty('value', '');
  await userEvent.type(field, '   {Enter}');
  expect(onsend).toHaveBeenCalledTimes(1);
});
