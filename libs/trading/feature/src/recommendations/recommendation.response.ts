import { ApiProperty } from '@nestjs/swagger';
import { AlphaRecommendation } from '../alpha.response';

const nullable = (type: 'string' | 'integer' | 'number', example: unknown, description: string) =>
  ApiProperty({ type, nullable: true, example, description });

export class LoggedItemAnswer {
  @ApiProperty({ type: 'integer', example: 0, description: 'Its place in `items`, from 0.' })
  index!: number;

  @nullable('string', 'TCS', 'As stored; null where the item has none that is usable.')
  symbol!: string | null;

  @ApiProperty({ enum: ['stored', 'skipped', 'refused'], example: 'stored', description: 'What became of the item.' })
  status!: 'stored' | 'skipped' | 'refused';

  @nullable('integer', 44, 'The row; of an item that is logged already, the row of before.')
  id!: number | null;

  @nullable('string', null, 'Why it is not stored.')
  reason!: string | null;
}

export class LoggedPayloadAnswer {
  @ApiProperty({ type: 'integer', example: 1, description: 'Rows that were added.' })
  stored!: number;

  @ApiProperty({ type: [LoggedItemAnswer], description: 'Each item of the payload.' })
  items!: LoggedItemAnswer[];
}

export class RecommendationAnswer extends AlphaRecommendation {
  @nullable('string', 'Moderate', 'As the payload said.')
  risk_profile!: string | null;

  @nullable('number', null, 'As migrated; nothing writes it.')
  max_drawdown_pct!: number | null;

  @nullable('number', null, 'As migrated; nothing writes it.')
  alpha_vs_benchmark!: number | null;

  @ApiProperty({
    ...{ type: 'object', additionalProperties: true, nullable: true, example: { scores: { sentiment: 50 } } },
    description: 'What the recommendation was based on.',
  })
  features_json!: unknown;

  @ApiProperty({
    ...{ type: 'object', additionalProperties: true, nullable: true, example: null },
    description: 'As migrated; nothing writes it.',
  })
  labels_json!: unknown;
}

export class AppliedExitAnswer {
  @ApiProperty({ type: 'integer', example: 1, description: '1 where a recommendation was ended, else 0.' })
  updated!: number;

  @nullable('integer', 44, 'That recommendation.')
  id!: number | null;
}

export class EvaluationAnswer {
  @ApiProperty({ type: 'integer', example: 3, description: 'Recommendations whose end was found now.' })
  evaluated!: number;

  @ApiProperty({ type: 'integer', example: 12, description: 'Open ones that were looked at.' })
  total_candidates!: number;

  @ApiProperty({ type: 'integer', example: 2, description: 'Those that are over, at a price that nobody knows.' })
  without_price!: number;

  @ApiProperty({ type: 'integer', example: 500, description: 'As asked for.' })
  max_rows!: number;

  @ApiProperty({ type: 'string', example: '2026-01-09T10:00:00.123000Z', description: 'True UTC.' })
  generated_at!: string;
}

class PolicyGroupAnswer {
  @ApiProperty({ example: 'Intraday', description: 'The mode.' })
  mode!: string;

  @ApiProperty({ example: '1.0', description: 'Empty where none was named.' })
  policy_version!: string;

  @ApiProperty({ type: 'integer', example: 40, description: 'Evaluated recommendations.' })
  count!: number;

  @ApiProperty({
    type: 'number',
    example: 0.42,
    description: 'Mean result in percent; one that is not known counts as 0.',
  })
  avg_pnl_pct!: number;
}

class PolicyCandidateAnswer {
  @ApiProperty({ example: '1.1', description: 'The base plus 0.1.' })
  version!: string;

  @ApiProperty({ example: '1.0', description: 'The policy of the newest evaluated recommendation.' })
  base_version!: string;

  @ApiProperty({ type: [PolicyGroupAnswer], description: 'By mode and policy.' })
  groups!: PolicyGroupAnswer[];
}

export class CandidateAnswer {
  @ApiProperty({ type: PolicyCandidateAnswer, description: 'The next version of the weights, proposed.' })
  candidate!: PolicyCandidateAnswer;

  @ApiProperty({ type: 'string', example: '2026-01-09T10:00:00.123000Z', description: 'True UTC.' })
  generated_at!: string;
}
