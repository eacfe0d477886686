import { InputError, QueryError } from '../diagnostics/diagnostic.ts';
import type { Span } from '../diagnostics/source-text.ts';
import type { CompiledQuery, QueryText } from '../languages/esql/compiled-query.ts';
import { type ConditionOverride, conditionError, overrideCondition } from './conditions.ts';
import { overridePlatform, type Platform } from './platform.ts';
import { setThreshold, type ThresholdSetting, thresholdFor } from './set-threshold.ts';
import { applyEdits, spanBefore, type TextEdit } from './text-edit.ts';
import { findThresholds } from './thresholds.ts';
import { type Surroundings, typed } from './typed-query.ts';
import { overrideWindow, type WindowOverride } from './window.ts';

/** What is to be different about a hunt, without a change to its file. */
export interface Overrides {
  readonly window: WindowOverride | null;
  readonly platform: Platform | null;
  readonly settings: readonly ThresholdSetting[];
  readonly conditions: readonly ConditionOverride[];
}

export const noOverrides: Overrides = { window: null, platform: null, settings: [], conditions: [] };

export const hasOverrides = ({ window, platform, settings, conditions }: Overrides): boolean =>
  window !== null || platform !== null || settings.length > 0 || conditions.length > 0;

/** A query with overrides, as ES|QL: what it did not concern is as it was written, comments included. */
export interface Overridden {
  readonly query: CompiledQuery;
  /** The settings for which the query has a threshold. */
  readonly set: readonly ThresholdSetting[];
  /** Where a piece of its text stands in the text as it was; null for what overrides have put there. */
  spanBefore(span: Span): Span | null;
}

/**
 * Rewrites a query. Where something stands is learnt from the typed plan, so that a number in a comment or a name that
 * an EVAL has changed is never mistaken; the edits are made in the text, so that every engine runs the same and people
 * can read what ran. Throws a QueryError for a query or a condition that is wrong, and an InputError for an override
 * that the query cannot take.
 */
export async function override(text: QueryText, overrides: Overrides, surroundings: Surroundings): Promise<Overridden> {
  const { window, platform, settings, conditions } = overrides;
  let query = await typed(text, surroundings);
  const changes: { readonly text: string; readonly edits: readonly TextEdit[] }[] = [];
  const change = async (edits: readonly TextEdit[], name: string): Promise<void> => {
    if (edits.length === 0)
      throw new InputError(`${name}: the query reads no events`, 'overrides are about the events that FROM reads');
    changes.push({ text: query.source.text, edits });
    query = await typed(applyEdits(query.source.text, edits), surroundings);
  };
  if (window) await change(overrideWindow(query, window), '--window');
  if (platform) await change(overridePlatform(query, platform), '--platform');
  const set: ThresholdSetting[] = [];
  for (const setting of settings) {
    const threshold = thresholdFor(setting, findThresholds(query));
    if (!threshold) continue;
    set.push(setting);
    await change([setThreshold(threshold, setting)], '--set');
  }
  for (const condition of conditions)
    await change(overrideCondition(query, condition), condition.keeps ? '--only' : '--exclude').catch((error) => {
      throw error instanceof QueryError ? conditionError(error, condition) : error;
    });
  return {
    ...{ query: query.compiled, set },
    spanBefore: (place) =>
      changes.reduceRight<Span | null>((span, change) => span && spanBefore(span, change.text, change.edits), place),
  };
}
