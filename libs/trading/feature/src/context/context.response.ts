import { ApiProperty } from '@nestjs/swagger';
import { ANY_JSON } from '../http/any-json';

const text = (example: string, description: string) => ApiProperty({ type: 'string', example, description });
const integer = (example: number, description: string) => ApiProperty({ type: 'integer', example, description });
const textOrNull = (example: string, description: string) =>
  ApiProperty({ type: 'string', nullable: true, example, description });
const numberOrNull = (example: number, description: string) =>
  ApiProperty({ type: 'number', nullable: true, example, description });
/** Any JSON value. */
const json = (example: unknown, description: string) => ApiProperty({ ...ANY_JSON, example, description });

export class Analysis {
  @integer(1, 'Counts up in the order of storing.') id!: number;
  @text('TCS', 'As it was written.') symbol!: string;
  @text('pattern_recognition', 'As it was written.') agent_type!: string;
  @numberOrNull(72.5, 'The score.') score!: number | null;
  @textOrNull('High', 'How sure the agent is.') confidence!: string | null;
  @json(['golden_cross'], 'What the agent saw.') signals!: unknown;
  @textOrNull('The trend is up.', 'Why.') reasoning!: string | null;
  @json({ window: 20 }, 'What belongs to it.') metadata!: unknown;
  @textOrNull('2026-01-09T10:00:00.123456Z', 'UTC.') created_at!: string | null;
}

export class FullAnalysis extends Analysis {
  @json({ vix: 14.2 }, 'The state of the world.') global_context!: unknown;
  @json({ version: '1.0' }, 'The policy of that time.') policy_context!: unknown;
}

export class MemoryAnalysis {
  @integer(1, 'Counts up in the order of the file.') id!: number;
  @text('TCS', 'As it was written.') symbol!: string;
  @text('pattern_recognition', 'As it was written.') agent_type!: string;
  @json({ score: 72.5 }, 'What the agent said.') result!: unknown;
  @text('2026-01-09T10:00:00.123456Z', 'UTC.') timestamp!: string;
}

export class Learning {
  @integer(1, 'Counts up in the order of storing.') id!: number;
  @text('pattern_recognition', 'As it was written.') agent_type!: string;
  @textOrNull('Breakouts hold on Mondays.', 'What was learned.') pattern_recognized!: string | null;
  @numberOrNull(0.62, 'How often it was right, as the agent counts.') accuracy!: number | null;
  @ApiProperty({ type: 'integer', nullable: true, example: 120, description: 'Cases it was learned from.' })
  sample_size!: number | null;
  @textOrNull('2026-01-09T10:00:00.123456Z', 'UTC.') last_updated!: string | null;
}

export class Preferences {
  @text('user-42', 'The user.') user_id!: string;
  @ApiProperty({
    ...{ type: 'object', additionalProperties: true, example: { risk_profile: 'conservative' } },
    description: 'Values by key; empty for an unknown user.',
  })
  preferences!: Record<string, unknown>;
}

export class Preference {
  @text('user-42', 'The user.') user_id!: string;
  @text('risk_profile', 'The preference.') pref_key!: string;
  @json('conservative', 'Any JSON value; null is one.') value!: unknown;
  @textOrNull('2026-01-09T10:00:00.123456Z', 'UTC.') updated_at!: string | null;
}

export class ContextEntry {
  @text('session', 'What kind of context it is.') context_type!: string;
  @text('user-42', 'Its name within the type.') key!: string;
  @json({ step: 3 }, 'Any JSON value; null is one.') value!: unknown;
}

export class StoredContextEntry extends ContextEntry {
  @integer(600, 'Seconds until it is over.') ttl!: number;
}

export class RemovedContext {
  @integer(1, 'How many there were: 0 or 1.') removed!: number;
}

export class ContextStatistics {
  @integer(1200, 'Analyses of agents.') total_analyses!: number;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 7,
    description: 'Of context memory; null while Redis is away.',
  })
  total_context_entries!: number | null;
  @integer(3, 'Users with a preference, in either store.') total_users!: number;
  @integer(1_204_224, 'Tables with their indexes.') database_size_bytes!: number;
  @ApiProperty({ type: 'number', example: 1.15, description: 'The same, 2 decimals.' }) database_size_mb!: number;
}
