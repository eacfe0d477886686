/* Records of Windows as the tools that export them write them. */

/** A record as Windows has it: header, then its data by name (or without, in order), or those of its UserData. */
export interface WindowsRecord {
  readonly channel: string;
  readonly id: number;
  readonly provider: string;
  readonly guid?: string;
  /** ISO form, UTC, milliseconds. */
  readonly time: string;
  readonly computer: string;
  readonly user?: string;
  readonly level?: number;
  readonly keywords?: string;
  readonly task?: number;
  readonly record?: number;
  readonly pid?: number;
  readonly data?: Readonly<Record<string, string>>;
  readonly unnamed?: readonly string[];
  readonly userData?: { readonly root: string; readonly data: Readonly<Record<string, string>> };
  readonly message?: string;
}

type Json = Record<string, unknown>;

const bare = (guid: string): string => guid.replace(/[{}]/g, '').toUpperCase();
const guidText = /^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/i;
const present = (fields: Json): Json => Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined));

/** What typed tools make of a text: numbers and truth values as such, GUIDs without braces. */
function typed(text: string): unknown {
  if (/^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === '') return null;
  return guidText.test(text) ? bare(text) : text;
}

const typedData = (data: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, typed(value)]));

function evtxDump(record: WindowsRecord, attributes: (name: string, fields: Json) => Json): Json {
  const { userData, unnamed } = record;
  const body = userData
    ? { UserData: { [userData.root]: typedData(userData.data) } }
    : {
        EventData: unnamed
          ? { Data: { '#text': unnamed.length === 1 ? unnamed[0] : unnamed } }
          : typedData(record.data ?? {}),
      };
  return {
    Event: {
      System: {
        ...attributes('Provider', present({ Name: record.provider, Guid: record.guid && bare(record.guid) })),
        EventID: record.id,
        Level: record.level ?? 4,
        Task: record.task ?? 0,
        Opcode: 0,
        Keywords: record.keywords ?? '0x8000000000000000',
        ...attributes('TimeCreated', { SystemTime: record.time.replace('Z', '400Z') }),
        EventRecordID: record.record ?? 7,
        ...attributes('Execution', { ProcessID: record.pid ?? 4, ThreadID: 12 }),
        Channel: record.channel,
        Computer: record.computer,
        ...attributes('Security', present({ UserID: record.user })),
      },
      ...body,
    },
  };
}

const beneath = (name: string, fields: Json): Json => ({ [name]: { '#attributes': fields } });
const beside = (name: string, fields: Json): Json => ({ [name]: null, [`${name}_attributes`]: fields });

function xmltodict(record: WindowsRecord): Json {
  const at = (fields: Json): Json => Object.fromEntries(Object.entries(fields).map(([k, v]) => [`@${k}`, String(v)]));
  const data = Object.entries(record.data ?? {}).map(([name, value]) => ({
    '@Name': name,
    ...(value === '' ? {} : { '#text': value }),
  }));
  return {
    Event: {
      '@xmlns': 'http://schemas.microsoft.com/win/2004/08/events/event',
      System: {
        Provider: at(present({ Name: record.provider, Guid: record.guid })),
        EventID: { '@Qualifiers': '', '#text': String(record.id) },
        Level: String(record.level ?? 4),
        Task: String(record.task ?? 0),
        Opcode: '0',
        Keywords: record.keywords ?? '0x8000000000000000',
        TimeCreated: { '@SystemTime': record.time },
        EventRecordID: String(record.record ?? 7),
        Execution: at({ ProcessID: record.pid ?? 4, ThreadID: 12 }),
        Channel: record.channel,
        Computer: record.computer,
        Security: record.user === undefined ? null : { '@UserID': record.user },
      },
      ...(record.userData
        ? { UserData: { [record.userData.root]: record.userData.data } }
        : { EventData: { Data: record.unnamed ?? (data.length === 1 ? data[0] : data) } }),
    },
  };
}

