import type { JSX } from 'preact';
import { binaryBytes } from '../values/quantities.ts';
import { visible } from '../values/visible.ts';
import type { WireCell as Cell, WireScalar as Scalar } from '../values/wire-cell.ts';

/** Characters of a value that a cell shows. */
const mostShown = 500;
/** Values of a cell that stand side by side; the number of the others follows. */
const mostValues = 5;

export interface ValueProps {
  readonly value: Cell;
  /** As ES|QL names it. */
  readonly type: string;
  /** The column, which says whether a number is of bytes. */
  readonly name: string;
  /** Whether times are shown in the zone of the browser. */
  readonly isLocal?: boolean;
  /** Nothing is cut: for the record of one row. */
  readonly isWhole?: boolean;
}

/**
 * The one way in which a value from events is drawn: always as text. Marks of direction and control characters are made
 * visible, the text is kept from turning its surroundings round, and what is long is cut.
 */
export function Value({ value, type, name, isLocal = false, isWhole = false }: ValueProps): JSX.Element {
  if (value === null)
    return (
      <span class="null" title="null: no value">
        <span class="visually-hidden">no value</span>
      </span>
    );
  if (Array.isArray(value)) {
    const all = value as readonly Scalar[];
    const shown = isWhole ? all : all.slice(0, mostValues);
    return (
      <span class="several">
        {shown.map((one, i) => (
          <span key={i} class="one">
            <One value={one} type={type} name={name} isLocal={isLocal} isWhole={isWhole} />
          </span>
        ))}
        {all.length > shown.length ? <span class="more">{`+${all.length - shown.length} more`}</span> : null}
      </span>
    );
  }
  return One({ value: value as Scalar, type, name, isLocal, isWhole });
}

function One({
  value,
  type,
  name,
  isLocal = false,
  isWhole = false,
}: Omit<ValueProps, 'value'> & { readonly value: Scalar }): JSX.Element {
  if (value === '') return <span class="empty">""</span>;
  const { text, raw } = valueText(value, type, name, isLocal);
  const whole = visible(text);
  const shown = isWhole ? whole : cut(whole, type);
  const title = raw ?? (shown === whole ? undefined : whole.slice(0, 4000));
  return (
    <bdi class={`value type-${type.replaceAll('_', '-')}`} {...(title !== undefined && { title })}>
      {shown}
    </bdi>
  );
}

/** Names of numbers that are bytes; megabytes are not. */
const ofBytes = /(?:^|[._])(?:bytes|size)(?:$|[._])|(?<!kilo|mega|giga|tera|kibi|mebi|gibi|tebi)bytes(?:_\w+)?$/i;

/** A cell in words, for where markup of its own would cost too much: as `Value` has it. */
export function cellWords(value: Cell, type: string, name: string): string {
  if (value === null) return '';
  if (Array.isArray(value))
    return `[${(value as readonly Scalar[]).map((one) => oneText(one, type, name)).join(', ')}]`;
  return oneText(value as Scalar, type, name);
}

const oneText = (value: Scalar, type: string, name: string): string =>
  value === '' ? '""' : visible(valueText(value, type, name).text);

/** Names of numbers that name something: they have no thousands. */
const ofNames = /(?:^|[._])(?:pid|port|code|id|uid|gid|asn?)$/i;

/** A value in words, and as it is where the words round it. */
export function valueText(value: Scalar, type: string, name: string, isLocal = false): { text: string; raw?: string } {
  if (
    typeof value === 'number' &&
    (type === 'long' || type === 'integer' || type === 'double' || type === 'unsigned_long')
  ) {
    if (ofBytes.test(name) && Math.abs(value) >= 1000)
      return { text: binaryBytes(value), raw: `${value.toLocaleString('en')} bytes` };
    const text = Number.isInteger(value)
      ? Math.abs(value) >= 10_000 && !ofNames.test(name)
        ? value.toLocaleString('en')
        : String(value)
      : Number(value.toPrecision(6)).toString();
    return text === String(value) ? { text } : { text, raw: String(value) };
  }
  if ((type === 'date' || type === 'date_nanos') && typeof value === 'string') return timeText(value, isLocal);
  return { text: String(value) };
}

/** A time with its offset from UTC, which is never left to guess. */
function timeText(value: string, isLocal: boolean): { text: string; raw?: string } {
  if (!isLocal) return { text: value.replace('T', ' ').replace(/\.000(?:000000)?Z$/, 'Z') };
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return { text: value };
  const minutes = -date.getTimezoneOffset();
  const offset = `${minutes < 0 ? '-' : '+'}${String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0')}:${String(Math.abs(minutes) % 60).padStart(2, '0')}`;
  const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
  return { text: `${local} ${offset}`, raw: value };
}

/** Paths and hashes are known by both ends: they lose their middle. */
function cut(text: string, type: string): string {
  if (text.length <= mostShown) return text;
  const middle = type === 'keyword' && /[\\/]|^[0-9a-f]+$/i.test(text);
  return middle
    ? `${text.slice(0, mostShown / 2)} … ${text.slice(-mostShown / 2)}`
    : `${text.slice(0, mostShown)} … (${text.length.toLocaleString('en')} characters)`;
}
