/** Two Hearths, a.hearth.test and b.hearth.test, each on a loopback address of its own, and people in browsers. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority } from './authority';
import { Person, type PersonOptions } from './person';
import { Hearth } from './hearth';

const HOSTS = { 'a.hearth.test': '127.0.0.2:8441', 'b.hearth.test': '127.0.0.3:8442' } as const;

export class TwoHearths {
  private readonly people: Person[] = [];

  private constructor(
    private readonly folder: string,
    private readonly authority: Authority,
    readonly a: Hearth,
    readonly b: Hearth,
  ) {}

  static async start(): Promise<TwoHearths> {
    const folder = await mkdtemp(join(tmpdir(), 'hearth-journey-'));
    const authority = new Authority(folder);
    const hearth = (name: keyof typeof HOSTS) =>
      new Hearth({ name, listen: HOSTS[name], hosts: HOSTS, authority, folder: join(folder, name) });
    const pair = new TwoHearths(folder, authority, hearth('a.hearth.test'), hearth('b.hearth.test'));
    await Promise.all([pair.a.start(), pair.b.start()]);
    return pair;
  }

  /** The link that makes its opener the owner of `hearth`. */
  async setupLink(hearth: Hearth): Promise<string> {
    return (await readFile(hearth.setupLinkFile, 'utf8')).trim();
  }

  async person(options: Partial<Pick<PersonOptions, 'viewport' | 'colorScheme'>> = {}): Promise<Person> {
    const person = await Person.open({
      home: this.authority.home,
      hosts: HOSTS,
      folder: this.folder,
      ...options,
    });
    this.people.push(person);
    return person;
  }

  /** Shows what everybody saw last and what the servers logged, to find out why a journey failed. */
  async report(folder: string): Promise<void> {
    for (const [index, person] of this.people.entries()) {
      await person.page.screenshot({ path: join(folder, `failed-${index}.png`) });
      console.log(`person ${index}: ${person.page.url()}`, person.faults);
    }
    for (const hearth of [this.a, this.b]) console.log(`${hearth.name}:\n${hearth.log}`);
  }

  /** Closes browsers, stops servers, removes the folder. */
  async end(): Promise<void> {
    await Promise.all(this.people.map((person) => person.close()));
    await Promise.all([this.a.stop(), this.b.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
