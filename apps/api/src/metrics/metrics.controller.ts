import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CollectedMetrics } from '@sluice/observability';
import { CacheMetrics } from '../caches/cache-metrics';
import { DatabaseMetrics } from './database-metrics';
import { DomainMetrics } from './domain-metrics';
import { FollowMetrics } from './follow-metrics';

@ApiTags('health')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly collected: CollectedMetrics,
    private readonly database: DatabaseMetrics,
    private readonly follow: FollowMetrics,
    private readonly domains: DomainMetrics,
    private readonly caches: CacheMetrics,
  ) {}

  @Get()
  @Header('content-type', CacheMetrics.contentType)
  @ApiOperation({
    operationId: 'readMetrics',
    summary: 'The numbers of this process',
    description:
      'In the text format of Prometheus: requests by route, the pool, the caches, the migration, the event loop, memory. ' +
      'Answered also while PostgreSQL or Redis is away.',
  })
  @ApiOkResponse({ description: 'Numbers.', content: { 'text/plain': { schema: { type: 'string' } } } })
  async text(): Promise<string> {
    await Promise.all([this.database.refresh(), this.follow.refresh(), this.domains.refresh()]);
    return (await this.collected.registry.metrics()) + (await this.caches.text());
  }
}
