import { Body, Controller, Delete, Get, Param, Put, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ContextKey } from '@sluice/trading-caching';
import { RequestPipe } from '../http/request.pipe';
import { Answers } from '../http/resource-answers';
import { ContextMemoryService } from './context-memory.service';
import { ContextPath, ContextValue } from './context.request';
import { ContextEntry, RemovedContext, StoredContextEntry } from './context.response';

const AWAY = { 503: 'TRADING_CACHE_AWAY: Redis is away; try again after `Retry-After` seconds' };

@ApiTags('context')
@UsePipes(RequestPipe)
@Controller('v1/context/memory/:context_type/:key')
export class ContextMemoryController {
  constructor(private readonly memory: ContextMemoryService) {}

  @Get()
  @ApiOperation({
    operationId: 'getContext',
    summary: 'What an agent remembers',
    description: 'Until its life is over. A JSON `null` is a value.',
  })
  @Answers(ContextEntry, { problems: { 404: 'CONTEXT_ENTRY_UNKNOWN', ...AWAY } })
  async get(@Param() path: ContextPath): Promise<ContextEntry> {
    return { ...path, value: await this.memory.get(keyOf(path)) };
  }

  @Put()
  @ApiOperation({
    operationId: 'putContext',
    summary: 'Remember something for a while',
    description: 'In place of what was there. A life of 0 or less is refused.',
  })
  @Answers(StoredContextEntry, { problems: AWAY })
  async put(@Param() path: ContextPath, @Body() { value, ttl }: ContextValue): Promise<StoredContextEntry> {
    await this.memory.set(keyOf(path), value, ttl);
    return { ...path, value, ttl };
  }

  @Delete()
  @ApiOperation({
    operationId: 'deleteContext',
    summary: 'Forget something',
    description: 'In every process. What is not there needs no forgetting.',
  })
  @Answers(RemovedContext, { problems: AWAY })
  async remove(@Param() path: ContextPath): Promise<RemovedContext> {
    return { removed: await this.memory.remove(keyOf(path)) };
  }
}

const keyOf = ({ context_type: type, key }: ContextPath): ContextKey => ({ type, key });
