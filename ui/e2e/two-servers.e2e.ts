/**
 * The promise of the walking skeleton: what is written on one Hearth appears live on another, and a killed server
 * loses nothing.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import type { Page } from 'playwright-core';
import { expectAccessible } from './support/accessible';
import { TwoHearths } from './support/journey';

const SCREENS = resolve(import.meta.dirname, '../../target/screens');
const PASSWORD = 'a lamp left on tonight';

let hearths: TwoHearths;

beforeAll(async () => {
  await mkdir(SCREENS, { recursive: true });
  hearths = await TwoHearths.start();
});

afterAll(async () => {
  await hearths?.end();
});

test('alice on A and bob on B chat live, and 50 messages outlive a killed server', async () => {
  onTestFailed(() => hearths.report(SCREENS));
  const { a, b } = hearths;
  const alice = await hearths.person();
  const bob = await hearths.person();
  await makeOwner(alice.page, await hearths.setupLink(a), 'alice', 'Alice');
  await makeOwner(bob.page, await hearths.setupLink(b), 'bob', 'Bob');

  await newChannel(alice.page, 'Kitchen table');
  await addPerson(alice.page, 'bob@b.hearth.test', 'bob');

  // Bob did nothing: the channel appears by itself, over federation.
  await bob.page.getByRole('link', { name: /Kitchen table/ }).click();

  for (const [speaker, listener, text] of [
    [alice, bob, 'Soup is on. Who is hungry?'],
    [bob, alice, 'Me! I can bring bread.'],
    [bob, alice, 'The dark one from the corner shop.'],
    [alice, bob, 'Perfect. Half past seven, then.'],
    [bob, alice, 'On my way.'],
  ] as const) {
    await say(speaker.page, text);
    await sees(listener.page, text);
  }
  await photograph(alice.page, 'chat');
  await expectAccessible(alice.page);
  expect(alice.faults).toEqual([]);
  expect(bob.faults).toEqual([]);

  await b.kill();
  const sent = Array.from({ length: 50 }, (_, index) => `Recipe step ${index + 1}`);
  for (const text of sent) await say(alice.page, text);
  await alice.page.getByText('Recipe step 50', { exact: true }).waitFor();

  await b.start();
  await sees(bob.page, 'Recipe step 50');
  expect(await said(bob.page, /^Recipe step \d+$/)).toEqual(sent);

  // And once more from the beginning, as the server has kept it.
  await bob.page.reload();
  await sees(bob.page, 'Recipe step 50');
  expect(await said(bob.page, /^Recipe step \d+$/)).toEqual(sent);

  await say(bob.page, 'All fifty are here.');
  await sees(alice.page, 'All fifty are here.');
  expect(alice.faults).toEqual([]);
});

test('a friend makes an account on the branded page', async () => {
  onTestFailed(() => hearths.report(SCREENS));
  const friend = await hearths.person();
  await friend.page.goto(`${hearths.a.origin}/#/join`);
  await friend.page.getByRole('textbox', { name: 'Name', exact: true }).fill('carol');
  await friend.page.getByLabel('What should people call you?').fill('Carol');
  await photograph(friend.page, 'register');
  await expectAccessible(friend.page);
  await friend.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await friend.page.getByRole('button', { name: 'Create account' }).click();
  await friend.page.getByText('No channels yet').waitFor();
  expect(friend.faults).toEqual([]);
});

async function makeOwner(page: Page, link: string, username: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('heading', { name: 'Make this Hearth yours' }).waitFor();
  // The secret leaves the address bar as soon as it is read.
  expect(page.url()).not.toContain('setup=');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(username);
  await page.getByLabel('What should people call you?').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make it mine' }).click();
  await page.getByText('No channels yet').waitFor();
}

async function newChannel(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New channel' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('button', { name: 'Create channel' }).click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
}

async function addPerson(page: Page, address: string, name: string): Promise<void> {
  await page.getByRole('button', { name: /person in this channel|people in this channel|^People/ }).click();
  await page.getByLabel('Add someone').fill(address);
  await page.getByRole('button', { name: 'Look up' }).click();
  await page.getByRole('button', { name: `Add ${name}` }).click();
  await page.getByText(`${name} is in the channel now`).waitFor();
  await page.keyboard.press('Escape');
}

/** Takes a picture for the README, with the pointer out of the way. */
async function photograph(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(SCREENS, `${name}.png`) });
}

async function say(page: Page, text: string): Promise<void> {
  const composer = page.getByRole('textbox', { name: /^Message to/ });
  await composer.fill(text);
  await composer.press('Enter');
}

async function sees(page: Page, text: string): Promise<void> {
  await page.getByRole('log').getByText(text, { exact: true }).waitFor({ timeout: 60_000 });
}

/** What the open channel shows, in order, as far as it matches. */
async function said(page: Page, pattern: RegExp): Promise<string[]> {
  const texts = await page.getByRole('log').getByRole('article').locator('p').allInnerTexts();
  return texts.map((text) => text.trim()).filter((text) => pattern.test(text));
}
