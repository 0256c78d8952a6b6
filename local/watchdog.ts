// Ends the recorded processes of a stack when the process that started them is gone (its end of our stdin closes), even by SIGKILL.
import { endRecorded } from './process-record.ts';

process.stdin.resume();
process.stdin.once('end', () => void endRecorded(process.argv[2] ?? ''));
