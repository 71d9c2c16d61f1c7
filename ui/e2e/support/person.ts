/** A person's headless Chromium: own profile, trusting the run's authority, failing on any console error. */
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

export interface PersonOptions {
  /** A home folder whose NSS database says whom to trust. */
  readonly home: string;
  /** Where each name is found, as `address:port`. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
}

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export class Person {
  /** Console errors and policy violations seen so far. A journey ends by asserting that there are none. */
  readonly faults: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async open(options: PersonOptions): Promise<Person> {
    const rules = Object.entries(options.hosts).map(([name, address]) => `MAP ${name}:443 ${address}`);
    const profile = await mkdtemp(join(options.folder, 'profile-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      headless: true,
      args: [...QUIET, `--host-resolver-rules=${rules.join(', ')}`],
      env: { ...process.env, HOME: options.home },
      viewport: options.viewport ?? { width: 1100, height: 760 },
      colorScheme: options.colorScheme ?? 'light',
    });
    const page = context.pages()[0] ?? (await context.newPage());
    const person = new Person(context, page);
    person.#watch();
    return person;
  }

  async close(): Promise<void> {
    await this.context.close();
  }

  /** Forgets faults seen so far, for example those of a server that a test has killed on purpose. */
  forgive(): void {
    this.faults.length = 0;
  }

  #watch(): void {
    this.page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(message.text());
    });
    this.page.on('pageerror', (error) => this.faults.push(String(error)));
  }
}
