import { memoryDriver } from '@sluice/cache/testing';
import { describeTradingCaches } from './caches.fixture';

describeTradingCaches(memoryDriver);
