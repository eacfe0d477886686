import type { JSX } from 'preact';
import { Value, type ValueProps } from '../../view/value.tsx';
import { isLocalTime } from './state/times.ts';

/** A value of an event, with times as the page shows them. */
export const ShownValue = (props: Omit<ValueProps, 'isLocal'>): JSX.Element =>
  Value({ ...props, isLocal: isLocalTime.value });
