require('./swc-register.cjs');

/** Opens the desk where tests ask for PostgreSQL and Redis; neither is started before the first of them asks. */
module.exports = async () => {
  const { TestDesk } = require('@sluice/testing');
  globalThis.sluiceTestDesk = await TestDesk.open();
};
