import { redisDriver } from '@sluice/cache/testing';
import { freshRedis } from '@sluice/testing';
import { describeCacheRoutes } from './cache-routes.conformance';

describeCacheRoutes(redisDriver(freshRedis));