function velociraptor(record: WindowsRecord): Json {
  return {
    System: {
      Provider: present({ Name: record.provider, Guid: record.guid }),
      EventID: { Value: record.id },
      Level: record.level ?? 4,
      Task: record.task ?? 0,
      Keywords: record.keywords ?? '0x8000000000000000',
      TimeCreated: { SystemTime: Date.parse(record.time) / 1000 },
      EventRecordID: record.record ?? 7,
      Execution: { ProcessID: record.pid ?? 4, ThreadID: 12 },
      Channel: record.channel,
      Computer: record.computer,
      Security: present({ UserID: record.user }),
    },
    ...(record.userData
      ? { UserData: { [record.userData.root]: record.userData.data } }
      : { EventData: record.data ?? {} }),
    ClientId: 'C.1',
  };
}

const levels = ['information', 'critical', 'error', 'warning', 'information', 'verbose'];
const audits: Readonly<Record<string, string>> = {
  '0x8020000000000000': 'Audit Success',
  '0x4020000000000000': 'Audit Success',
  '0x8010000000000000': 'Audit Failure',
};

function winlogbeat(record: WindowsRecord): Json {
  const audit = audits[record.keywords ?? ''];
  const unnamed = Object.fromEntries((record.unnamed ?? []).map((text, i) => [`param${i + 1}`, text]));
  return present({
    '@timestamp': record.time,
    event: present({
      code: String(record.id),
      kind: 'event',
      provider: record.provider,
      outcome: audit && (audit === 'Audit Success' ? 'success' : 'failure'),
    }),
    log: { level: levels[record.level ?? 4] },
    message: record.message,
    winlog: present({
      channel: record.channel,
      event_id: String(record.id),
      provider_name: record.provider,
      provider_guid: record.guid,
      computer_name: record.computer,
      record_id: record.record ?? 7,
      keywords: audit && [audit],
      process: { pid: record.pid ?? 4, thread: { id: 12 } },
      user: record.user && { identifier: record.user },
      event_data: record.userData ? undefined : { ...record.data, ...unnamed },
      user_data: record.userData?.data,
    }),
  });
}

/** Keywords as a signed number of 64 bits, which no double holds: put in as text. */
const signed = (mask: string): string => BigInt.asIntN(64, BigInt(mask)).toString();

const flat = (record: WindowsRecord): Json => record.userData?.data ?? record.data ?? {};

/** As a line: JSON.stringify would round the keywords. */
function nxlog(record: WindowsRecord): string {
  const { EventType, ...data } = flat(record);
  const event = present({
    EventTime: '2020-01-01 00:00:00',
    '@timestamp': record.time,
    Hostname: record.computer,
    Keywords: 0,
    EventType: EventType ?? 'INFO',
    EventTypeOrignal: EventType === undefined ? undefined : 'INFO',
    SeverityValue: 2,
    Severity: 'INFO',
    EventID: record.id,
    SourceName: record.provider,
    ProviderGuid: record.guid,
    Task: record.task ?? 0,
    RecordNumber: record.record ?? 7,
    ExecutionProcessID: record.pid ?? 4,
    ThreadID: 12,
    Channel: record.channel,
    UserID: record.user,
    Message: record.message ?? 'text',
    host: 'collector',
    port: 5,
    SourceModuleType: 'im_msvistalog',
    ...data,
  });
  return JSON.stringify(event).replace('"Keywords":0', `"Keywords":${signed(record.keywords ?? '0x8000000000000000')}`);
}

const securityDatasets = (record: WindowsRecord): Json =>
  present({
    TimeCreated: record.time,
    '@timestamp': record.time,
    Hostname: record.computer,
    Task: String(record.task ?? 0),
    Level: String(record.level ?? 4),
    Keywords: record.keywords ?? '0x8000000000000000',
    Channel: record.channel,
    EventID: record.id,
    SourceName: record.provider,
    ProviderGuid: record.guid,
    ProcessID: record.pid === undefined ? undefined : String(record.pid),
    UserID: record.user,
    Message: record.message ?? 'text',
    ...flat(record),
  });

