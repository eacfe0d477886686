import type { timeSeries } from '../../../functions/time-series.ts';
import { type SqlFor, unsupported } from './contract.ts';

const bySeries = unsupported('STATS makes other aggregates of it');

export const timeSeriesSql: SqlFor<typeof timeSeries> = {
  RATE: bySeries,
  IRATE: bySeries,
  INCREASE: bySeries,
  DELTA: bySeries,
  IDELTA: bySeries,
  DERIV: bySeries,
  AVG_OVER_TIME: bySeries,
  MAX_OVER_TIME: bySeries,
  MIN_OVER_TIME: bySeries,
  SUM_OVER_TIME: bySeries,
  STDDEV_OVER_TIME: bySeries,
  VARIANCE_OVER_TIME: bySeries,
  COUNT_OVER_TIME: bySeries,
  COUNT_DISTINCT_OVER_TIME: bySeries,
  PERCENTILE_OVER_TIME: bySeries,
  FIRST_OVER_TIME: bySeries,
  LAST_OVER_TIME: bySeries,
  PRESENT_OVER_TIME: bySeries,
  ABSENT_OVER_TIME: bySeries,
};
