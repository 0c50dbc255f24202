import type { LabelChoice } from '../mapping/legacy-table';
import { proveLabel, trueZone } from './label';
import type { LegacyValue } from './legacy-value';

const aText = (value: string): LegacyValue => ({ storage: 'text', bytes: Buffer.from(value) });
const choice: LabelChoice = {
  column: 'generated_at_utc',
  actualZone: 'Asia/Kolkata',
  proof: { column: 'run_id', slackSeconds: 3600 },
  about: '',
};
const shifted = aText('2026-01-09T19:56:26.097643Z');
const honest = aText('2026-01-09T14:26:26.097643Z');
const run = aText('nifty50:Intraday:2026-01-09T14:28:23.933306');

describe('proveLabel', () => {
  it('takes the time at the end of the run id as the truth', () => {
    expect(proveLabel(shifted, run, choice)).toBe('wrong');
    expect(proveLabel(honest, run, choice)).toBe('right');
  });

  it('proves nothing without a witness or beyond the slack', () => {
    expect(proveLabel(shifted, { storage: 'null' }, choice)).toBe('unproven');
    expect(proveLabel(aText('2026-01-09T17:00:00Z'), run, choice)).toBe('unproven');
  });
});

describe('trueZone', () => {
  it('moves only proven rows, or all but the disproven', () => {
    const none: LegacyValue = { storage: 'null' };
    expect(trueZone(choice, 'proven', shifted, run)).toBe('Asia/Kolkata');
    expect(trueZone(choice, 'proven', shifted, none)).toBeUndefined();
    expect(trueZone(choice, 'all', shifted, none)).toBe('Asia/Kolkata');
    expect(trueZone(choice, 'all', honest, run)).toBeUndefined();
    expect(trueZone(choice, 'as-labelled', shifted, run)).toBeUndefined();
  });

  it('leaves a value alone that states its own offset', () => {
    expect(trueZone(choice, 'all', aText('2026-01-09T19:56:26+05:30'), { storage: 'null' })).toBeUndefined();
  });
});
