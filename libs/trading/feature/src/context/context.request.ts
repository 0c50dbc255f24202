import { IntegerField, JsonField, NumberField, ObjectField, TextField } from '../http/fields';
import { PageQuery } from '../http/page';
import { IntegerParameter } from '../query-parameter';

const symbol = { description: 'As it was written: not normalised.', example: 'TCS', maxLength: 200 } as const;
const agent = { description: 'As it was written.', example: 'pattern_recognition', maxLength: 200 } as const;
const free = { optional: true, nullable: true } as const;
const name = { maxLength: 1000 } as const;

export class NewAnalysis {
  @TextField(symbol)
  symbol!: string;

  @TextField(agent)
  agent_type!: string;

  @NumberField({ description: 'The score.', example: 72.5, ...free })
  score?: number | null;

  @TextField({ description: 'How sure the agent is.', example: 'High', maxLength: 200, minLength: 0, ...free })
  confidence?: string | null;

  @JsonField({
    description: 'What the agent saw. An empty object where it is left out.',
    example: ['golden_cross'],
    ...free,
  })
  signals?: unknown;

  @TextField({ description: 'Why.', example: 'The trend is up.', maxLength: 100_000, minLength: 0, ...free })
  reasoning?: string | null;

  @ObjectField({ description: 'An empty object where it is left out.', example: { window: 20 }, ...free })
  metadata?: object | null;

  @ObjectField({ description: 'An empty object where it is left out.', example: { vix: 14.2 }, ...free })
  global_context?: object | null;

  @ObjectField({ description: 'An empty object where it is left out.', example: { version: '1.0' }, ...free })
  policy_context?: object | null;
}

export class LatestAnalysisQuery {
  @TextField(symbol)
  symbol!: string;

  @TextField(agent)
  agent_type!: string;

  @IntegerParameter({
    description: 'Not older than so many minutes.',
    ...{ minimum: 1, maximum: 5_256_000, default: 30, example: 30 },
  })
  max_age_minutes = 30;
}

export class AnalysesQuery extends PageQuery {
  @TextField(symbol)
  symbol!: string;

  @TextField({ ...agent, optional: true })
  agent_type?: string;

  @IntegerParameter({ description: 'Days of 24 hours back from now.', minimum: 1, maximum: 3650, default: 30 })
  days = 30;
}

export class NewLearning {
  @TextField(agent)
  agent_type!: string;

  @TextField({ description: 'What was learned.', example: 'Breakouts hold on Mondays.', maxLength: 10_000, ...free })
  pattern_recognized?: string | null;

  @NumberField({ description: 'How often it was right, as the agent counts.', example: 0.62, ...free })
  accuracy?: number | null;

  @IntegerField({
    description: 'Cases it was learned from.',
    ...{ example: 120, minimum: 0, maximum: Number.MAX_SAFE_INTEGER, ...free },
  })
  sample_size?: number | null;
}

export class LearningsQuery extends PageQuery {
  @TextField({ ...agent, optional: true })
  agent_type?: string;
}

export class PreferenceUser {
  @TextField({ description: 'The user.', example: 'user-42', ...name })
  user_id!: string;
}

export class PreferencePath extends PreferenceUser {
  @TextField({ description: 'The preference.', example: 'risk_profile', ...name })
  pref_key!: string;
}

export class PreferenceValue {
  @JsonField({ description: 'Any JSON value; null is one.', example: 'conservative' })
  value!: unknown;
}

export class ContextPath {
  @TextField({ description: 'What kind of context it is.', example: 'session', ...name })
  context_type!: string;

  @TextField({ description: 'Its name within the type, URL-encoded.', example: 'user-42', ...name })
  key!: string;
}

export class ContextValue extends PreferenceValue {
  @IntegerField({
    description: 'Seconds until it is over.',
    ...{ example: 600, default: 3600, minimum: 1, maximum: 315_360_000, optional: true },
  })
  ttl: number = 3600;
}
