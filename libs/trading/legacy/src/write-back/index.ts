export { legacyFileSchema, tablesOfFile, tradingWriteBacks } from './trading.write-back';
