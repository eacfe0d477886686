import type { Question } from '../../contract/question.ts';

export type ChipKind = 'window' | 'platform' | 'set' | 'only' | 'exclude';

/** Something that is different about a query, over its text. */
export interface Chip {
  readonly kind: ChipKind;
  /** `8h`, `windows`, `bytes_sent:500MB`, a condition. */
  readonly value: string;
  /** A chip that is off stays to be turned on again. */
  readonly isOn: boolean;
}

export const chipKinds: readonly ChipKind[] = ['window', 'platform', 'set', 'only', 'exclude'];

const single: ReadonlySet<ChipKind> = new Set(['window', 'platform']);

/** The chips of a question, and those that are off, as the address has them. */
export function chipsOf(question: Question, off: string): Chip[] {
  const on = (kind: ChipKind, values: readonly string[]): Chip[] =>
    values.map((value) => ({ kind, value, isOn: true }));
  const turnedOff = [...new URLSearchParams(off)].flatMap(([kind, value]): Chip[] =>
    (chipKinds as readonly string[]).includes(kind) ? [{ kind: kind as ChipKind, value, isOn: false }] : [],
  );
  const all = [
    ...on('window', question.window === null ? [] : [question.window]),
    ...on('platform', question.platform === null ? [] : [question.platform]),
    ...on(
      'set',
      question.set.map(({ name, value }) => `${name}:${value}`),
    ),
    ...on('only', question.only),
    ...on('exclude', question.exclude),
    ...turnedOff,
  ];
  return chipKinds.flatMap((kind) => all.filter((chip) => chip.kind === kind));
}

/** The question with these chips, and those that are off as the address has them. */
export function withChips(question: Question, chips: readonly Chip[]): { question: Question; off: string } {
  const values = (kind: ChipKind): string[] =>
    chips.filter((chip) => chip.kind === kind && chip.isOn).map(({ value }) => value);
  const off = new URLSearchParams(chips.filter(({ isOn }) => !isOn).map(({ kind, value }) => [kind, value]));
  return {
    question: {
      ...question,
      window: values('window').at(-1) ?? null,
      platform: values('platform').at(-1) ?? null,
      set: values('set').map((text) => {
        const at = text.lastIndexOf(':');
        return { name: text.slice(0, at), value: text.slice(at + 1) };
      }),
      only: values('only'),
      exclude: values('exclude'),
    },
    off: off.toString(),
  };
}

/** Puts a chip among the others, in the place of `before` where there is one. Of a window there is one that is on. */
export function putChip(chips: readonly Chip[], chip: Chip, before: Chip | null): Chip[] {
  const others = chips.filter((one) => one !== before && !(one.kind === chip.kind && one.value === chip.value));
  const name = chip.kind === 'set' ? chip.value.slice(0, chip.value.lastIndexOf(':') + 1) : null;
  const isReplaced = (one: Chip): boolean =>
    chip.isOn &&
    one.isOn &&
    one.kind === chip.kind &&
    (single.has(chip.kind) || (name !== null && one.value.startsWith(name)));
  return [...others.filter((one) => !isReplaced(one)), chip];
}

/** A chip as people read it: `window 8h`, `bytes_sent 500MB`. */
export const chipText = ({ kind, value }: Pick<Chip, 'kind' | 'value'>): string =>
  kind === 'set' ? value.replace(/:([^:]*)$/, ' at $1') : `${kind} ${value}`;
