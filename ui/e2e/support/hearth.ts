/** A real `hearthd` with TLS on a loopback address of its own, started, killed and restarted by a test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Authority, Leaf } from './authority';

export interface HearthOptions {
  /** The server's name, for example `a.hearth.test`. */
  readonly name: string;
  /** Loopback address and port it listens on. */
  readonly listen: string;
  /** Where each name is found, as in the `[hosts]` table. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly authority: Authority;
  /** A folder of this server's own. */
  readonly folder: string;
}

/** What `hearthd run --ready-json` says when it is ready. */
export interface Ready {
  readonly addresses: readonly string[];
  readonly fingerprint: string;
  readonly setup_link_file: string | null;
}

const BINARY = process.env.HEARTHD ?? resolve(import.meta.dirname, '../../../target/debug/hearthd');

export class Hearth {
  readonly #options: HearthOptions;
  readonly #leaf: Leaf;
  #process: ChildProcess | undefined;
  #ready: Ready | undefined;

  constructor(options: HearthOptions) {
    this.#options = options;
    this.#leaf = options.authority.issue(options.name);
    mkdirSync(options.folder, { recursive: true });
    writeFileSync(join(options.folder, 'hearth.toml'), hostsTable(options.hosts));
  }

  get name(): string {
    return this.#options.name;
  }

  get origin(): string {
    return `https://${this.#options.name}`;
  }

  /** What the server has logged so far: the first thing to read when a journey fails. */
  get log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  /** The file with the set-up link, while the server has no owner. */
  get setupLinkFile(): string {
    const file = this.#ready?.setup_link_file;
    if (!file) throw new Error(`${this.name} names no set-up link file`);
    return file;
  }

  get #logFile(): string {
    return join(this.#options.folder, 'hearthd.log');
  }

  /** Starts the server and resolves when it says that it is ready. */
  async start(): Promise<Ready> {
    const { name, listen, authority, folder } = this.#options;
    const leaf = this.#leaf;
    const child = spawn(
      BINARY,
      [
        ...['run', '--data', join(folder, 'data'), '--config', join(folder, 'hearth.toml')],
        ...['--name', name, '--listen', listen, '--key-store', 'file', '--ready-json'],
        ...['--tls', 'files', '--certificate', leaf.certificate, '--certificate-key', leaf.key],
        ...['--registration', 'open', '--allow-loopback-peers'],
      ],
      {
        env: { ...process.env, SSL_CERT_FILE: authority.certificate, HEARTH_LOG: 'info' },
        stdio: ['ignore', 'pipe', openSync(this.#logFile, 'a')],
      },
    );
    this.#process = child;
    const lines = createInterface({ input: child.stdout! });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`hearthd ${name} ended with ${code} before it was ready:\n${this.log}`);
    });
    const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
    ended.catch(() => undefined);
    this.#ready = JSON.parse(line) as Ready;
    return this.#ready;
  }

  /** Pulls the plug: SIGKILL, no chance to tidy up. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks the server to stop and resolves to its exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }
}

function hostsTable(hosts: Readonly<Record<string, string>>): string {
  const lines = Object.entries(hosts).map(([name, address]) => `"${name}" = "${address}"`);
  return ['[hosts]', ...lines, ''].join('\n');
}
