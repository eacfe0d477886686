import { readFileSync } from 'node:fs';
import type { Client } from '@elastic/elasticsearch';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { parseExactJson } from '../../values/exact-json.ts';

/** Where a cluster is, and what it lets us in by. */
export interface ClusterOptions {
  /** May carry a user and password. */
  readonly url: string;
  readonly apiKey?: string;
  /** A file with the certificates (PEM) of who signs for the cluster. */
  readonly ca?: string;
  /** Takes any certificate. */
  readonly insecure?: boolean;
}

/** A client for the cluster. Throws an InputError for an address or certificate that cannot be used. */
export async function connect({ url, apiKey, ca, insecure }: ClusterOptions): Promise<Client> {
  let node: URL;
  try {
    node = new URL(url);
  } catch {
    throw new InputError(`${url} is no URL`, 'expected one such as https://cluster.example:9200');
  }
  const { Client, Serializer } = await import('@elastic/elasticsearch').then((module) => ({
    ...module,
    Serializer: class extends module.Serializer {
      /** Longs beyond 2^53 keep every digit. */
      override deserialize<T = unknown>(json: string): T {
        return parseExactJson(json) as T;
      }
    },
  }));
  return new Client({
    node: node.href,
    ...(apiKey !== undefined && { auth: { apiKey } }),
    tls: { ...(ca !== undefined && { ca: readCertificates(ca) }), ...(insecure && { rejectUnauthorized: false }) },
    Serializer: Serializer as never,
    maxRetries: 2,
    name: 'harrier',
  });
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`cannot read ${file}: ${(error as Error).message.replace(/, open .*$/, '')}`);
  }
}
