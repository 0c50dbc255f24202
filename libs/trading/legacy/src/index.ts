export { tradingTables } from './trading.legacy';
