import { isIP } from 'node:net';

type Scalar = string | number | boolean;

/** A field that likely holds what stands at a name of raw events. */
export interface GuessedField {
  readonly field: string;
  readonly raw: string;
  /** Operations of the language of mappings, as they are written in YAML. */
  readonly then: readonly string[];
  /** A value of it, as it stands in an event. */
  readonly example: string;
}

/** Names are compared without marks and case: `src_ip`, `srcIp` and `src.ip` are one. */
interface Guess {
  readonly field: string;
  readonly names: RegExp;
  readonly fits: (value: Scalar) => boolean;
  readonly then?: readonly string[];
}

const text = (value: Scalar): string => String(value);
const address = (value: Scalar): boolean => isIP(text(value).replace(/^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$/, '$1$2')) > 0;
const whole = (least: number, most: number) => (value: Scalar) =>
  /^\d{1,15}$/.test(text(value)) && Number(value) >= least && Number(value) <= most;
const port = whole(0, 65_535);
const count = whole(0, Number.MAX_SAFE_INTEGER);
const word = (value: Scalar): boolean => typeof value !== 'boolean' && /^\S{1,200}$/.test(text(value));
const some = (value: Scalar): boolean => text(value) !== '';
const path = (value: Scalar): boolean => /^(?:\/[^\s/]|[A-Za-z]:\\|\\\\|\\Device\\)/.test(text(value));
const link = (value: Scalar): boolean => /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text(value));
const localLink = (value: Scalar): boolean => /^\/\S*$/.test(text(value));
const hex = (digits: number) => (value: Scalar) => new RegExp(`^[0-9a-fA-F]{${digits}}$`).test(text(value));
const domain = (value: Scalar): boolean => /^(?:[\w-]+\.)+[A-Za-z]{2,}\.?$/.test(text(value));
const oneOf = (values: string) => (value: Scalar) => new RegExp(`^(?:${values})$`, 'i').test(text(value));
const mail = (value: Scalar): boolean => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text(value));

const outcome = oneOf('success|succeeded|successful|ok|failure|failed|fail');
const from = '(?:src|source|client|remote|caller|peer|orig|from|c|origin)';
const to = '(?:dst|dest|destination|server|target|resp|to|s|remoteserver)';
const ip = '(?:ip|ipaddr|ipaddress|addr|address|ipv4|ipv6|h|host)?';

const named = (names: string): RegExp => new RegExp(`(?:${names})$`);
const only = (names: string): RegExp => new RegExp(`^(?:${names})$`);

