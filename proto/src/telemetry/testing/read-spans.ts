import { BinaryReader } from '@bufbuild/protobuf/wire';

/** A span as a collector got it, with the fields that tests look at. */
export interface CollectedSpan {
  service: string;
  traceId: string;
  spanId: string;
  /** Empty for the first of a trace. */
  parentSpanId: string;
  name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  failed: boolean;
  attributes: Record<string, string>;
}

/** The spans of an ExportTraceServiceRequest (opentelemetry-proto, trace/v1); field numbers are that file's. */
export function readSpans(request: Uint8Array): CollectedSpan[] {
  return readFields(request)
    .all(1)
    .flatMap((resourceSpans) => {
      const { all, one } = readFields(resourceSpans);
      const service = readAttributes(readFields(one(1)).all(1))['service.name'] ?? '';
      return all(2).flatMap((scopeSpans) =>
        readFields(scopeSpans)
          .all(2)
          .map((span) => readSpan(span, service)),
      );
    });
}

const STATUS_ERROR = 2;

function readSpan(span: Uint8Array, service: string): CollectedSpan {
  const { all, one, number } = readFields(span);
  return {
    service,
    traceId: hex(one(1)),
    spanId: hex(one(2)),
    parentSpanId: hex(one(4)),
    name: text(one(5)),
    kind: number(6),
    failed: readFields(one(15)).number(3) === STATUS_ERROR,
    attributes: readAttributes(all(9)),
  };
}

/** Texts and whole numbers, as texts. */
function readAttributes(keyValues: Uint8Array[]): Record<string, string> {
  const entries = keyValues.map((keyValue) => {
    const { one } = readFields(keyValue);
    const value = readFields(one(2));
    return [text(one(1)), text(value.one(1)) || String(value.number(3))];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** The fields of a message: bytes by `all` and `one`, empty where there are none, and whole numbers. */
function readFields(message: Uint8Array) {
  const bytes: [field: number, value: Uint8Array][] = [];
  const numbers = new Map<number, number>();
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === LENGTH_DELIMITED) bytes.push([field, reader.bytes()]);
    else if (type === VARINT) numbers.set(field, Number(reader.uint64()));
    else reader.skip(type);
  }
  const all = (field: number) => bytes.filter(([number]) => number === field).map(([, value]) => value);
  return {
    all,
    one: (field: number) => all(field)[0] ?? new Uint8Array(),
    number: (field: number) => numbers.get(field) ?? 0,
  };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
