import { z } from 'zod';
import { DynamoError, invalid } from '../dynamo-error.ts';

/** The shapes that requests share. Attribute values are left to `readItem`, which words their faults itself. */
export const tableName = z.string();
export const attributes = z.looseObject({});
export const placeholders = {
  ExpressionAttributeNames: z.record(z.string(), z.string()).optional(),
  ExpressionAttributeValues: attributes.optional(),
};
export const onConditionFailure = z.enum(['ALL_OLD', 'NONE']).optional();

/** What DynamoDB had before expressions; silently leaving out a condition would be worse than refusing it. */
const LEGACY = [
  'AttributesToGet',
  'AttributeUpdates',
  'ConditionalOperator',
  'Expected',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
];

export function parseRequest<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw refusal(parsed.error);
  const legacy = LEGACY.find((name) => Object.hasOwn(input as object, name));
  if (legacy) throw invalid(`${legacy} is not supported: use an expression instead`);
  return parsed.data;
}

function refusal(error: z.ZodError): DynamoError {
  const issue = error.issues[0];
  const member = issue?.path.map(memberName).join('.') ?? '';
  if (issue?.path.at(-1) === 'ReturnValues') return invalid('Return values set to invalid value');
  if (issue?.code === 'invalid_type') {
    if (!issue.message.endsWith('received undefined')) {
      return new DynamoError('SerializationException', `${issue.message} at '${member}'`);
    }
    return constraint(' null', member, 'Member must not be null');
  }
  return constraint('', member, constraintOf(issue));
}

function constraintOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'too_big')
    return `Member must have ${measure(issue.origin)} less than or equal to ${issue.maximum}`;
  if (issue?.code === 'too_small')
    return `Member must have ${measure(issue.origin)} greater than or equal to ${issue.minimum}`;
  return issue?.message ?? 'Member must have the expected form';
}

function measure(origin: string): string {
  return origin === 'number' || origin === 'int' ? 'value' : 'length';
}

function constraint(value: string, member: string, fault: string): DynamoError {
  return invalid(
    `1 validation error detected: Value${value} at '${member}' failed to satisfy constraint: ${fault}`,
  );
}

/** `transactItems.1.member.put`: counted from one, in lower camel case. */
function memberName(step: PropertyKey): string {
  if (typeof step === 'number') return `${step + 1}.member`;
  const name = String(step);
  return name.charAt(0).toLowerCase() + name.slice(1);
}
