// The kit's components by role and name, as people reach them.
import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import Button from './Button.svelte';
import CopyButton from './CopyButton.svelte';
import Dialog from './Dialog.svelte';
import Fingerprint from './Fingerprint.svelte';
import RadioCards from './RadioCards.svelte';
import Secret from './Secret.svelte';
import StatusTag from './StatusTag.svelte';
import Switch from './Switch.svelte';
import TextInput from './TextInput.svelte';
import ToastRegion from './ToastRegion.svelte';
import TypingLine from './TypingLine.svelte';
import { toasts } from '../toasts.svelte.ts';

const words = (text: string) => createRawSnippet(() => ({ render: () => `<span>${text}</span>` }));

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('a busy button keeps the keyboard and answers no second press', async () => {
  const onclick = vi.fn();
  const { rerender } = render(Button, { children: words('Save'), onclick });
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await rerender({ busy: true });
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(onclick).toHaveBeenCalledTimes(1);
  expect(screen.getByRole('button')).not.toHaveProperty('disabled', true);
});

test('a field is described by its hint and its error', () => {
  render(TextInput, { label: 'Name', hint: 'What people see.', error: 'Too short.' });
  const field = screen.getByRole('textbox', { name: 'Name' });
  const described = (field.getAttribute('aria-describedby') ?? '').split(' ');
  const texts = described.map((id) => document.getElementById(id)?.textContent?.trim());
  expect(texts).toEqual(['What people see.', 'Too short.']);
  expect(field.getAttribute('aria-invalid')).toBe('true');
});

test('a secret is shown on request and says how long is enough', async () => {
  render(Secret, { label: 'Password', enough: 8 });
  const field = screen.getByLabelText('Password');
  await userEvent.type(field, 'seven77');
  expect(screen.getByText('One more character')).toBeTruthy();
  expect(field.getAttribute('type')).toBe('password');
  await userEvent.click(screen.getByRole('button', { name: 'Show what you type' }));
  expect(field.getAttribute('type')).toBe('text');
  await userEvent.type(field, '8');
  expect(screen.getByText(/Long enough/)).toBeTruthy();
});

test('a switch asks and leaves the change to its owner', async () => {
  const onchange = vi.fn();
  render(Switch, { label: 'Federation', checked: true, word: 'On', onchange });
  const found = screen.getByRole('switch', { name: 'Federation' });
  await userEvent.click(found);
  expect(onchange).toHaveBeenCalledWith(false);
  expect(found.getAttribute('aria-checked')).toBe('true');
});

test('cards are radios, each described by its consequence', async () => {
  const onchange = vi.fn();
  const choices = [
    { value: 'open', title: 'Anyone', text: 'Anyone can.' },
    { value: 'closed', title: 'Nobody', text: 'No one can.' },
  ];
  render(RadioCards, { legend: 'Who', choices, value: 'open', onchange });
  expect(screen.getByRole('group', { name: 'Who' })).toBeTruthy();
  const nobody = screen.getByRole('radio', { name: 'Nobody' });
  expect(document.getElementById(nobody.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
    'No one can.',
  );
  await userEvent.click(nobody);
  expect(onchange).toHaveBeenCalledWith('closed');
});

test('a dialog takes the keyboard and names itself', async () => {
  render(Dialog, {
    open: true,
    title: 'Block it?',
    description: 'Nothing is sent any more.',
    children: words('More.'),
  });
  const dialog = await screen.findByRole('dialog', { name: 'Block it?' });
  const described = document.getElementById(dialog.getAttribute('aria-describedby') ?? '');
  expect(described?.textContent).toContain('Nothing is sent any more.');
  await userEvent.click(screen.getByRole('button', { name: 'Close' }));
  await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

test('a status is a word beside its icon', () => {
  render(StatusTag, { status: 'held' });
  expect(screen.getByText('Held')).toBeTruthy();
});

test('a fingerprint is read group by group and copied whole', async () => {
  const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  const value = `sha256:${'0123456789abcdef'.repeat(4)}`;
  render(Fingerprint, { value });
  const group = screen.getByRole('group', { name: 'Fingerprint' });
  expect(group.textContent?.trim().split(/\s+/)).toHaveLength(16);
  await userEvent.click(screen.getByRole('button', { name: 'Copy the fingerprint' }));
  expect(writeText).toHaveBeenCalledWith(value);
});

test('copying that the system refuses is said', async () => {
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('denied'));
  document.execCommand = () => false;
  render(CopyButton, { text: 'x', label: 'Copy the address' });
  const { announcer } = await import('../a11y/announcer.svelte.ts');
  await userEvent.click(screen.getByRole('button', { name: 'Copy the address' }));
  await vi.waitFor(() => expect(announcer.spoken).toMatch(/Could not copy/));
});

test('a toast goes by itself, and stays while it is being read', async () => {
  vi.useFakeTimers();
  render(ToastRegion);
  const run = vi.fn();
  toasts.show('Saved', { action: { label: 'Undo', run } });
  await vi.advanceTimersByTimeAsync(9000);
  const undo = screen.getByRole('button', { name: 'Undo' });
  undo.focus();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(screen.getByText('Saved')).toBeTruthy();
  undo.click();
  await vi.advanceTimersByTimeAsync(0);
  expect(run).toHaveBeenCalledOnce();
  expect(screen.queryByText('Saved')).toBeNull();
});

test('toasts stand where nobody writes', async () => {
  const { rerender } = render(ToastRegion);
  const region = screen.getByRole('status');
  expect(region.classList.contains('end')).toBe(true);
  await rerender({ place: 'header' });
  expect(region.classList.contains('header')).toBe(true);
  expect(region.classList.contains('end')).toBe(false);
});

test('the typing line names two and no more', async () => {
  const { rerender } = render(TypingLine, { names: ['Ben'] });
  expect(screen.getByText('Ben is writing…')).toBeTruthy();
  await rerender({ names: ['Ben', 'Mia'] });
  expect(screen.getByText('Ben and Mia are writing…')).toBeTruthy();
  await rerender({ names: ['Ben', 'Mia', 'Anna'] });
  expect(screen.getByText('Several people are writing…')).toBeTruthy();
});
