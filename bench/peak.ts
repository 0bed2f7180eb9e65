// Loaded before a measured script (`node --import`): leaves the largest resident set of its process in a file.
import { writeFileSync } from 'node:fs';

process.on('exit', () =>
  writeFileSync(process.env.ISTHMUS_BENCH_PEAK ?? '', String(process.resourceUsage().maxRSS * 1024)),
);
