import type { FastifyRequest } from 'fastify';
import type { Log } from './log.ts';

/** Logs what nobody foresaw in a request. The address goes in without its parameters, which may hold anything. */
export function logError(log: Log, request: FastifyRequest, error: unknown): void {
  const { message = String(error), stack } = error as Partial<Error>;
  log.write('error', 'request-failed', message.split('\n')[0]!, {
    'http.request.id': request.id,
    'http.request.method': request.method,
    'url.path': request.url.split('?')[0],
    'error.stack_trace': stack,
  });
}
