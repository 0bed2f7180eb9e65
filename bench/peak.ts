// Loaded before a measured script (`node --import`): leaves the largest resident set of its process (bytes) and the time of
// processors that it took (microseconds) in a file.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.ISTHMUS_BENCH_PEAK ?? '', `${maxRSS * 1024} ${userCPUTime + systemCPUTime}`);
});
