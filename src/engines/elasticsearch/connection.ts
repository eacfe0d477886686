import { readFileSync } from 'node:fs';
import type { Client } from '@elastic/elasticsearch';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { parseExactJson } from '../../values/exact-json.ts';
import { clusterAddress, proxyFor } from './address.ts';

/** Where a cluster is, and how it is accessed. */
export interface ClusterOptions {
  /** A URL, which may carry a user and password, or a Cloud ID. */
  readonly url: string;
  /** As the cluster gives it in `encoded`, or as `id:key`. */
  readonly apiKey?: string;
  /** A file with the certificates (PEM) to trust. */
  readonly ca?: string;
  /** Accepts any certificate. */
  readonly insecure?: boolean;
}

/** A client for the cluster, which tries each request once. Throws an InputError for options that cannot be used. */
export async function connect({ url, apiKey, ca, insecure }: ClusterOptions): Promise<Client> {
  const address = clusterAddress(url);
  const proxy = proxyFor(address, process.env);
  // A variable that is set to nothing is no key.
  const key = apiKey?.trim();
  const { Client, HttpConnection, Serializer } = await import('@elastic/elasticsearch');
  class ExactSerializer extends Serializer {
    /** Longs beyond 2^53 keep every digit. A text that is no JSON stays a text, for whoever judges the answer. */
    override deserialize<T = unknown>(json: string): T {
      try {
        return parseExactJson(json) as T;
      } catch {
        return json as T;
      }
    }
  }
  return new Client({
    node: address.href,
    ...(key && { auth: { apiKey: encoded(key) } }),
    ...(proxy && { proxy: proxy.href }),
    Connection: HttpConnection,
    tls: { ...(ca !== undefined && { ca: readCertificates(ca) }), ...(insecure && { rejectUnauthorized: false }) },
    Serializer: ExactSerializer as never,
    maxRetries: 0,
    name: 'harrier',
  });
}

function encoded(key: string): string {
  if (key.includes(':')) return Buffer.from(key).toString('base64');
  // No header holds other characters, and what it holds of them would not be said.
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new InputError(
    'the API key has a character that no API key has',
    'copy the value "encoded" again that the cluster gave with the key',
  );
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`cannot read ${file}: ${(error as Error).message.replace(/, open .*$/, '')}`);
  }
}
