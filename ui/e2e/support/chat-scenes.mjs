// The screens of the chat, each brought about by what a person would do.
import { Double } from './double.mjs';

const NOW = Date.now();
const minutes = (count) => new Date(NOW - count * 60_000);
const OFFLINE = /ERR_|Failed to load resource|WebSocket/;

/** A server with a few people and a conversation. */
export async function village(port = 0) {
  const server = new Double('chat');
  const alice = server.addUser('alice', 'Alice Winter');
  const ben = server.addUser('ben', 'Ben');
  const mia = server.addUser('mia', 'Mia Okafor', 'b.hearth.test');
  const kitchen = server.addChannel('Kitchen', [alice, ben, mia]);
  const garden = server.addChannel('Garden', [alice, ben]);
  server.addChannel('Street party 2027: who brings what, and when do we put up the tables?', [alice, mia]);
  talk(server, kitchen, { alice, ben, mia });
  server.say(garden, ben, 'The roses came through the frost.', minutes(60 * 26));
  return { server, alice, ben, mia, kitchen, garden, url: await server.listen(port) };
}

function talk(server, channel, { alice, ben, mia }) {
  const lines = [
    [60 * 27, ben, 'Morning! The bread is in the oven, it should be done by ten.'],
    [
      60 * 27 - 1,
      ben,
      'I used the recipe from the harbour bakery: https://example.org/recipes/harbour-loaf.',
    ],
    [60 * 26, alice, 'Lovely. I will bring butter and the last of the plum jam.'],
    [95, mia, 'Hello from the other server. Does this reach you?'],
    [94, alice, 'It does, and at once.'],
    [93, mia, 'Then federation works on the first try. I am a little proud of us.'],
    [92, mia, 'Who else is coming on Sunday?'],
    [40, ben, 'Anna, if the boat is back in time.\n\nI will ask her tonight and write it here.'],
    [3, alice, 'Good. I will set the table for six and we will see.'],
  ];
  for (const [ago, user, text] of lines) server.say(channel, user, text, minutes(ago));
}

async function signIn(page, { server, url }, name = 'alice') {
  await page.goto(url);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill('correct horse');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Channels' }).waitFor();
  await server.attended([...server.users.values()].find(({ username }) => username === name));
}

async function openChannel(page, name) {
  await page.getByRole('link', { name }).click();
  await page.getByRole('log').waitFor();
}

async function entry(page, change, fragment = '') {
  const server = new Double('chat');
  Object.assign(server.config, change);
  const url = await server.listen();
  await page.goto(url + fragment);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { server, url, close: () => server.close() };
}

const scene = (name, play, expected) => ({ name, play, expected });

