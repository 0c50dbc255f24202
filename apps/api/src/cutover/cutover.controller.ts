import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CutoverReader } from './cutover-reader';
import { CutoverStatusAnswer } from './cutover.response';

/** Reads alone: modes are changed by people at the command line. */
@ApiTags('cutover')
@Controller('v1/admin/cutover')
export class CutoverController {
  constructor(private readonly cutover: CutoverReader) {}

  @Get()
  @ApiOperation({
    operationId: 'getCutover',
    summary: 'Where each domain is, and what keeps it from its next step',
    description: 'The same as `sluice cutover status`. It asks every gate anew.',
  })
  @ApiOkResponse({ type: [CutoverStatusAnswer] })
  async list(): Promise<CutoverStatusAnswer[]> {
    const statuses = await this.cutover.read();
    return statuses.map(({ epoch, changedAt, ...rest }) => ({
      ...rest,
      epoch: epoch.toString(),
      changedAt: changedAt?.toISOString() ?? null,
    }));
  }
}
