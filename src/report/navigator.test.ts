import { describe, expect, it } from 'vitest';
import { hunt, partialCoverage, result, results, runReport } from '../../tests/report/run-report.ts';
import { packagedAttack } from '../hunts/attack.ts';
import { navigatorLayer } from './navigator.ts';

const layerOf = (report = runReport) => JSON.parse(navigatorLayer(report));

describe('navigatorLayer', () => {
  it('is a layer of format 4.5 with a legend', () => {
    const layer = layerOf();
    expect(layer).toMatchObject({ domain: 'enterprise-attack', versions: { layer: '4.5' } });
    expect(layer.legendItems).toHaveLength(5);
    expect(layer.description).toContain('interrupted');
  });
  it('has every technique once and in order, and neither tactics nor ATLAS', () => {
    const ids = layerOf().techniques.map(({ techniqueID }: { techniqueID: string }) => techniqueID);
    expect(ids).toEqual(['T1071.001', 'T1105', 'T1547.001', 'T1571']);
  });
  it('gives a technique the outcome that counts most, and names the hunts', () => {
    const find = (id: string) => layerOf().techniques.find((one: { techniqueID: string }) => one.techniqueID === id);
    expect(find('T1071.001').score).toBe(100);
    expect(find('T1071.001').comment.split('\n')).toEqual([
      'Exfiltration by volume (macOS): no hits',
      'Beaconing by unsigned processes (Windows): 4 hits',
      'Lateral movement by remote services: failed',
      'Masquerading (Linux): interrupted',
    ]);
    expect(find('T1105').comment).toMatch(/query 1: 5 hits\n.*query 2: no hits/);
    expect(find('T1547.001')).toMatchObject({
      score: 60,
      metadata: [{ name: 'coverage of Persistence through run keys (Windows)', value: 'blind' }],
    });
  });
  it('weighs cannot tell more than none', () => {
    const [a, b] = [hunt('a'), hunt('b')];
    const both = [result(a, {}), result(b, { outcome: 'cannot tell', coverage: partialCoverage })];
    const { techniques } = layerOf({ ...runReport, results: both });
    expect(techniques[0].score).toBe(60);
  });
  it('is the same for the same run, and leaves queries without a hunt out', () => {
    expect(navigatorLayer(runReport)).toBe(navigatorLayer({ ...runReport, results: [...results] }));
    expect(layerOf({ ...runReport, results: [result(null, { outcome: 'hits' })] }).techniques).toEqual([]);
  });
  it('names retired techniques, which the Navigator passes over in silence', async () => {
    const attack = await packagedAttack();
    const old = { ...hunt('old'), mitre: ['T1002', 'T1071'] };
    const report = { ...runReport, results: [result(old, { outcome: 'hits' })] };
    expect(layerOf({ ...report, attack }).description).toContain('does not show: T1002.');
    expect(layerOf(report).description).not.toContain('Retired');
  });
});
