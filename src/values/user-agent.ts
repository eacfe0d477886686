/* What a browser or another program says of itself, taken apart by the regular expressions of uap-core. */

/** The parts that USER_AGENT makes of a text, by the groups that its option `properties` names. */
export const userAgentGroups = {
  name: ['name'],
  version: ['version'],
  os: ['os.name', 'os.version', 'os.full'],
  device: ['device.name', 'device.type'],
} as const;

export type UserAgentPart = (typeof userAgentGroups)[keyof typeof userAgentGroups][number];

/** A pattern of uap-core: a regular expression with its flags, and what stands for the name and the version. */
export type UserAgentPattern = readonly [
  regex: string,
  flags: string,
  name: string | null,
  ...versions: readonly (string | null)[],
];

/** The patterns of each kind, in the order in which they are tried. */
export interface UserAgentPatterns {
  readonly agents: readonly UserAgentPattern[];
  readonly systems: readonly UserAgentPattern[];
  readonly devices: readonly UserAgentPattern[];
}

interface Named {
  readonly name: string;
  readonly version: string | null;
}

type Matcher = (text: string) => Named | null;

/** Reads texts by patterns; those that were read last are remembered, for few programs make most of the requests. */
export class UserAgentReader {
  readonly #agents: readonly Matcher[];
  readonly #systems: readonly Matcher[];
  readonly #devices: readonly Matcher[];
  #known = new Map<string, ReadonlyMap<UserAgentPart, string>>();

  constructor({ agents, systems, devices }: UserAgentPatterns) {
    [this.#agents, this.#systems, this.#devices] = [agents, systems, devices].map((all) => all.map(matcher)) as [
      Matcher[],
      Matcher[],
      Matcher[],
    ];
  }

  /** The parts that a text has. */
  read(text: string): ReadonlyMap<UserAgentPart, string> {
    let parts = this.#known.get(text);
    if (!parts) {
      if (this.#known.size >= mostRemembered) this.#known = new Map();
      parts = text.trim() === '' ? new Map() : this.#parts(text);
      this.#known.set(text, parts);
    }
    return parts;
  }

  #parts(text: string): Map<UserAgentPart, string> {
    const [agent, system, device] = [this.#agents, this.#systems, this.#devices].map((all) => firstOf(all, text));
    const parts = new Map<UserAgentPart, string>();
    const set = (part: UserAgentPart, value: string | null | undefined): void => {
      if (value !== null && value !== undefined) parts.set(part, value);
    };
    set('name', agent?.name);
    set('version', agent?.version);
    set('os.name', system?.name);
    set('os.version', system?.version);
    set('os.full', system?.version ? `${system.name} ${system.version}` : null);
    set('device.name', device?.name);
    if (parts.size > 0) set('device.type', deviceType(text, agent?.name, system?.name, device?.name));
    return parts;
  }
}

/** Maximum number of remembered texts. */
const mostRemembered = 10_000;

function firstOf(matchers: readonly Matcher[], text: string): Named | null {
  for (const match of matchers) {
    const found = match(text);
    if (found) return found;
  }
  return null;
}

function matcher([regex, flags, name, ...versions]: UserAgentPattern): Matcher {
  let expression: RegExp | null = null;
  return (text) => {
    expression ??= new RegExp(regex, flags);
    const found = expression.exec(text);
    if (!found) return null;
    const [, first] = found;
    const called = name === null ? first : first === undefined ? name : name.replace('$1', () => first);
    if (called === undefined) return null;
    const parts = [0, 1, 2, 3].map((i) => versions[i] ?? found[i + 2] ?? '');
    // A part that is not there ends the version.
    const end = parts.indexOf('');
    const version = parts.slice(0, end < 0 ? parts.length : end).join('.');
    return { name: called, version: version === '' ? null : version };
  };
}

/** The kind of a device, by rules of our own: the first that fits. */
const deviceTypes: readonly (readonly [type: string, fits: RegExp])[] = [
  ['Robot', /bot\b|spider|crawler|slurp/i],
  ['Tablet', /ipad|tablet|kindle|\btab\b|playbook/i],
  ['Phone', /iphone|ipod|phone|mobile|blackberry|symbian/i],
  ['Desktop', /windows|mac os x|linux|ubuntu|fedora|debian|chrome os|\bmac\b|bsd|solaris/i],
];

function deviceType(text: string, ...names: readonly (string | undefined)[]): string {
  const all = [text, ...names].join('\n');
  return deviceTypes.find(([, fits]) => fits.test(all))?.[0] ?? 'Other';
}
