import { Body, Controller, Delete, Get, Param, Put, Res, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Postgres } from '@sluice/postgres';
import type { PreferenceKey, PreferenceRow } from '@sluice/trading-persistence';
import type { FastifyReply } from 'fastify';
import { AcceptsIfMatch, AcceptsIfNoneMatch, Conditions, entityTagOf, type Preconditions } from '../http/entity-tag';
import { RequestPipe } from '../http/request.pipe';
import { Answers } from '../http/resource-answers';
import { PreferencePath, PreferenceUser, PreferenceValue } from './context.request';
import { Preference, Preferences } from './context.response';
import { PreferencesService } from './preferences.service';

type Reply = Pick<FastifyReply, 'header'>;

const UNKNOWN = { 404: 'CONTEXT_PREFERENCE_UNKNOWN' };

@ApiTags('context')
@UsePipes(RequestPipe)
@Controller('v1/context/preferences/:user_id')
export class PreferencesController {
  constructor(
    private readonly preferences: PreferencesService,
    private readonly postgres: Postgres,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listPreferences',
    summary: 'All preferences of a user',
    description: 'Of the two legacy stores the newest value of each key. An unknown user has none.',
  })
  @Answers(Preferences)
  async getAll(@Param() { user_id }: PreferenceUser): Promise<Preferences> {
    return { user_id, preferences: await this.preferences.getAll(user_id) };
  }

  @Get(':pref_key')
  @ApiOperation({
    operationId: 'getPreference',
    summary: 'One preference of a user',
    description: 'With the ETag that changing it asks for.',
  })
  @Answers(Preference, { hasTag: true, problems: UNKNOWN })
  async get(@Param() path: PreferencePath, @Res({ passthrough: true }) reply: Reply): Promise<Preference> {
    return answer(reply, path, await this.preferences.get(keyOf(path)));
  }

  @Put(':pref_key')
  @AcceptsIfMatch('value that is to be changed')
  @AcceptsIfNoneMatch()
  @ApiOperation({
    operationId: 'putPreference',
    summary: 'Set a preference of a user',
    description: 'Without `If-Match` the last one wins. The preferences of a user have 4 MiB at most.',
  })
  @Answers(Preference, { hasTag: true })
  async put(
    @Param() path: PreferencePath,
    @Body() { value }: PreferenceValue,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Preference> {
    const key = keyOf(path);
    const stored = await this.postgres.transaction((tx) => this.preferences.put(tx, key, value, conditions));
    return answer(reply, path, stored);
  }

  @Delete(':pref_key')
  @AcceptsIfMatch('value that is to be changed')
  @ApiOperation({
    operationId: 'deletePreference',
    summary: 'Remove a preference of a user',
    description: 'From both legacy stores. Answers what was removed.',
  })
  @Answers(Preference, { problems: UNKNOWN })
  async remove(@Param() path: PreferencePath, @Conditions() conditions: Preconditions): Promise<Preference> {
    const key = keyOf(path);
    const removed = await this.postgres.transaction((tx) => this.preferences.remove(tx, key, conditions));
    return preferenceOf(path, removed);
  }
}

const keyOf = ({ user_id: userId, pref_key: prefKey }: PreferencePath): PreferenceKey => ({ userId, prefKey });

const preferenceOf = ({ user_id }: PreferencePath, { pref_key, pref_value: value, updated_at }: PreferenceRow) => ({
  ...{ user_id, pref_key, value, updated_at },
});

function answer(reply: Reply, path: PreferencePath, row: PreferenceRow): Preference {
  void reply.header('ETag', entityTagOf(row.version));
  return preferenceOf(path, row);
}
