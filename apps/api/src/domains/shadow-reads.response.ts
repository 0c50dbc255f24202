import { ApiProperty } from '@nestjs/swagger';
import { ANY_JSON } from '@sluice/trading-feature';

const count = (description: string) => ApiProperty({ type: 'integer', minimum: 0, example: 12, description });
const kept = (description: string, example: string) =>
  ApiProperty({ type: 'string', nullable: true, description, example });

export class ShadowCountsAnswer {
  @ApiProperty({ example: 'runs.list' }) readonly operation!: string;
  @count('Equal, explained and unexplained ones.') readonly compared!: number;
  @count('Reads.') readonly equal!: number;
  @count('Different for a declared reason, or for one that somebody gave.') readonly explained!: number;
  @count('Each of them keeps the gate of the cutover shut.') readonly unexplained!: number;
  @count('Not judged: too many were under way, or the sides were not in step.') readonly skipped!: number;
  @count('Not compared: a side did not answer in time.') readonly failed!: number;
}

export class ShadowDifferenceAnswer {
  @ApiProperty({ example: '7' }) readonly id!: string;
  @ApiProperty({ example: 'runs.list' }) readonly operation!: string;
  @ApiProperty({ description: 'The paths that differ.', example: '[].run.picks_count' }) readonly fields!: string;
  @count('So often.') readonly times!: number;
  @ApiProperty({ ...ANY_JSON, description: 'What was asked.', example: [{ universe: 'nifty50', limit: 10 }] })
  readonly parameters!: unknown;
  @kept('The beginning of the first example, as JSON.', '[{"id":1}]') readonly legacyAnswer!: string | null;
  @kept('The same of PostgreSQL.', '[{"id":2}]') readonly targetAnswer!: string | null;
  @kept('`rule`, or who explained it; null while it counts as unexplained.', 'rule')
  readonly explainedBy!: string | null;
  @kept('Why the sides may differ here.', 'under way') readonly explanation!: string | null;
  @ApiProperty({ format: 'date-time', example: '2026-11-21T19:55:03.123456+00:00' }) readonly lastAt!: string;
}

export class DomainShadowReadsAnswer {
  @ApiProperty({ example: 'runs' }) readonly domain!: string;
  @ApiProperty({ enum: ['legacy', 'dual', 'shadow', 'cutover', 'new'], example: 'shadow' }) readonly mode!: string;
  @ApiProperty({ format: 'date-time', example: '2026-11-21T19:55:03.123456+00:00', description: 'When the domain entered its mode.' }) // prettier-ignore
  readonly since!: string;
  @ApiProperty({ type: [ShadowCountsAnswer] }) readonly operations!: readonly ShadowCountsAnswer[];
  @ApiProperty({ type: [ShadowDifferenceAnswer], description: 'The first fifty, unexplained ones before others.' })
  readonly differences!: readonly ShadowDifferenceAnswer[];
}
