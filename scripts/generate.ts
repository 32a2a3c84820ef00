// Writes proto/src/gen anew from the .proto files.
import { runBuf, writeDescriptors } from './run-buf.ts';

process.exit(runBuf('generate') || writeDescriptors('src/gen'));
