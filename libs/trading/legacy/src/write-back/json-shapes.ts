import type { JsonShape } from '@sluice/migration';

export const float: JsonShape = { float: true };

export const floats = (...names: string[]): Record<string, JsonShape> =>
  Object.fromEntries(names.map((name) => [name, float]));

/** The agents in the order in which the coordinator asks them. */
export const agents = ['pattern_recognition', 'market_regime', 'sentiment', 'options'];

/** Parts of a pick, which the payload of a run and the features of a recommendation both hold. */
export const agentScores: Readonly<Record<string, JsonShape>> = {
  scores: { members: agents, each: float },
  agent_consensus: { members: ['bullish', 'bearish', 'neutral', 'total_agents'] },
  key_signals: { each: { members: ['type', 'direction', 'confidence', 'description', 'agent'] } },
  color_scheme: { members: ['text', 'background', 'border', 'badge'] },
};

export const exitStrategy: JsonShape = {
  members: [
    ...[
      'target_price',
      'target_pct',
      'stop_loss_price',
      'stop_pct',
      'max_hold_mins',
      'trailing_stop',
      'atr',
      'atr_pct',
    ],
    ...['scalp_type', 'conditions', 'description', 'direction', 'mode', 'entry_price', 'strategy_profile'],
  ],
  of: {
    ...floats('target_price', 'stop_loss_price'),
    trailing_stop: { members: ['enabled', 'activation_pct', 'trail_distance_pct'] },
    strategy_profile: { members: ['id', 'name', 'mode', 'direction', 'symbol'] },
  },
};
