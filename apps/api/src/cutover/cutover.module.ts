import { type DynamicModule, Module } from '@nestjs/common';
import { MigrationHistory, Postgres } from '@sluice/postgres';
import { CutoverController } from './cutover.controller';
import { CutoverReader, type CutoverSettings } from './cutover-reader';

/** The checklist of the cutover, to be looked at. Needs `Postgres`. */
@Module({})
export class CutoverModule {
  static forRoot(settings: CutoverSettings): DynamicModule {
    return {
      module: CutoverModule,
      controllers: [CutoverController],
      providers: [
        {
          provide: CutoverReader,
          inject: [Postgres],
          useFactory: (postgres: Postgres) => new CutoverReader(settings, new MigrationHistory(postgres)),
        },
      ],
    };
  }
}