const getWinEvent = (record: WindowsRecord): Json =>
  present({
    Id: record.id,
    LogName: record.channel,
    ProviderName: record.provider,
    ProviderId: record.guid?.replace(/[{}]/g, ''),
    MachineName: record.computer,
    RecordId: record.record ?? 7,
    TimeCreated: `/Date(${Date.parse(record.time)})/`,
    ProcessId: record.pid ?? 4,
    ThreadId: 12,
    UserId: record.user && { BinaryLength: 12, AccountDomainSid: null, Value: record.user },
    Level: record.level ?? 4,
    Message: record.message ?? ['Title:', ...Object.entries(flat(record)).map(([k, v]) => `${k}: ${v}`)].join('\r\n'),
    Properties: Object.values(flat(record)).map((Value) => ({ Value })),
  });

function wazuh(record: WindowsRecord): Json {
  const small = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
  const escaped = (fields: Json): Json =>
    Object.fromEntries(Object.entries(fields).map(([k, v]) => [small(k), String(v).replaceAll('\\', '\\\\')]));
  return {
    timestamp: '2030-01-01T00:00:00.000+0000',
    agent: { id: '001', name: 'ws' },
    data: {
      win: {
        system: present({
          providerName: record.provider,
          providerGuid: record.guid,
          eventID: String(record.id),
          level: String(record.level ?? 4),
          task: String(record.task ?? 0),
          keywords: record.keywords ?? '0x8000000000000000',
          systemTime: record.time.replace('Z', '1234Z'),
          eventRecordID: String(record.record ?? 7),
          processID: String(record.pid ?? 4),
          threadID: '12',
          channel: record.channel,
          computer: record.computer,
        }),
        ...(record.userData
          ? { [small(record.userData.root)]: escaped(record.userData.data) }
          : { eventdata: escaped(record.data ?? {}) }),
      },
    },
  };
}

/** How Hayabusa calls channels. */
const hayabusaChannels: Readonly<Record<string, string>> = {
  Security: 'Sec',
  System: 'Sys',
  'Microsoft-Windows-Sysmon/Operational': 'Sysmon',
  'Microsoft-Windows-PowerShell/Operational': 'PwSh',
  'Windows PowerShell': 'PwShClassic',
};

/** A hit of a rule in the profile super-verbose. */
const hayabusa = (record: WindowsRecord): Json =>
  present({
    Timestamp: record.time.replace('T', ' ').replace('Z', ' +00:00'),
    RuleTitle: 'A rule',
    Level: 'med',
    Computer: record.computer,
    Channel: hayabusaChannels[record.channel] ?? record.channel,
    EventID: record.id,
    RecordID: record.record ?? 7,
    Provider: record.provider,
    Details: { Found: 'something' },
    AllFieldInfo: record.unnamed
      ? Object.fromEntries(record.unnamed.map((text, i) => [`param${i + 1}`, text]))
      : flat(record),
  });

/** What each tool makes of a record: a line of JSON. */
export const forms: Readonly<Record<string, (record: WindowsRecord) => string>> = {
  evtx_dump: (record) => JSON.stringify(evtxDump(record, beneath)),
  'evtx_dump with attributes beside': (record) => JSON.stringify(evtxDump(record, beside)),
  chainsaw: (record) =>
    JSON.stringify({ group: 'Sigma', kind: 'individual', document: { kind: 'evtx', data: evtxDump(record, beside) } }),
  xmltodict: (record) => JSON.stringify(xmltodict(record)),
  velociraptor: (record) => JSON.stringify(velociraptor(record)),
  winlogbeat: (record) => JSON.stringify(winlogbeat(record)),
  nxlog,
  'security-datasets': (record) => JSON.stringify(securityDatasets(record)),
  'get-winevent': (record) => JSON.stringify(getWinEvent(record)),
  wazuh: (record) => JSON.stringify(wazuh(record)),
  hayabusa: (record) => JSON.stringify(hayabusa(record)),
};
