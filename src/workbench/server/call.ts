import type { CallName, Calls } from '../contract/calls.ts';
import type { Workbench } from './context.ts';

/** How a call is answered. The signal is given when the page no longer waits. */
export type Handler<K extends CallName> = (
  request: Calls[K]['request'],
  workbench: Workbench,
  signal: AbortSignal,
) => Promise<Calls[K]['answer']>;

export type Handlers = { readonly [K in CallName]: Handler<K> };
