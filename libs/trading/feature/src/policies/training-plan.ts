import { dayAfter } from '../india-day';
import { memberAt, entriesOf, numberOf, textOf } from '../json-members';

/** What is trained of one mode, and on which days. */
export interface ModePlan {
  /** As picks name it. */
  readonly mode: string;
  /** Trade dates, both included: the lookback before the day of training, which is not among them. */
  readonly from: string;
  readonly to: string;
  readonly timeframe: string;
  readonly horizon: string;
  /** Of the outcomes that the exit bandit learns from. */
  readonly exitHorizon: string;
  readonly profiles: readonly (readonly [id: string, profile: unknown])[];
  readonly hasExitBandit: boolean;
  readonly hasEntryBandit: boolean;
}

interface Evaluation {
  readonly lookbackDays: number;
  readonly timeframe: string;
  readonly horizon: string;
}

const OTHER: Evaluation = { lookbackDays: 90, timeframe: '1D', horizon: 'EOD' };
const DEFAULTS = new Map<string, Evaluation>([
  ['Scalping', { lookbackDays: 90, timeframe: '1D', horizon: 'SCALPING' }],
  ['Intraday', { lookbackDays: 60, timeframe: '15m', horizon: 'EOD' }],
  ['Swing', { lookbackDays: 180, timeframe: '1D', horizon: 'EOD' }],
  ['Options', { lookbackDays: 60, timeframe: '5m', horizon: 'EOD' }],
  ['Futures', { lookbackDays: 60, timeframe: '5m', horizon: 'EOD' }],
]);
const MAX_LOOKBACK_DAYS = 730;

/** Each mode that a configuration speaks of, by name as it is or in small letters, with the defaults of what it leaves out. */
export function trainingPlan(config: unknown, asOf: string): ModePlan[] {
  const sections = ['modes', 'bandit', 'entry_bandit'].flatMap((section) => entriesOf(memberAt(config, section)));
  const modes = [...new Set(sections.map(([name]) => modeOf(name)))];
  return modes.map((mode) => {
    const part = (section: string): unknown =>
      memberAt(config, section, mode) ?? memberAt(config, section, mode.toLowerCase());
    const isOn = (section: string): boolean => {
      const found = part(section);
      return found !== undefined && memberAt(found, 'enabled') !== false;
    };
    const { lookbackDays, timeframe, horizon } = evaluationOf(mode, part('evaluation'));
    return {
      ...{ mode, timeframe, horizon, from: dayAfter(asOf, -lookbackDays), to: dayAfter(asOf, -1) },
      exitHorizon: mode === 'Scalping' ? 'SCALPING' : 'EOD',
      profiles: entriesOf(memberAt(part('modes'), 'exits', 'profiles')),
      hasExitBandit: isOn('bandit'),
      hasEntryBandit: isOn('entry_bandit'),
    };
  });
}

const modeOf = (name: string): string =>
  [...DEFAULTS.keys()].find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;

function evaluationOf(mode: string, given: unknown): Evaluation {
  const usual = DEFAULTS.get(mode) ?? OTHER;
  const days = numberOf(memberAt(given, 'lookback_days'));
  const isLookback = days !== null && Number.isInteger(days) && days >= 1 && days <= MAX_LOOKBACK_DAYS;
  return {
    lookbackDays: isLookback ? days : usual.lookbackDays,
    timeframe: textOf(memberAt(given, 'timeframe')) ?? usual.timeframe,
    horizon: textOf(memberAt(given, 'evaluation_horizon')) ?? usual.horizon,
  };
}

/** The candles of a chart: the legacy names stand for several days of short candles; what is no interval is 5 minutes. */
export function intervalOf(timeframe: string): string {
  const charts = new Map<string, string>([
    ['1D', '5m'],
    ['1W', '60m'],
    ['1M', '60m'],
  ]);
  return charts.get(timeframe) ?? (/^\d{1,3}m$/.test(timeframe) ? timeframe : '5m');
}
