import { expect, test } from 'vitest';
import { expected, type MappedCase, mapped } from './mapped-events.ts';

const falcon = (event_simpleName: string) => ({
  event_simpleName,
  aid: 'a1',
  cid: 'c1',
  event_platform: 'Win',
  timestamp: '1772359200123',
});

test('Falcon names kinds of events that are of several categories, of a state, or of none', async () => {
  const kind = (name: string, category: unknown, type: unknown, outcome: unknown, is = 'event'): MappedCase => ({
    event: falcon(name),
    fields: { 'event.category': category, 'event.type': type, 'event.outcome': outcome, 'event.kind': is },
  });
  const cases = [
    kind('ActiveDirectoryAuthenticationFailure', 'authentication', 'start', 'failure'),
    kind('AssociateIndicator', 'threat', 'indicator', 'unknown'),
    kind('ImageHash', 'library', 'start', 'success'),
    kind('UnsignedModuleLoad', 'library', 'start', 'success'),
    kind('FalconProcessHandleOpDetectInfo', ['malware', 'process'], ['access', 'info'], null, 'alert'),
    kind('ServicesStatusInfo', 'configuration', 'info', null, 'state'),
    kind('SuspiciousPeFileWritten', ['file', 'malware'], ['creation', 'info'], 'success', 'alert'),
    kind('SudoCommandAttempt', 'authentication', 'start', 'unknown'),
    kind('NewKindOfFileWritten', 'file', null, null),
    kind('SomethingElse', null, null, null),
  ];
  expect(await mapped(cases)).toEqual(cases.map(expected));
});
