import type { ComponentType } from 'preact';
import type { View } from './state/location.ts';

/** What each view beside the list of hunts shows. */
export const views: Partial<Record<View, ComponentType>> = {};
