#!/usr/bin/env node
import { bootstrap } from '../local/bootstrap.mjs';
await bootstrap('cli/main.ts', process.argv.slice(2));
