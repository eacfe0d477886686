import { expect, test } from 'vitest';
import { communityId } from '../../src/values/community-id.ts';
import { expected, type MappedCase, mapped } from './mapped-events.ts';

const flow = (over: object) => ({
  timestamp: '2026-03-01T10:00:00.123456+0000',
  flow_id: 7,
  event_type: 'flow',
  src_ip: '128.232.110.120',
  src_port: 34855,
  dest_ip: '66.35.250.204',
  dest_port: 80,
  proto: 'TCP',
  ...over,
});

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36';

test('flows have a Community ID, and user agents their parts', async () => {
  const cases: MappedCase[] = [
    { event: flow({}), fields: { 'network.community_id': '1:LQU9qZlK+B5F3KDmev6m5PMibrg=' } },
    { event: flow({ community_id: '1:own' }), fields: { 'network.community_id': '1:own' } },
    {
      event: flow({ proto: 'IPv6-ICMP', src_ip: 'fe80::1', dest_ip: 'fe80::2', src_port: null, dest_port: null }),
      fields: { 'network.community_id': communityId('fe80::1', '0', 'fe80::2', '0', 'icmp6') },
    },
    { event: flow({ src_port: null }), fields: { 'network.community_id': null } },
    {
      event: flow({ event_type: 'http', http: { http_user_agent: chrome } }),
      fields: {
        'user_agent.original': chrome,
        'user_agent.name': 'Chrome',
        'user_agent.version': '121.0.0.0',
        'user_agent.os.name': 'Windows',
        'user_agent.os.version': '10',
        'user_agent.os.full': 'Windows 10',
        'user_agent.device.name': 'Other',
      },
    },
    {
      event: flow({ http: { http_user_agent: 'x' } }),
      fields: { 'user_agent.name': 'Other', 'user_agent.version': null, 'user_agent.os.name': null },
    },
    { event: flow({}), fields: { 'user_agent.name': null, 'user_agent.device.name': null } },
  ];
  expect(await mapped(cases)).toEqual(cases.map(expected));
});
