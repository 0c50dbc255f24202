#!/usr/bin/env node
require('../../../tools/swc-register.cjs');
require('../src/main.ts');
