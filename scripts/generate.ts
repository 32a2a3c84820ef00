// Writes proto/src/gen anew from the .proto files.
import { runBuf } from './run-buf.ts';

process.exit(runBuf('generate'));
