import { ApiProperty } from '@nestjs/swagger';

const text = (example: string, description: string) => ApiProperty({ type: 'string', example, description });
const integer = (example: number, description: string) => ApiProperty({ type: 'integer', example, description });
const count = (example: number, description: string) =>
  ApiProperty({ type: 'integer', nullable: true, example, description });
const maybeText = (example: string | null, description: string) =>
  ApiProperty({ type: 'string', nullable: true, example, description });
const flag = () => ApiProperty({ type: 'boolean', example: false, description: 'Nothing was changed.' });

const RUN_ID = 'nifty50:Intraday:2026-01-09T14:46:10.340830';

export class StoredRunAnswer {
  @text(RUN_ID, 'Universe, mode and the time of storing.')
  run_id!: string;
}

export class RunAnswer extends StoredRunAnswer {
  @text('nifty50', 'In small letters.') universe!: string;
  @text('Intraday', 'In title case.') mode!: string;
  @text('2026-01-09T14:46:10.340830Z', 'When the run was stored.') generated_at_utc!: string;
  @text('backfill', 'What started it.') trigger!: string;
  @count(50, 'Symbols that were analysed.') total_analyzed!: number | null;
  @count(49, 'Symbols that passed the filter.') filtered_count!: number | null;
  @count(5, 'Picks.') picks_count!: number | null;
  @ApiProperty({ type: 'number', nullable: true, example: 90.05039, description: 'Seconds. Not finite: null.' })
  elapsed_sec!: number | null;
}

export class RunWithPayloadAnswer extends RunAnswer {
  @ApiProperty({
    ...{ type: 'object', additionalProperties: true },
    description: "The engine's whole output, with numbers as they were written.",
    example: { generated_at: '2026-01-09T20:14:34.765817', picks_count: 5, picks: [] },
  })
  payload!: object;
}

export class LatestRunAnswer {
  @ApiProperty({
    ...{ type: 'array', items: { type: 'object', additionalProperties: true }, example: [{ rank: 1, symbol: 'TCS' }] },
    description: 'The picks.',
  })
  items!: readonly unknown[];

  @text('2026-01-09T20:14:34.765817', "The engine's time: India's wall clock without a zone mark.") as_of!: string;
  @text('NIFTY50', "The payload's own spelling.") universe!: string;
  @text('Intraday', "The payload's own spelling.") mode!: string;

  @ApiProperty({ type: 'number', required: false, example: 90.05039, description: 'Absent where it is not known.' })
  elapsed_seconds?: number;

  @maybeText('1.0', 'The policy of the run.') policy_version!: string | null;
  @text(RUN_ID, 'The run.') run_id!: string;
}

export class RetentionAnswer {
  @integer(90, 'As asked for.') days!: number;
  @flag() dry_run!: boolean;
  @maybeText('2025-10-11T14:46:10.340000Z', 'Runs of before it are old; null with 0 days.') cutoff!: string | null;
  @integer(12, 'Runs that were moved into the archive.') archived!: number;
  @integer(0, 'Old runs that are left; a request moves a thousand at most.') remaining!: number;
}

class AddedRunAnswer {
  @text('data/top_picks_intraday/picks_nifty50_Intraday_20260109_144610.json', 'The file.') file!: string;
  @maybeText(RUN_ID, 'The run; null in a dry run.') run_id!: string | null;
}

class RunDifferenceAnswer {
  @text('data/top_picks/picks_2026-01-09.json', 'The file.') file!: string;
  @maybeText(RUN_ID, 'The run that it is about.') run_id!: string | null;
  @text('its picks are not those of the stored run', 'What does not agree.') what!: string;
}

export class ReconciliationAnswer {
  @flag() dry_run!: boolean;
  @integer(43, 'Files of runs.') files!: number;
  @integer(42, 'Files whose run is stored, or archived, and agrees in every respect.') agreeing!: number;
  @ApiProperty({ type: [AddedRunAnswer], description: 'Runs that only a file told of.' }) added!: AddedRunAnswer[];
  @ApiProperty({ type: [RunDifferenceAnswer], description: 'Files and runs that do not agree.' })
  differences!: RunDifferenceAnswer[];
}
