import { memoryDriver } from '@sluice/cache/testing';
import { describeCacheRoutes } from './cache-routes.conformance';

describeCacheRoutes(memoryDriver);
