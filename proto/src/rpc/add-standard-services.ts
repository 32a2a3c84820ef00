import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { endableStreams } from './endable-streams.ts';
import { readFileDescriptors } from './file-descriptors.ts';

export interface StandardServices {
  /** Says of the server and of each service that it is NOT_SERVING. */
  stopServing(): void;
  endStreams(): void;
}

/** The name of the server as a whole. */
const OVERALL = '';

/** What every gRPC server answers beside its own: `grpc.health.v1` for probes, reflection for tools such as grpcurl. */
export function addStandardServices(server: Server, services: readonly string[]): StandardServices {
  const streams = endableStreams(server);
  const names = [OVERALL, ...services];
  const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, 'SERVING'])));
  health.addToServer(streams as Parameters<typeof health.addToServer>[0]);
  const reflection = new ReflectionService(describedFiles(), { services: [...services] });
  reflection.addToServer(streams);
  return {
    stopServing() {
      for (const name of names) health.setStatus(name, 'NOT_SERVING');
    },
    endStreams: streams.end,
  };
}

/** As the library takes them: it looks only at the files of each entry. */
function describedFiles(): ConstructorParameters<typeof ReflectionService>[0] {
  const format = 'Protocol Buffer 3 DescriptorProto';
  return { files: { format, type: {}, fileDescriptorProtos: readFileDescriptors() } };
}