export const chatScenes = [
  scene('signin', async (page) => (await entry(page, {})).close),
  scene(
    'signin-refused',
    async (page) => {
      const { close } = await entry(page, {});
      await page.getByLabel('Name').fill('alice');
      await page.getByLabel('Password', { exact: true }).fill('wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').waitFor();
      return close;
    },
    /401/,
  ),
  scene('register', async (page) => (await entry(page, {}, '#/join')).close),
  scene('register-faults', async (page) => {
    const { close } = await entry(page, {}, '#/join');
    await page.getByLabel('Name', { exact: true }).fill('zoë');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Create account' }).click();
    return close;
  }),
  scene(
    'register-invite',
    async (page) => (await entry(page, { registration_mode: 'invite_only' }, '#/join')).close,
  ),
  scene('setup', async (page) => (await entry(page, { has_owner: false }, '#setup=abcdef')).close),
  scene('not-set-up', async (page) => (await entry(page, { has_owner: false })).close),
  scene('branded', async (page) => {
    const { server, url, close } = await entry(page, { app_name: 'Rosengarten' });
    server.branding = ':root { --brand-primary: #c026d3; --brand-accent: #f59e0b; }';
    await page.goto(url);
    await page.getByRole('heading', { level: 1 }).waitFor();
    return close;
  }),
  scene(
    'unreachable',
    async (page) => {
      const { server, url, close } = await entry(page, {});
      server.network = 'drop';
      await page.goto(`${url}/`);
      await page.getByRole('alert').waitFor();
      return close;
    },
    OFFLINE,
  ),
  scene('channels', async (page) => {
    const place = await village();
    const { server, garden, ben } = place;
    await signIn(page, place);
    server.say(garden, ben, 'And the tulips too.');
    server.say(garden, ben, 'Come and see.');
    await page.getByText('2 new messages').waitFor({ state: 'attached' });
    return () => server.close();
  }),
  scene('chat', async (page, look) => {
    const place = await village();
    const { server, kitchen, garden, alice, ben, mia } = place;
    await signIn(page, place);
    if (look !== 'narrow') server.say(garden, ben, 'And the tulips too.');
    await openChannel(page, 'Kitchen');
    await page.getByText('set the table for six').waitFor();
    server.tell([alice], { type: 'typing.start', user_id: mia.id, channel_id: kitchen });
    await page.getByText('is writing').waitFor();
    return () => server.close();
  }),
  scene('chat-empty', async (page) => {
    const place = await village();
    const { server, alice, ben } = place;
    server.addChannel('Boat', [alice, ben]);
    await signIn(page, place);
    await page.getByRole('link', { name: 'Boat' }).click();
    await page.getByText('This is the beginning').waitFor();
    return () => server.close();
  }),
  scene('no-channels', async (page) => {
    const place = await village();
    const { server } = place;
    server.addUser('cleo');
    await signIn(page, place, 'cleo');
    await page.getByText('No channels yet').waitFor();
    return () => server.close();
  }),
  scene('new-channel', async (page) => {
    const place = await village();
    const { server } = place;
    await signIn(page, place);
    await page.getByRole('button', { name: 'New channel' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Harbour walk');
    return () => server.close();
  }),
  ...['found', 'missing', 'unreachable', 'slow'].map((remote) =>
    scene(
      `add-${remote}`,
      async (page) => {
        const place = await village();
        const { server } = place;
        server.remote = remote;
        if (remote === 'found') server.addUser('bob', 'Bob Li', 'b.hearth.test');
        await signIn(page, place);
        await openChannel(page, 'Garden');
        await page.getByRole('button', { name: 'People' }).click();
        await page.getByLabel('Add someone').fill('bob@b.hearth.test');
        await page.getByRole('button', { name: 'Look up' }).click();
        await page.getByText(/Looking for|Found|There is no|does not answer/).waitFor();
        if (remote === 'found') await page.getByRole('button', { name: 'Add Bob Li' }).waitFor();
        if (remote === 'missing') await page.getByText('There is no').waitFor();
        if (remote === 'unreachable') await page.getByText('does not answer').waitFor();
        return () => server.close();
      },
      /404|502/,
    ),
  ),
  scene(
    'offline',
    async (page) => {
      const place = await village();
      const { server } = place;
      await signIn(page, place);
      await openChannel(page, 'Kitchen');
      await page.getByText('set the table for six').waitFor();
      server.cut();
      await page.getByText('No connection since').waitFor();
      await page.getByRole('textbox').fill('I will be ten minutes late.');
      await page.keyboard.press('Enter');
      await page.getByText('Waiting to be sent').waitFor();
      return () => server.close();
    },
    OFFLINE,
  ),
  scene('account-menu', async (page) => {
    const place = await village();
    const { server } = place;
    await signIn(page, place);
    await page.getByRole('button', { name: 'Your account' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
    return () => server.close();
  }),
  scene('new-messages', async (page) => {
    const place = await village();
    const { server, kitchen, ben, mia } = place;
    for (let count = 0; count < 60; count += 1)
      server.say(kitchen, count % 7 < 4 ? ben : mia, `Line ${count + 1} of a long evening.`, minutes(2));
    await signIn(page, place);
    await openChannel(page, 'Kitchen');
    await page.getByText('Line 60 of').waitFor();
    await page.getByRole('log').evaluate((log) => (log.parentElement.scrollTop -= 900));
    server.say(kitchen, mia, 'Are you still awake?');
    server.say(kitchen, ben, 'Barely.');
    await page.getByRole('button', { name: '2 new messages' }).waitFor();
    return () => server.close();
  }),
];
