import type { FastifyRequest } from 'fastify';
import { Refusal } from '../store/refusal.ts';

/**
 * Refuses what a web page of another site can make a browser send: requests under another name, which a name server may
 * have given this machine's address, and such as browsers mark as another site's. `hostNames`: null for any name; `help`: how to be
 * reached by another, where that can be.
 */
export function refuseOtherSites(
  request: FastifyRequest,
  hostNames: ReadonlySet<string> | null,
  help = '; start it with --host to be reached by that name',
): void {
  if (hostNames && !hostNames.has(request.hostname.toLowerCase()))
    throw forbidden(`the server is not called [${request.hostname}]${help}`);
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (
    (origin !== undefined && origin !== `${request.protocol}://${request.host}`) ||
    (site !== undefined && site !== 'same-origin' && site !== 'none')
  )
    throw forbidden('requests from pages of other sites are refused');
}

const forbidden = (reason: string): Refusal => new Refusal('security_exception', reason, 403);