/** What is looked for first comes first: a name is taken once, and so is a field. */
const guesses: readonly Guess[] = [
  { field: 'source.ip', names: named(from + ip), fits: address, then: ['ip'] },
  { field: 'destination.ip', names: named(to + ip), fits: address, then: ['ip'] },
  { field: 'source.ip', names: only('ip|ipaddr|ipaddress|address|xforwardedfor|userip'), fits: address, then: ['ip'] },
  {
    field: 'host.ip',
    names: named('(?:host|device|computer|machine|agent)(?:ip|ipaddress|address)'),
    fits: address,
    then: ['ip'],
  },
  { field: 'source.port', names: named(`${from}(?:port|p|pt)`), fits: port },
  { field: 'destination.port', names: named(`(?:${to}(?:port|p|pt))`), fits: port },
  { field: 'destination.port', names: only('port'), fits: port },
  { field: 'source.bytes', names: named('bytes(?:sent|out)|(?:sent|out|orig|upload(?:ed)?)bytes'), fits: count },
  {
    field: 'destination.bytes',
    names: named('bytes(?:received|recv|in)|(?:received|rcvd|recv|in|resp|download(?:ed)?)bytes'),
    fits: count,
  },
  { field: 'network.bytes', names: only('bytes|totalbytes'), fits: count },
  {
    field: 'network.transport',
    names: named('proto|protocol|transport|ipproto'),
    fits: oneOf('tcp|udp|icmp|sctp|ipv6-icmp'),
    then: ['lower'],
  },
  {
    field: 'network.protocol',
    names: named('appproto|applicationprotocol|proto|protocol|service'),
    fits: oneOf('http|https|dns|ssh|ftp|smtp|tls|ssl|rdp|smb|ldap|kerberos|quic|ntp|dhcp'),
    then: ['lower'],
  },
  {
    field: 'http.request.method',
    names: named('method|verb'),
    fits: oneOf('GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH|CONNECT|TRACE'),
  },
  {
    field: 'http.response.status_code',
    names: named('status|statuscode|responsecode|httpstatus|code'),
    fits: whole(100, 599),
  },
  { field: 'http.request.referrer', names: named('referer|referrer'), fits: some },
  { field: 'user_agent.original', names: named('useragent|agentstring|ua'), fits: some },
  { field: 'url.full', names: named('url|uri|link|href|request|requesturl|location'), fits: link },
  { field: 'url.path', names: named('path|uri|requesturi|endpoint|request|uristem|route|url'), fits: localLink },
  { field: 'url.query', names: named('querystring|uriquery'), fits: some },
  { field: 'url.domain', names: named('urlhost|vhost|urldomain|httphost|sni'), fits: domain },
  { field: 'dns.question.name', names: named('query|queryname|qname|dnsname|dnsquery|question|rrname'), fits: domain },
  {
    field: 'process.parent.executable',
    names: named('parent(?:process|image|exe)?(?:path|image|name|exe|executable)?'),
    fits: path,
  },
  {
    field: 'process.executable',
    names: named(
      'process|processpath|image|imagepath|exe|exepath|executable|processname|program|newprocessname|binary',
    ),
    fits: path,
  },
  {
    field: 'process.parent.command_line',
    names: named('parent(?:process)?(?:commandline|cmdline|cmd|command)'),
    fits: some,
  },
  { field: 'process.command_line', names: named('commandline|cmdline|cmd|command|proctitle'), fits: some },
  { field: 'process.parent.pid', names: named('ppid|parentpid|parentprocessid'), fits: count },
  { field: 'process.pid', names: named('pid|processid'), fits: count },
  { field: 'process.parent.name', names: named('parentprocess(?:name)?|parentname'), fits: word },
  { field: 'process.name', names: named('process|processname|image|imagename|program|comm|exe'), fits: word },
  { field: 'process.hash.sha256', names: named('process\\w*sha256|process\\w*hash|image\\w*sha256'), fits: hex(64) },
  { field: 'file.hash.sha256', names: /(?:sha|sha256|hash|digest|checksum)$/, fits: hex(64) },
  { field: 'file.hash.sha1', names: /(?:sha|sha1|hash|digest|checksum)$/, fits: hex(40) },
  { field: 'file.hash.md5', names: /(?:md5|hash|sha|digest|checksum)$/, fits: hex(32) },
  {
    field: 'file.path',
    names: named('file|filepath|filename|path|targetfilename|objectname|fullpath|folderpath'),
    fits: path,
  },
  { field: 'file.name', names: named('file|filename'), fits: word },
  { field: 'file.size', names: named('filesize'), fits: count },
  {
    field: 'user.email',
    names: named('email|mail|upn|userprincipalname|username|user|login|account|actor'),
    fits: mail,
  },
  { field: 'user.id', names: named('(?:user|account|subject|actor)(?:id|sid|uid)|^uid|^sid'), fits: word },
  { field: 'user.domain', names: named('(?:user|account|subject)domain(?:name)?'), fits: word },
  {
    field: 'user.name',
    names: named(
      'user|username|account|accountname|login|loginname|actor|principal|subjectusername|targetusername|who|owner',
    ),
    fits: (value) => typeof value === 'string' && some(value),
  },
  {
    field: 'host.name',
    names: named(
      'host|hostname|computer|computername|machine|machinename|device|devicename|dvchost|servername|node|nodename|agentname|fqdn',
    ),
    fits: (value) => typeof value === 'string' && word(value) && !address(value),
  },
  { field: 'host.id', names: named('(?:host|device|computer|machine)id'), fits: word },
  { field: 'rule.name', names: named('rule|rulename|policy|policyname|signature'), fits: some },
  { field: 'event.outcome', names: named('result|outcome|status'), fits: outcome },
  { field: 'event.code', names: named('eventid|eventcode'), fits: count },
  { field: 'event.id', names: only('id|uuid|guid|eventuuid|logid|recordid|messageid|eventid'), fits: word },
  {
    field: 'event.action',
    names: only('action|event|eventname|eventtype|eventaction|operation|operationname|activity|activityname|verb|type'),
    fits: (value) => typeof value === 'string' && value.length < 100,
  },
  { field: 'log.level', names: named('level|severity|loglevel|priority'), fits: word, then: ['lower'] },
  {
    field: 'error.message',
    names: named('error|errormessage|exception'),
    fits: (value) => typeof value === 'string' && some(value),
  },
  {
    field: 'message',
    names: only('message|msg|description|rawlog|text|logmessage|summary'),
    fits: (value) => typeof value === 'string' && some(value),
  },
];

const plain = (name: string): string => name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();

/** Guesses which fields of ECS raw events have, by the names and the values in them. */
export function guessFields(
  values: ReadonlyMap<string, readonly Scalar[]>,
  taken: ReadonlySet<string>,
): GuessedField[] {
  const names = new Set(taken);
  const fields = new Map<string, GuessedField>();
  for (const { field, names: pattern, fits, then = [] } of guesses) {
    if (fields.has(field) || values.has(field)) continue;
    for (const [raw, all] of values) {
      const filled = all.filter((value) => value !== '' && value !== '-');
      if (names.has(raw) || filled.length === 0 || !pattern.test(plain(raw)) || !filled.every(fits)) continue;
      names.add(raw);
      fields.set(field, { field, raw, then: then.concat(opsFor(field, filled)), example: text(filled[0]!) });
      break;
    }
  }
  return [...fields.values()];
}

/** What makes the values of a field those that ECS allows. */
function opsFor(field: string, values: readonly Scalar[]): string[] {
  if (field === 'event.outcome') {
    const failed = [...new Set(values.map((value) => text(value).toLowerCase()))].map(
      (value) => `${value}: ${/^fail/.test(value) ? 'failure' : 'success'}`,
    );
    return ['lower', `{choose: {${failed.join(', ')}}}`];
  }
  if (/hash\./.test(field)) return ['lower'];
  return [];
}

/** Fields that follow from one that was guessed. */
export function following({ field, raw }: GuessedField): { readonly field: string; readonly value: string } | null {
  const of = /^(process(?:\.parent)?)\.executable$/.exec(field)?.[1];
  if (of === undefined) return null;
  return { field: `${of}.name`, value: `{from: ${raw}, then: [{match: '([^/\\\\]+)$'}]}` };
}
