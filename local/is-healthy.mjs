// The health check of a container: does the address answer as it should? `node local/is-healthy.mjs <address>`
const response = await fetch(process.argv[2] ?? '', { signal: AbortSignal.timeout(4000) });
process.exitCode = response.ok ? 0 : 1;
