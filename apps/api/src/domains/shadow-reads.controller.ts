import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ShadowReadRepository, type DomainShadowReads } from '@sluice/postgres';
import { DomainShadowReadsAnswer } from './shadow-reads.response';

@ApiTags('cutover')
@Controller('v1/admin/shadow-reads')
export class ShadowReadsController {
  constructor(private readonly stored: ShadowReadRepository) {}

  @Get()
  @ApiOperation({
    operationId: 'listShadowReads',
    summary: 'How the answers of both sides compared',
    description: 'Each domain with a mode, since it has that mode. Empty where nothing moves.',
  })
  @ApiOkResponse({ type: [DomainShadowReadsAnswer] })
  list(): Promise<DomainShadowReads[]> {
    return this.stored.list();
  }
}
