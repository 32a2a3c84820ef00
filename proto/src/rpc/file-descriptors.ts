import { readFileSync } from 'node:fs';
import { BinaryReader } from '@bufbuild/protobuf/wire';

/** Each .proto file as a serialized FileDescriptorProto, from the set that `npm run generate` writes. */
export function readFileDescriptors(): Buffer[] {
  const files: Buffer[] = [];
  const reader = new BinaryReader(readFileSync(new URL('../gen/descriptors.binpb', import.meta.url)));
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === FILE) files.push(Buffer.from(reader.bytes()));
    else reader.skip(type);
  }
  return files;
}

/** FileDescriptorSet.file. */
const FILE = 1;
