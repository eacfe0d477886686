import type { IndexPattern } from './indices.ts';

/** How processes are identified: the ES|QL of a process's own mark, of its parent's and of its ancestors'. */
export interface Identity {
  readonly own: string;
  readonly parent: string;
  /** Null where events do not list ancestors. */
  readonly ancestry: string | null;
}

/** The marks that Elastic Defend, Sysmon and others give processes: no two processes share one. */
export const byEntityId: Identity = {
  own: 'process.entity_id',
  parent: 'process.parent.entity_id',
  ancestry: 'process.Ext.ancestry',
};

/** Numbers of processes, where there is nothing better: hosts use them again. */
export const byPid: Identity = {
  own: 'TO_STRING(process.pid)',
  parent: 'TO_STRING(process.parent.pid)',
  ancestry: null,
};

/** The part of the events that is looked at. */
export interface Scope {
  readonly pattern: IndexPattern;
  /** A host by its name, hostname or id. */
  readonly host: string | null;
  /** ISO 8601, both included. */
  readonly from: string | null;
  readonly to: string | null;
}

/** One process in a scope. */
export interface Subject {
  readonly identity: Identity;
  readonly id: string;
  readonly scope: Scope;
}

/** Conditions in ES|QL, each led by ` AND `, and the values that they name. */
export function scopeConditions({ host, from, to }: Scope): { text: string; values: Record<string, string> } {
  const parts = [
    host === null ? '' : ' AND (host.name == ?host OR host.hostname == ?host OR host.id == ?host)',
    from === null ? '' : ' AND @timestamp >= ?from',
    to === null ? '' : ' AND @timestamp <= ?to',
  ];
  return {
    text: parts.join(''),
    values: { ...(host !== null && { host }), ...(from !== null && { from }), ...(to !== null && { to }) },
  };
}

/** A condition in ES|QL that only a process's own events fulfil. */
export function ownEvents({ identity, id, scope }: Subject): { text: string; values: Record<string, string> } {
  const { text, values } = scopeConditions(scope);
  return { text: `${identity.own} == ?id${text}`, values: { ...values, id } };
}
