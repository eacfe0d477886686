import { describe, expect, it } from 'vitest';
import { QueryError } from '../../diagnostics/diagnostic.ts';
import { analyze } from './analyze/analyze.ts';
import { mappedCatalogue } from './analyze/open-catalogue.ts';
import { CompiledQuery } from './compiled-query.ts';

const catalogue = mappedCatalogue(['logs'], new Map([['n', 'long']]));
const other = mappedCatalogue(['logs'], new Map([['n', 'double']]));
const options = { now: Date.parse('2026-03-10T12:00:00Z'), defaultLimit: null };

describe('a compiled query', () => {
  it('is parsed once, and typed once for each catalogue, time and zone', () => {
    const query = new CompiledQuery('FROM logs | WHERE n > 1 AND @timestamp > NOW()');
    const timed = mappedCatalogue(['logs'], new Map([['n', 'long'] as const, ['@timestamp', 'date'] as const]));
    expect(query.query).toBe(query.query);
    const { plan } = query.analyze(timed, options);
    expect(query.analyze(timed, options).plan).toBe(plan);
    expect(query.analyze(timed, { ...options, now: 0 }).plan).not.toEqual(plan);
    expect(query.analyze(timed, { ...options, timeZone: '+02:00' }).plan).not.toBe(plan);
    expect(new CompiledQuery('FROM logs').plan(catalogue, options).plan.output).not.toEqual(
      new CompiledQuery('FROM logs').plan(other, options).plan.output,
    );
  });

  it.each(['FROM logs', 'FROM logs | LIMIT 3', 'FROM logs | WHERE nothing > 1'])(
    '%s is what analyze makes of it',
    (text) => {
      const query = new CompiledQuery(text);
      for (const defaultLimit of [null, 5, 1000])
        expect(query.analyze(catalogue, { ...options, defaultLimit })).toEqual(
          analyze(query.query, query.source, catalogue, { ...options, defaultLimit }),
        );
    },
  );

  it('says what is wrong each time it is asked', () => {
    const query = new CompiledQuery('FROM logs | WHERE');
    expect(() => query.query).toThrow(QueryError);
    expect(() => query.plan(catalogue, options)).toThrow(QueryError);
    expect(() => new CompiledQuery('FROM logs | WHERE x > 1').plan(catalogue, options)).toThrow(/Unknown column/);
  });
});
