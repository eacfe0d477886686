import { javaDouble } from './java-double.ts';
import { own } from './own.ts';
import type { EsqlType } from './types.ts';

/* What databases in MaxMind's format tell of addresses, under the names that Elasticsearch gives it. */

/** A database that IP_LOCATION may read: its name in queries, the file, and what it knows. */
export interface LocationDatabase {
  readonly name: string;
  readonly file: string;
  readonly kind: LocationKind;
}

export type LocationKind = 'City' | 'Country' | 'ASN';

const columns = {
  ip: 'keyword',
  country_iso_code: 'keyword',
  country_in_european_union: 'boolean',
  country_name: 'keyword',
  continent_code: 'keyword',
  continent_name: 'keyword',
  region_iso_code: 'keyword',
  region_name: 'keyword',
  city_name: 'keyword',
  timezone: 'keyword',
  location: 'geo_point',
  postal_code: 'keyword',
  accuracy_radius: 'integer',
  registered_country_iso_code: 'keyword',
  registered_country_name: 'keyword',
  asn: 'long',
  organization_name: 'keyword',
  network: 'keyword',
} as const satisfies Readonly<Record<string, EsqlType>>;

export type LocationProperty = keyof typeof columns;

export const locationType = (property: LocationProperty): EsqlType => columns[property];

const places = ['country_iso_code', 'country_name', 'continent_name'] as const;
const ofCountry = [
  ...places,
  ...(['ip', 'country_in_european_union', 'continent_code'] as const),
  ...(['registered_country_iso_code', 'registered_country_name'] as const),
];

/** What a query gets that names no properties, and what it may name. */
const kinds: Readonly<
  Record<LocationKind, { readonly given: readonly LocationProperty[]; readonly all: readonly LocationProperty[] }>
> = {
  City: {
    given: [...places, 'region_iso_code', 'region_name', 'city_name', 'location'],
    all: [
      ...ofCountry,
      ...(['region_iso_code', 'region_name', 'city_name', 'timezone', 'location', 'postal_code'] as const),
      'accuracy_radius',
    ],
  },
  Country: { given: places, all: ofCountry },
  ASN: { given: ['ip', 'asn', 'organization_name', 'network'], all: ['ip', 'asn', 'organization_name', 'network'] },
};

export const propertiesOf = (kind: LocationKind): (typeof kinds)[LocationKind] => kinds[kind];

/** The kind of a database, by the type that it says it has or by its name; null where nobody knows it. */
export function locationKind(type: string): LocationKind | null {
  if (/ASN|ISP/i.test(type)) return 'ASN';
  if (/City|Enterprise|Insights/i.test(type)) return 'City';
  return /Country/i.test(type) ? 'Country' : null;
}

type Json = Readonly<Record<string, unknown>>;

const child = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? own(value as Json, name) : undefined;
const at = (value: unknown, ...path: readonly string[]): unknown => path.reduce(child, value);
const nameIn = (value: unknown, ...path: readonly string[]): unknown => at(value, ...path, 'names', 'en');

/** A property of what a database has under an address, as text; null where it has none. */
export function locationValue(record: unknown, property: LocationProperty, ip: string, network: string): string | null {
  const value = found(record, property, ip, network);
  return value === undefined || value === null ? null : String(value);
}

function found(record: unknown, property: LocationProperty, ip: string, network: string): unknown {
  const region = [at(record, 'subdivisions')].flat()[0];
  switch (property) {
    case 'ip':
      return ip;
    case 'network':
      return network;
    case 'country_iso_code':
      return at(record, 'country', 'iso_code');
    case 'country_in_european_union':
      return at(record, 'country') === undefined ? null : (at(record, 'country', 'is_in_european_union') ?? false);
    case 'country_name':
      return nameIn(record, 'country');
    case 'continent_code':
      return at(record, 'continent', 'code');
    case 'continent_name':
      return nameIn(record, 'continent');
    case 'region_iso_code': {
      const [country, code] = [at(record, 'country', 'iso_code'), at(region, 'iso_code')];
      return country === undefined || code === undefined ? null : `${country}-${code}`;
    }
    case 'region_name':
      return nameIn(region);
    case 'city_name':
      return nameIn(record, 'city');
    case 'timezone':
      return at(record, 'location', 'time_zone');
    case 'location': {
      const [latitude, longitude] = [at(record, 'location', 'latitude'), at(record, 'location', 'longitude')];
      if (typeof latitude !== 'number' || typeof longitude !== 'number') return null;
      return `POINT (${javaDouble(longitude)} ${javaDouble(latitude)})`;
    }
    case 'postal_code':
      return at(record, 'postal', 'code');
    case 'accuracy_radius':
      return at(record, 'location', 'accuracy_radius');
    case 'registered_country_iso_code':
      return at(record, 'registered_country', 'iso_code');
    case 'registered_country_name':
      return nameIn(record, 'registered_country');
    case 'asn':
      return at(record, 'autonomous_system_number');
    case 'organization_name':
      return at(record, 'autonomous_system_organization');
  }
}
