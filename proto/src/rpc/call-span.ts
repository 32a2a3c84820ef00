import { currentTraceparent, inSpan } from '../telemetry/span.ts';
import type { CallContext, CallOptions, RpcDefinition, UnaryMethod } from './rpc.ts';

type Named = Pick<RpcDefinition, 'name' | 'fullName'>;

/** Makes a call in a span of its own; `run` gets the trace context to send, which is the caller's while no tracing is started. */
export function inClientSpan<T>(
  definition: Named,
  method: UnaryMethod,
  given: Pick<CallOptions, 'traceparent'>,
  passedOn: string | undefined,
  run: (traceparent: string | undefined) => Promise<T>,
): Promise<T> {
  const attributes = attributesOf(definition, method);
  const { traceparent } = given;
  return inSpan(`${definition.name}/${method.name}`, { kind: 'client', traceparent, attributes }, () =>
    run(currentTraceparent() ?? passedOn),
  );
}

/** Answers a call in a span of its own, as part of its caller's trace. */
export function inServerSpan<T>(
  definition: Named,
  method: UnaryMethod,
  { traceparent, caller }: CallContext,
  run: () => Promise<T>,
): Promise<T> {
  const attributes = { ...attributesOf(definition, method), 'butik.caller': caller };
  return inSpan(`${definition.name}/${method.name}`, { kind: 'server', traceparent, attributes }, run);
}

function attributesOf(definition: Named, method: UnaryMethod) {
  return { 'rpc.system': 'grpc', 'rpc.service': definition.fullName, 'rpc.method': method.name };
}
