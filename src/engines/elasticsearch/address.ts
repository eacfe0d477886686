import { InputError } from '../../diagnostics/diagnostic.ts';
import { own } from '../../values/own.ts';

/**
 * The address of a cluster: a URL, or the Cloud ID of a deployment on Elastic Cloud. Throws an InputError that says
 * what to write instead.
 */
export function clusterAddress(text: string): URL {
  const given = text.trim();
  if (/^https?:\/\//i.test(given)) {
    const url = parsed(given);
    if (url) return url;
    throw new InputError(
      `--url ${withoutSecrets(given)} is no URL`,
      'expected one such as https://cluster.example:9200',
    );
  }
  const cloud = cloudAddress(given);
  if (cloud) return cloud;
  if (/^[^/\s:@]+:[\w+/=-]{20,}$/.test(given))
    throw new InputError(
      `--url ${given} looks like a Cloud ID, but cannot be decoded`,
      'copy it again from the page of the deployment, or give the URL of Elasticsearch that stands there',
    );
  if (given.includes('://'))
    throw new InputError(
      `--url ${withoutSecrets(given)} begins with neither https:// nor http://`,
      'expected a URL such as https://cluster.example:9200',
    );
  const plain = withoutSecrets(given);
  throw new InputError(
    `--url ${plain} has no scheme`,
    `write --url https://${plain}, or --url http://${plain} where the cluster has no TLS`,
  );
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** A Cloud ID is a name and, in base64, the domain and the ids of Elasticsearch and Kibana below it: `domain$es$kibana`. */
function cloudAddress(text: string): URL | null {
  const [, encoded] = /^[^:/@]*:([\w+/-]{8,}=*)$/.exec(text) ?? [];
  if (encoded === undefined) return null;
  const [domain = '', elasticsearch = ''] = Buffer.from(encoded, 'base64').toString('utf8').split('$');
  const [, host, port = '443'] = /^([\w.-]+)(?::(\d+))?$/.exec(domain) ?? [];
  const [, id, ownPort = port] = /^([\w-]+)(?::(\d+))?$/.exec(elasticsearch) ?? [];
  return host === undefined || id === undefined ? null : parsed(`https://${id}.${host}:${ownPort}`);
}

/** An address without the password that it may carry. */
export const withoutSecrets = (url: string): string => url.replace(/(^|\/\/)[^@/]*@/, '$1');

/**
 * The proxy for an address, by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in either case as curl reads them; null
 * for none. Addresses of this machine need none.
 */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv): URL | null {
  const variable = (name: string): [string, string] | undefined =>
    [name.toLowerCase(), name].flatMap((key): [string, string][] => {
      const value = own(environment, key)?.trim();
      return value ? [[key, value]] : [];
    })[0];
  const named = variable(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') ?? variable('ALL_PROXY');
  if (!named || isLoopback(url.hostname) || isExcepted(url, variable('NO_PROXY')?.[1] ?? '')) return null;
  const [name, value] = named;
  const proxy = parsed(value.includes('://') ? value : `http://${value}`);
  if (!proxy || !/^https?:$/.test(proxy.protocol))
    throw new InputError(
      `${name}=${withoutSecrets(value)} is no proxy that Harrier can use`,
      `expected a URL such as http://proxy.example:3128; or put ${url.hostname} into NO_PROXY`,
    );
  return proxy;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host);

/** Whether NO_PROXY has a host: by its name, its domain, with or without a port, or all by `*`. */
function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  const ownPort = port || (protocol === 'https:' ? '443' : '80');
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    const [, name = '', onPort] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    const domain = name.replace(/^\*?\./, '');
    if (domain === '' || (onPort !== undefined && onPort !== ownPort)) return false;
    return hostname === domain || hostname.endsWith(`.${domain}`);
  });
}
