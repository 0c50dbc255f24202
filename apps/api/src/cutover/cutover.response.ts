import { ApiProperty } from '@nestjs/swagger';

const MODES = ['legacy', 'dual', 'shadow', 'cutover', 'new'];
const nullable = (description: string, example: string) =>
  ApiProperty({ type: 'string', nullable: true, description, example });

export class GateAnswer {
  @ApiProperty({ example: 'verification', description: 'The runbook has a section of this name.' }) gate!: string;
  @ApiProperty({ type: 'boolean', description: 'False also where it could not be checked.' }) passed!: boolean;
  @ApiProperty({ example: '838 rows equal at 2026-11-21 19:55:31 UTC', description: 'What was seen.' })
  evidence!: string;
  @nullable('What to do where it is shut.', 'Run `sluice verify`.') remedy!: string | null;
}

export class NextStepAnswer {
  @ApiProperty({ enum: MODES, example: 'dual' }) to!: string;
  @ApiProperty({ example: 'sluice cutover advance --domain runs --to dual --by NAME' }) command!: string;
  @ApiProperty({ type: [GateAnswer] }) gates!: readonly GateAnswer[];
}

export class CutoverStatusAnswer {
  @ApiProperty({ example: 'runs' }) domain!: string;
  @ApiProperty({ type: [String], example: ['top_picks_runs'] }) tables!: readonly string[];
  @ApiProperty({ enum: MODES, nullable: true, example: 'legacy', description: 'Null: it has no mode yet.' })
  mode!: string | null;
  @ApiProperty({ type: 'string', example: '3', description: 'Grows by every change of the mode.' }) epoch!: string;
  @nullable('When the domain entered its mode.', '2026-11-21T19:55:36.000Z') changedAt!: string | null;
  @nullable('Who changed it.', 'Anna Rao') changedBy!: string | null;
  @nullable('Why.', 'first step') reason!: string | null;
  @ApiProperty({ type: 'boolean', description: 'Whether `sluice cutover rollback` would be accepted.' })
  canRollBack!: boolean;
  @ApiProperty({
    type: 'integer',
    example: 0,
    description: 'Rows on which the sides do not agree and that nobody settled.',
  })
  openDivergences!: number;
  @ApiProperty({
    type: [String],
    nullable: true,
    example: [],
    description:
      'Where the audit log, which is the same for every domain, is not what was written, and nobody has looked into it. Null: it cannot be read.',
  })
  brokenAudit!: readonly string[] | null;
  @ApiProperty({ type: NextStepAnswer, nullable: true, description: 'Null: it is closed.' })
  next!: NextStepAnswer | null;
}
