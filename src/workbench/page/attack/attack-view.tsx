import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type State, StateWord } from '../../../view/outcome.tsx';
import type { HuntCard } from '../../contract/calls.ts';
import { call } from '../api/client.ts';
import { questionsOf } from '../hunts/hunt-list.tsx';
import { saveText } from '../report/downloads.ts';
import { newestAnswers, withAnswers } from '../state/answers.ts';
import { go, place, questionKey } from '../state/location.ts';
import { cover, coverage, hello, hunts, results, say, sayError, tactics } from '../state/session.ts';
import { countWords } from '../words.ts';
import { matrixOf, type TacticColumn, type TechniqueCell } from './matrix.ts';

/** The techniques that the library has hunts for, by tactic: how many hunts, what they can see, what they found. */
export function AttackView(): JSX.Element {
  const ids = hunts.value.map(({ id }) => id).join('\n');
  const canCover = hello.value !== null && hello.value.can.coverage === null;
  useEffect(() => {
    if (canCover && ids !== '') void cover(ids.split('\n')).catch(sayError);
  }, [canCover, ids]);
  const answersOf = (hunt: HuntCard) =>
    questionsOf(hunt).flatMap((question) => results.value.get(questionKey(question)) ?? []);
  const columns = matrixOf({ hunts: hunts.value, tactics: tactics.value, coverage: coverage.value, answersOf });
  const isTable = place.value.options.as === 'table';
  const techniques = new Set(columns.flatMap((column) => column.techniques.map(({ id }) => id))).size;
  const ran = newestAnswers(results.value).map(({ question }) => question);
  return (
    <article class="attack" aria-labelledby="attack-name">
      <header>
        <h1 id="attack-name">ATT&CK</h1>
        <p role="status">
          {`${countWords(techniques, 'technique')} with hunts, in ${countWords(columns.length, 'tactic')}. Techniques without a hunt are not shown: what is not here is not covered.`}
        </p>
        <button type="button" aria-pressed={isTable} onClick={() => option('as', isTable ? '' : 'table')}>
          As a table
        </button>
        <button
          type="button"
          aria-disabled={ran.length === 0}
          title={ran.length === 0 ? 'run hunts first: a layer shows what they found' : ''}
          onClick={() =>
            ran.length === 0
              ? say('run hunts first: a layer shows what they found', true)
              : void withAnswers(ran, (answers) => call('attack/layer', { answers }))
                  .then(({ name, text }) => saveText(name, text, 'application/json'))
                  .catch(sayError)
          }
        >
          Navigator layer
        </button>
      </header>
      {hunts.value.length > 0 && columns.length === 0 ? (
        <p class="nothing">No hunt of the library names a technique of ATT&CK.</p>
      ) : null}
      {isTable ? <Table columns={columns} /> : <Matrix columns={columns} />}
    </article>
  );
}

const option = (name: string, value: string): void => go({ options: { ...place.value.options, [name]: value } });

/** Narrows the list of hunts to a technique. */
const filterHunts = (id: string): void =>
  go({ view: 'hunts', question: null, row: null, panel: null, options: { find: id } });

/** What a technique is like at one glance: what was found, else what can be seen. */
function stateOf({ outcome, hits, coverage }: TechniqueCell): { readonly state: State; readonly detail?: string } {
  if (outcome === 'hits') return { state: 'hits', detail: hits.toLocaleString('en') };
  if (outcome !== null && outcome !== 'none') return { state: outcome };
  return { state: coverage ?? 'not looked yet' };
}

/** Tactics side by side; arrow keys walk the techniques. */
function Matrix({ columns }: { readonly columns: readonly TacticColumn[] }): JSX.Element {
  const [at, setAt] = useState({ column: 0, row: 0 });
  const grid = useRef<HTMLTableElement>(null);
  const rows = Math.max(0, ...columns.map(({ techniques }) => techniques.length));
  const move = (column: number, row: number): void => {
    const to = Math.max(0, Math.min(columns.length - 1, column));
    const last = (columns[to]?.techniques.length ?? 1) - 1;
    const next = { column: to, row: Math.max(0, Math.min(last, row)) };
    setAt(next);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${next.column} ${next.row}"]`)?.focus();
  };
  const onKey = (event: KeyboardEvent): void => {
    const { column, row } = at;
    const does: Readonly<Record<string, () => void>> = {
      ArrowRight: () => move(column + 1, row),
      ArrowLeft: () => move(column - 1, row),
      ArrowDown: () => move(column, row + 1),
      ArrowUp: () => move(column, row - 1),
      Home: () => move(0, row),
      End: () => move(columns.length - 1, row),
    };
    if (!Object.hasOwn(does, event.key) || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    does[event.key]!();
  };
  return (
    <div class="scroll">
      <table
        ref={grid}
        class="matrix"
        role="grid"
        aria-label="Techniques by tactic"
        aria-rowcount={rows + 1}
        aria-colcount={columns.length}
        onKeyDown={onKey}
      >
        <thead>
          <tr>
            {columns.map(({ id, name }) => (
              <th key={id} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, row) => (
            <tr key={row}>
              {columns.map(({ id, techniques }, column) => {
                const technique = techniques[row];
                const isHere = at.column === column && at.row === row;
                return (
                  <td key={id} role="gridcell">
                    {technique ? (
                      <button
                        type="button"
                        data-cell={`${column} ${row}`}
                        tabIndex={isHere ? 0 : -1}
                        onFocus={() => setAt({ column, row })}
                        onClick={() => filterHunts(technique.id)}
                      >
                        <Cell technique={technique} />
                      </button>
                    ) : null}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ technique }: { readonly technique: TechniqueCell }): JSX.Element {
  const { id, name, hunts, coverage, outcome } = technique;
  const { state, detail } = stateOf(technique);
  return (
    <>
      <span class="id">{id}</span> <StateWord state={state} {...(detail !== undefined && { detail })} />
      <span class="about">
        {` · ${countWords(hunts.length, 'hunt')}`}
        {outcome !== null && state !== coverage ? ` · ${coverage ?? 'not looked yet'}` : ''}
        {outcome === 'none' ? ' · last run: none' : ''}
      </span>
      {name !== null ? <span class="name">{name}</span> : null}
    </>
  );
}

/** The same for those who read it row by row. */
function Table({ columns }: { readonly columns: readonly TacticColumn[] }): JSX.Element {
  const rows = new Map<string, { technique: TechniqueCell; tactics: string[] }>();
  for (const { name, techniques } of columns)
    for (const technique of techniques) {
      const known = rows.get(technique.id);
      if (known) known.tactics.push(name);
      else rows.set(technique.id, { technique, tactics: [name] });
    }
  return (
    <table class="attack-table">
      <caption>Techniques that the library has hunts for</caption>
      <thead>
        <tr>
          {['Technique', 'Name', 'Tactics', 'Hunts', 'Worst coverage', 'Last run'].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...rows.values()].map(({ technique: { id, name, hunts, coverage, outcome, hits }, tactics }) => (
          <tr key={id}>
            <th scope="row">
              <button type="button" class="quiet" onClick={() => filterHunts(id)}>
                {id}
              </button>
            </th>
            <td>{name ?? 'not known'}</td>
            <td>{tactics.join(', ')}</td>
            <td class="number">{hunts.length}</td>
            <td>
              <StateWord state={coverage ?? 'not looked yet'} />
            </td>
            <td>
              {outcome === null ? (
                'not run'
              ) : (
                <StateWord state={outcome} {...(outcome === 'hits' && { detail: hits.toLocaleString('en') })} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
