import type { CallName, Calls, JobInfo, JobRequest, Refused } from '../../contract/calls.ts';

const root = '/api/v1/';

/** What a call was refused with: `status` 401 is a page without access, 410 an answer that is no longer kept. */
export class CallError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly hint: string | null,
  ) {
    super(message);
  }
}

/** The server does not answer: the command has ended, or the machine sleeps. */
export class ServerGone extends Error {}

let token: string | null = null;

export function useToken(own: string): void {
  token = own;
}

/** Sends a request with the token. Throws a CallError, a ServerGone, or what the signal was aborted with. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${root}${path}`, {
      ...init,
      headers: {
        ...(init.body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      cache: 'no-store',
    });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ServerGone('the server does not answer');
  }
  if (response.ok) return response;
  const body = (await response.json().catch(() => null)) as { error?: { message: string; hint: string | null } } | null;
  throw new CallError(response.status, body?.error?.message ?? response.statusText, body?.error?.hint ?? null);
}

/** Asks a short question. */
export async function call<K extends CallName>(
  name: K,
  request: Calls[K]['request'],
  signal?: AbortSignal,
): Promise<Calls[K]['answer']> {
  const response = await send(`call/${name}`, {
    method: 'POST',
    body: JSON.stringify(request),
    ...(signal && { signal }),
  });
  const answer = (await response.json()) as Calls[K]['answer'] | Refused;
  if ('refused' in answer) {
    const { status, message, hint } = answer.refused;
    throw new CallError(status, message, hint);
  }
  for (const hear of hearers) hear(name, request);
  return answer;
}

const hearers: ((name: CallName, request: unknown) => void)[] = [];

/** Hears of every call that was answered, and of what was asked. */
export function onAnswer(hear: (name: CallName, request: unknown) => void): void {
  hearers.push(hear);
}

/** Starts long work; what comes of it arrives over the stream. */
export async function startJob(request: JobRequest): Promise<JobInfo> {
  const response = await send('jobs', { method: 'POST', body: JSON.stringify(request) });
  return (await response.json()) as JobInfo;
}

export async function cancelJob(id: string): Promise<void> {
  await send(`jobs/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
