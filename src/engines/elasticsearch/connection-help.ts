import { ClusterError } from './cluster-error.ts';

/** What keeps connections from being made, by how Node and OpenSSL word it, and what to do about it. */
const help: readonly { readonly when: RegExp; readonly hint: (url: string) => string }[] = [
  {
    when: /self[- ]signed|unable to (?:verify|get (?:local )?issuer)|UNABLE_TO_VERIFY|DEPTH_ZERO/i,
    hint: () =>
      'no trusted authority signed its certificate: give --ca FILE with the certificate of its authority (http_ca.crt of the cluster), or --insecure to trust any',
  },
  {
    when: /altname|does not match certificate/i,
    hint: () => 'its certificate is for another name: give --url the name that the certificate has, or --insecure',
  },
  {
    when: /certificate has expired|CERT_HAS_EXPIRED/i,
    hint: () => 'renew its certificate, or trust it with --insecure',
  },
  {
    when: /wrong version number|EPROTO|packet length too long|http_request/i,
    hint: (url) => `the port does not use TLS: try --url ${url.replace(/^https:/, 'http:')}`,
  },
  {
    when: /ENOTFOUND|EAI_AGAIN/,
    hint: () => 'the host name does not resolve: check the spelling of --url, and the network or VPN',
  },
  {
    when: /ECONNREFUSED/,
    hint: () =>
      'nothing listens there: check the host and port of --url (Elasticsearch listens on 9200, Elastic Cloud on 443)',
  },
  {
    when: /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timeout/i,
    hint: () => 'check the network, the VPN and, where one is needed, HTTPS_PROXY',
  },
  {
    when: /Bad response: 407/,
    hint: () =>
      'the proxy requires a user and password: put them into HTTPS_PROXY, as in http://user:password@proxy.example:3128',
  },
  {
    when: /Bad response: \d+|Proxy/,
    hint: () => 'the proxy did not connect: check HTTPS_PROXY, or put the host into NO_PROXY',
  },
  {
    when: /socket hang up|ECONNRESET|EPIPE|closed/,
    hint: (url) =>
      `the connection was cut${url.startsWith('http:') ? `; where the cluster has TLS, write --url ${url.replace(/^http:/, 'https:')}` : ''}`,
  },
];

/** The error of a connection that was not made, or lost. */
export function connectionError(url: string, message: string): ClusterError {
  const known = help.find(({ when }) => when.test(message));
  return new ClusterError(`cannot reach ${url}: ${message}`, {
    failure: 'connection',
    hint: known?.hint(url) ?? 'check --url and the network',
  });
}
