import type { MappedIndex } from '../support/query.ts';

/** The events that the cases ask about: every type, nulls, several values. */
export const indices: readonly MappedIndex[] = [
  {
    name: 'logs-net-a',
    mappings: {
      properties: {
        '@timestamp': { type: 'date' },
        host: { type: 'keyword' },
        process: { properties: { name: { type: 'keyword' }, pid: { type: 'integer' } } },
        bytes: { type: 'long' },
        score: { type: 'double' },
        ip: { type: 'ip' },
        signed: { type: 'boolean' },
        tags: { type: 'keyword' },
        sizes: { type: 'integer' },
        version: { type: 'version' },
        message: { type: 'text' },
      },
    },
    docs: [
      {
        '@timestamp': '2026-03-10T10:00:00.123Z',
        host: 'alpha',
        process: { name: 'cmd.exe', pid: 7 },
        bytes: 100,
        score: 1.5,
        ip: '10.0.0.1',
        signed: true,
        tags: ['b', 'a'],
        sizes: [3, 1, 3],
        version: '1.2.3',
        message: 'First',
      },
      {
        '@timestamp': '2026-03-10T11:00:00Z',
        host: 'alpha',
        process: { name: 'powershell.exe', pid: 8 },
        bytes: 200,
        score: -2.5,
        ip: '8.8.8.8',
        signed: false,
        tags: 'a',
        sizes: 2,
        version: '1.11.4',
        message: 'second line',
      },
      {
        '@timestamp': '2026-03-10T11:30:00Z',
        host: 'beta',
        process: { name: 'ssh', pid: 2147483647 },
        bytes: 9223372036854775000,
        ip: '2606:4700::1',
        signed: false,
        sizes: [1, 2],
        version: '1.2.3-beta',
      },
      {
        '@timestamp': '2026-03-09T23:59:59.999Z',
        host: 'gamma',
        bytes: 0,
        score: 0.1,
        ip: ['192.168.1.1', '8.8.4.4'],
        tags: ['x'],
        message: ['two', 'texts'],
      },
    ],
  },
  {
    name: 'logs-net-b',
    mappings: {
      properties: {
        '@timestamp': { type: 'date' },
        host: { type: 'keyword' },
        bytes: { type: 'long' },
        extra: { type: 'keyword' },
      },
    },
    docs: [{ '@timestamp': '2026-03-01T00:00:00Z', host: 'delta', bytes: -5, extra: 'only here' }],
  },
  {
    name: 'shifts',
    mappings: {
      properties: {
        shift: { type: 'integer' },
        labels: { type: 'flattened' },
        team: { properties: { contact: { type: 'flattened', ignore_above: 12 } } },
        on_duty: { type: 'date_range' },
        load: { type: 'double_range' },
        badge: { type: 'binary' },
      },
    },
    docs: [
      {
        shift: 1,
        labels: { site: { name: 'north', ports: [443, 22, 443] }, 'on.call': true, note: null },
        team: { contact: { mail: 'n@example.org', desk: '7' } },
        on_duty: { gte: '2026-03-10T06:00:00Z', lt: '2026-03-10T14:00:00Z' },
        load: { gte: 0.5, lt: 2 },
        badge: 'QUJD',
      },
      {
        shift: 2,
        labels: { desk: '7' },
        'team.contact': { desk: '7' },
        on_duty: [
          { gte: '2026-03-10T14:00:00Z', lt: '2026-03-10T22:00:00Z' },
          { gte: '2026-03-11', lte: '2026-03-11T05:59:59.999Z' },
        ],
      },
      {
        shift: 3,
        labels: [{ site: 'a' }, { site: 'b' }],
        on_duty: { gt: '2026-03-10T13:59:59.999Z', lt: '2026-03-12' },
        load: [{ lte: 1.5 }, { gt: 8 }],
        badge: ['REU=', 'Rg=='],
      },
      { shift: 4 },
    ],
  },
  {
    name: 'yards',
    mappings: {
      properties: {
        crew: { type: 'flattened' },
        load: {
          type: 'aggregate_metric_double',
          metrics: ['min', 'max', 'sum', 'value_count'],
          default_metric: 'max',
        },
      },
    },
    docs: [
      {
        crew: {
          ship: 'north',
          members: { zoe: { age: 40, tasks: ['cook', 'mate'] }, abe: { age: 31 }, '10': { age: 40 } },
        },
      },
      { crew: { members: 2, 'members.solo.age': 5 }, load: { min: -1.5, max: 20, sum: 30.25, value_count: 4 } },
      { load: { max: 3, sum: 3, value_count: 1, min: 3 } },
      { load: { max: 50 } },
      {},
    ],
  },
  {
    name: 'listed',
    mode: 'lookup',
    mappings: {
      properties: {
        network: { type: 'keyword' },
        pattern: { type: 'keyword' },
        host: { type: 'keyword' },
        remark: { type: 'keyword' },
      },
    },
    docs: [
      { network: '10.0.0.0/8', pattern: '*.EXE', host: 'alpha', remark: 'one' },
      { network: ['8.8.0.0/16', '192.168.0.0 - 192.168.1.255'], pattern: 'c?d*', host: 'pha', remark: 'two' },
      { network: '2606:4700::/32', pattern: 's\\\\h', host: '.Beta', remark: 'three' },
      { network: 'none at all', remark: 'four' },
    ],
  },
  {
    name: 'wharves',
    mappings: {
      properties: {
        wharf: { type: 'keyword' },
        entry: { type: 'geo_point' },
        area: { type: 'geo_shape' },
        buoy: { type: 'point' },
        plot: { type: 'shape' },
      },
    },
    docs: [
      {
        wharf: 'north',
        entry: 'POINT (10.75 59.91)',
        area: 'polygon((10.7 59.8, 10.9 59.8, 10.9 60, 10.7 59.8))',
        buoy: 'POINT (1196685 8377642.5)',
        plot: 'BBOX (-20037508.3, 3, 25000000.5, 2)',
      },
      {
        wharf: 'south',
        entry: { lat: 54.3, lon: 10.1 },
        area: {
          type: 'Polygon',
          coordinates: [
            [
              [10, 54],
              [11, 54],
              [11, 55],
              [10, 54],
            ],
          ],
        },
        buoy: { x: 10, y: -3.5 },
        plot: {
          type: 'envelope',
          coordinates: [
            [1, 4],
            [3, 2],
          ],
        },
      },
      {
        wharf: 'both',
        entry: ['POINT (1 2)', 'POINT (3 4)'],
        area: [
          'POINT (1 2)',
          {
            type: 'LineString',
            coordinates: [
              [3, 4],
              [5, 6],
            ],
          },
        ],
        buoy: ['1,2', [3, 4]],
        plot: {
          type: 'GeometryCollection',
          geometries: [
            { type: 'Point', coordinates: [1, 2] },
            {
              type: 'MultiPoint',
              coordinates: [
                [3, 4],
                [5, 6],
              ],
            },
          ],
        },
      },
      { wharf: 'none', area: 'POLYGON ((1 2))', buoy: {}, plot: 7 },
    ],
  },
  {
    name: 'watch-days',
    mappings: { properties: { at: { type: 'date' }, watch: { type: 'keyword' } } },
    docs: [
      { at: '9999-12-31', watch: 'last' },
      { at: ['9999-12-31', '2026-03-10'], watch: 'two' },
      { at: '2026-03-10', watch: 'one' },
    ],
  },
  {
    name: 'watch-bells',
    mode: 'lookup',
    mappings: { properties: { at: { type: 'date_nanos' }, bell: { type: 'keyword' } } },
    docs: [
      { at: '2026-03-10', bell: 'first' },
      { at: '2026-03-10T00:00:00.000000001Z', bell: 'second' },
    ],
  },
  {
    name: 'metrics',
    mode: 'time_series',
    mappings: {
      properties: {
        '@timestamp': { type: 'date' },
        host: { type: 'keyword', time_series_dimension: true },
        premises: { type: 'keyword', time_series_dimension: true },
        sent: { type: 'long', time_series_metric: 'counter', meta: { unit: 'bytes' } },
        energy: { type: 'double', time_series_metric: 'counter' },
        load: { type: 'double', time_series_metric: 'gauge' },
        users: { type: 'integer', time_series_metric: 'gauge' },
        annotation: { type: 'keyword' },
      },
    },
    // Host, sites, seconds after ten, and the metrics.
    docs: (
      [
        ['a', ['east', 'west'], 0, 100, 1, 1, 4],
        ['a', ['east', 'west'], 20, 160, 1.5, 2, 5],
        ['a', ['east', 'west'], 50, 220, 2, 3, 5],
        ['a', ['east', 'west'], 70, 40, 2.5, 2, null],
        ['a', ['east', 'west'], 110, 100, 3, 0.5, 7],
        ['a', ['east', 'west'], 190, 180, 3.25, 4, 1],
        ['b', 'east', 10, 7, 10, 9, 2],
        ['b', 'east', 55, 16, 12, 8, 3],
        ['b', 'east', 65, 18, 14, 7, 3],
        ['b', 'east', 130, 31, 1, 6, 9],
        ['c', null, 15, 1000, null, 5, 1],
        ['c', null, 75, 1600, null, 5, 1],
        ['c', null, 76, 1700, null, 6, 1],
        // The second of two of one time is all that is kept.
        ['d', null, 80, 3, 1, 1, 1],
        ['d', null, 80, 9, 2, 5, 2],
      ] as const
    ).map(([host, premises, seconds, sent, energy, load, users]) => ({
      '@timestamp': new Date(Date.UTC(2026, 2, 10, 10, 0, seconds)).toISOString(),
      ...{ host, premises, sent, energy, load, users, annotation: `${host}${seconds}` },
    })),
  },
];
