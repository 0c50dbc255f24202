import { Matches } from 'class-validator';
import { ChoiceField, DateField, ObjectField, TextField } from '../http/fields';
import { PageQuery } from '../http/page';

export const POLICY_STATUSES = ['DRAFT', 'ACTIVE', 'RETIRED'] as const;

const CONFIG = {
  description:
    'What the policy does. Training reads `modes.{mode}.exits.profiles`, `evaluation.{mode}`, `bandit.{mode}` and `entry_bandit.{mode}`.',
  example: { modes: { Scalping: { exits: { profiles: { tight: { stop: { type: 'percent', value: 0.5 } } } } } } },
};
const NAME = { description: 'Need not be unique.', maxLength: 200, example: 'policy v1' };
const DESCRIPTION = {
  ...{ description: 'For people.', maxLength: 5000, minLength: 0, example: 'Weekly retraining' },
  ...{ optional: true, nullable: true },
} as const;

/** A policy to be; it is a draft until it is activated. */
export class PolicyBody {
  @TextField(NAME)
  name!: string;

  @TextField(DESCRIPTION)
  description?: string | null;

  @ObjectField(CONFIG)
  config!: object;
}

/** What is left out stays as it is. */
export class PolicyPatch {
  @TextField({ ...NAME, optional: true })
  name?: string;

  @TextField(DESCRIPTION)
  description?: string | null;

  @ObjectField({ ...CONFIG, optional: true })
  config?: object;
}

export class MetricsBody {
  @ObjectField({
    ...{ description: 'All of the metrics; null for none.', nullable: true },
    example: { exit_profiles: { Scalping: { tight: { trades: 12, score: 0.4 } } } },
  })
  metrics!: object | null;
}

export class TrainBody {
  @DateField({
    description: 'The windows end on the day before. Today in India, where it is left out.',
    ...{ example: '2026-01-09', optional: true },
  })
  @Matches(/^(?:19[7-9]|[2-9]\d\d)\d-/, { message: 'as_of must not be before 1970' })
  as_of?: string;
}

export class PoliciesQuery extends PageQuery {
  @ChoiceField({ description: 'Only those.', choices: POLICY_STATUSES, example: 'RETIRED', optional: true })
  status?: string;
}

export class PolicyPath {
  @TextField({ description: 'The id of a policy.', maxLength: 100, example: '5f1d7a84db004c5c9f0e4b8f1f6a2c3d' })
  id!: string;
}
