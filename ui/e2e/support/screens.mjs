// Photographs every screen in light, dark and narrow, and looks for accessibility and policy faults on the way.
// `npm run screens [-- name...]` writes to e2e/out/.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { axe, openBrowser, watch } from './browser.mjs';
import { chatScenes } from './chat-scenes.mjs';
import { consoleScenes } from './console-scenes.mjs';
import { kitScenes } from './kit-scenes.mjs';

const out = fileURLToPath(new URL('../out/', import.meta.url));
await mkdir(out, { recursive: true });

const LOOKS = [
  { look: 'light', colorScheme: 'light', viewport: { width: 1120, height: 760 } },
  { look: 'dark', colorScheme: 'dark', viewport: { width: 1120, height: 760 } },
  { look: 'narrow', colorScheme: 'light', viewport: { width: 360, height: 740 } },
];
// The kit's page shows more: system colours (whose contrast is the system's), the smallest screen, and the pretend language.
const KIT_LOOKS = [
  { look: 'forced', forcedColors: 'active', viewport: { width: 1120, height: 760 } },
  { look: 'smallest', colorScheme: 'light', viewport: { width: 320, height: 640 } },
  { look: 'pretend', colorScheme: 'light', viewport: { width: 1120, height: 760 } },
];
// Names to take only some, `--look=dark` to take one look.
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const onlyLook = process.argv.find((argument) => argument.startsWith('--look='))?.slice('--look='.length);
const scenes = [...chatScenes, ...consoleScenes, ...kitScenes].filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);

let faults = 0;
let pictures = 0;
for (const { look, ...context } of [...LOOKS, ...KIT_LOOKS]) {
  if (onlyLook && look !== onlyLook) continue;
  const browser = await openBrowser({
    ...context,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  });
  const shown = KIT_LOOKS.some((kit) => kit.look === look) ? scenes.filter(({ whole }) => whole) : scenes;
  for (const scene of shown) {
    await browser.context.clearCookies();
    const page = await browser.context.newPage();
    page.setDefaultTimeout(10_000);
    const findings = await watch(page, scene.expected);
    const close = await scene.play(page, look);
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: `${out}${scene.name}-${look}.png`, fullPage: scene.whole ?? false });
    findings.push(...(await axe(page, look === 'forced' ? ['color-contrast'] : [])));
    await page.close({ runBeforeUnload: false });
    close();
    for (const finding of findings)
      console.error(`${scene.name} ${look}: ${finding.replaceAll(/\s+/g, ' ')}`);
    faults += findings.length;
    pictures += 1;
  }
  await browser.close();
}
console.log(`${pictures} pictures in e2e/out, ${faults} faults`);
process.exitCode = faults > 0 ? 1 : 0;
