import { expect, it } from 'vitest';
import { recordedSources } from './recorded-sources.ts';
import { shippedMappings } from './shipped-mappings.ts';

it('mappings say of their own fields alone what is recorded', async () => {
  const unknown = (await shippedMappings()).flatMap(({ name, fields, prefixes, types, records }) => {
    const names = [
      ...Object.keys(records.values ?? {}),
      ...(records.by_kind ?? []),
      ...(records.sometimes ?? []),
      ...(records.settings ?? []).flatMap(({ when }) => Object.keys(when)),
    ];
    const known = [...fields.keys(), ...types.keys(), ...prefixes.map(({ to }) => to)];
    const isKnown = (one: string): boolean =>
      one.endsWith('*')
        ? known.some((field) => field.startsWith(one.slice(0, -1)) || one.startsWith(field))
        : known.includes(one) || prefixes.some(({ to }) => one.startsWith(to));
    return names.filter((one) => !isKnown(one)).map((one) => `${name}: ${one}`);
  });
  expect(unknown).toEqual([]);
});

it('rows of tables are kinds of events, with the number of their source', async () => {
  const sources = recordedSources(await shippedMappings());
  const sysmon = sources.find(({ title }) => title === 'Sysmon')!;
  expect(sysmon.hasIndex('logs-windows.sysmon_operational-prod')).toBe(true);
  expect(sysmon.hasIndex('eu:.ds-logs-windows.sysmon_operational-default-2026.03.10-000001')).toBe(true);
  expect(sysmon.hasIndex('logs-windows.sysmon-default')).toBe(false);
  const access = sysmon.kinds.find(({ number }) => number === '10')!;
  expect(access.values.get('event.action')?.texts).toEqual(['ProcessAccess']);
  expect(access.values.get('host.os.type')?.texts).toEqual(['windows']);
  expect(access.values.get('winlog.channel')?.texts).toEqual(['Microsoft-Windows-Sysmon/Operational']);
  expect(sysmon.kinds.find(({ number }) => number === '13')!.values.get('event.category')).toMatchObject({
    texts: ['configuration', 'registry'],
    areTogether: true,
  });
  const trail = sources.find(({ title }) => title === 'AWS CloudTrail')!;
  expect(
    ['source.ip', 'aws.cloudtrail.error_code', 'aws.cloudtrail.request_parameters', 'process.name'].map(trail.carriage),
  ).toEqual(['general', 'sometimes', 'some kinds', 'never']);
});
