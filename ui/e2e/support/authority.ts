/**
 * A certificate authority for one test run, trusted by the browsers and servers of that run alone: the browsers
 * through an NSS database in a private home folder, the servers through `SSL_CERT_FILE`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Leaf {
  readonly certificate: string;
  readonly key: string;
}

const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export class Authority {
  readonly certificate: string;
  /** The private home folder whose NSS database trusts this authority. */
  readonly home: string;
  readonly #key: string;

  constructor(private readonly folder: string) {
    this.certificate = join(folder, 'authority.pem');
    this.#key = join(folder, 'authority.key');
    this.home = join(folder, 'home');
    run('openssl', [
      ...['req', '-x509', ...EC_KEY, '-days', '30', '-subj', '/CN=Hearth test authority'],
      ...['-keyout', this.#key, '-out', this.certificate],
      ...['-addext', 'basicConstraints=critical,CA:TRUE'],
      ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    ]);
    this.#trustInBrowser();
  }

  /** A leaf certificate for `name`, signed by this authority. */
  issue(name: string): Leaf {
    const base = join(this.folder, name);
    const leaf = { certificate: `${base}.pem`, key: `${base}.key` };
    run('openssl', ['req', ...EC_KEY, '-keyout', leaf.key, '-out', `${base}.csr`, '-subj', `/CN=${name}`]);
    writeFileSync(`${base}.ext`, `subjectAltName=DNS:${name}\nextendedKeyUsage=serverAuth\n`);
    run('openssl', [
      ...['x509', '-req', '-in', `${base}.csr`, '-days', '20', '-CAcreateserial'],
      ...['-CA', this.certificate, '-CAkey', this.#key],
      ...['-extfile', `${base}.ext`, '-out', leaf.certificate],
    ]);
    return leaf;
  }

  #trustInBrowser(): void {
    const database = `sql:${join(this.home, '.pki', 'nssdb')}`;
    mkdirSync(join(this.home, '.pki', 'nssdb'), { recursive: true });
    run('certutil', ['-d', database, '-N', '--empty-password']);
    run('certutil', ['-d', database, '-A', '-t', 'C,,', '-n', 'hearth-test', '-i', this.certificate]);
  }
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
