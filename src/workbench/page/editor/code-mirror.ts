import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { EditorState, Prec, RangeSetBuilder } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  type KeyBinding,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { coloursOf } from '../../../languages/esql/syntax/highlight.ts';
import type { Completion as Proposal } from '../../contract/calls.ts';
import type { Problem } from '../../contract/states.ts';

/** What the editor has to say, and to ask. */
export interface EditorHost {
  onChange(text: string): void;
  onCursor(offset: number): void;
  onRun(): void;
  onLeave(): void;
  onFix(): void;
  onHistory(by: -1 | 1): void;
  /** Lines have moved: where each offset stands has to be asked again. */
  onLayout(): void;
  complete(
    text: string,
    offset: number,
    signal: AbortSignal,
  ): Promise<{ readonly from: number; readonly items: readonly Proposal[] }>;
  /** More about a field, once somebody looks at it. */
  about(proposal: Proposal): Promise<string | null>;
}

/** An editor of a query. */
export interface Editor {
  setText(text: string): void;
  setProblems(problems: readonly Problem[]): void;
  focus(offset: number | null): void;
  /** How far below the top of the editor the line of an offset begins, in pixels. */
  topOf(offset: number): number;
  close(): void;
}

/** Proposals up to this number are all that there are: the editor narrows them down by itself. */
const allProposed = 500;

/** Opens an editor in an element, with the words of Harrier's own lexer in colours. */
export function openEditor(parent: HTMLElement, text: string, host: EditorHost): Editor {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';
  let isSetting = false;
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(nonce),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'Query', spellcheck: 'false', autocapitalize: 'off' }),
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        colours,
        EditorState.languageData.of(() => [{ commentTokens: { line: '//', block: { open: '/*', close: '*/' } } }]),
        autocompletion({ override: [proposals(host)], activateOnTyping: true, icons: false, maxRenderedOptions: 60 }),
        Prec.highest(keymap.of(ownKeys(host))),
        keymap.of([
          ...closeBracketsKeymap,
          ...historyKeymap,
          ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'),
        ]),
        Prec.low(keymap.of([does('Escape', host.onLeave)])),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !isSetting) host.onChange(update.state.doc.toString());
          if (update.selectionSet || update.docChanged) host.onCursor(update.state.selection.main.head);
          if (update.geometryChanged || update.docChanged) host.onLayout();
        }),
      ],
    }),
  });
  return {
    setText(next) {
      const now = view.state.doc.toString();
      if (next === now) return;
      isSetting = true;
      view.dispatch({ changes: difference(now, next) });
      isSetting = false;
    },
    setProblems(problems) {
      const { length } = view.state.doc;
      const diagnostics = problems.map(({ from, to, severity, message }) => ({
        from: Math.min(from, length),
        to: Math.min(Math.max(to, from), length),
        ...{ severity, message },
      }));
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    focus(offset) {
      view.focus();
      if (offset === null) return;
      view.dispatch({ selection: { anchor: Math.min(offset, view.state.doc.length) }, scrollIntoView: true });
    },
    topOf: (offset) => view.lineBlockAt(Math.min(offset, view.state.doc.length)).top + view.documentPadding.top,
    close: () => view.destroy(),
  };
}

/** The part in which two texts differ, as one change: the cursor and undo stay where they are. */
function difference(now: string, next: string): { from: number; to: number; insert: string } {
  const most = Math.min(now.length, next.length);
  let from = 0;
  while (from < most && now[from] === next[from]) from++;
  let end = 0;
  while (end < most - from && now[now.length - 1 - end] === next[next.length - 1 - end]) end++;
  return { from, to: now.length - end, insert: next.slice(from, next.length - end) };
}

const does = (key: string, run: () => void): KeyBinding => ({
  key,
  run: () => {
    run();
    return true;
  },
});

const ownKeys = (host: EditorHost): KeyBinding[] => [
  {
    key: 'Mod-Enter',
    run: (view) => {
      closeCompletion(view);
      host.onRun();
      return true;
    },
  },
  does('Mod-.', host.onFix),
  does('Alt-ArrowUp', () => host.onHistory(-1)),
  does('Alt-ArrowDown', () => host.onHistory(1)),
];

const marks = new Map<string, Decoration>();
const markOf = (colour: string): Decoration => {
  const known = marks.get(colour) ?? Decoration.mark({ class: `code-${colour}` });
  marks.set(colour, known);
  return known;
};

function decorations(text: string): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { colour, span } of coloursOf(text))
    if (span.end > span.start) builder.add(span.start, span.end, markOf(colour));
  return builder.finish();
}

/** Colours of the words: queries are short enough to be read whole at each key. */
const colours = EditorView.decorations.compute(['doc'], (state) => decorations(state.doc.toString()));

const kinds: Readonly<Record<Proposal['kind'], string>> = {
  command: 'keyword',
  keyword: 'keyword',
  function: 'function',
  field: 'property',
  index: 'class',
  value: 'constant',
};

function proposals(host: EditorHost) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const { state, pos } = context;
    const before = state.sliceDoc(Math.max(0, pos - 1), pos);
    // Behind a sign or a space something new begins; in the middle of an old word nobody asked.
    if (!context.explicit && !/[\w.@"*|(,= -]/.test(before)) return null;
    const controller = new AbortController();
    context.addEventListener('abort', () => controller.abort());
    const answer = await host.complete(state.doc.toString(), pos, controller.signal).catch(() => null);
    if (!answer || context.aborted || answer.items.length === 0) return null;
    return {
      from: answer.from,
      options: answer.items.map((item, i) => optionOf(item, i, host)),
      ...(answer.items.length < allProposed && { validFor: /^"?[\w.@*-]*$/ }),
    };
  };
}

function optionOf(item: Proposal, place: number, host: EditorHost): Completion {
  return {
    label: item.label,
    apply: item.apply,
    type: kinds[item.kind],
    // The server puts the best first.
    boost: -Math.min(99, place),
    ...(item.detail !== null && { detail: item.detail }),
    info: async () => {
      const text = item.info ?? (await host.about(item).catch(() => null));
      if (text === null) return null;
      const node = document.createElement('div');
      node.textContent = text;
      return node;
    },
  };
}
