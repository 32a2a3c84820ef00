import { PublishCommand, SNSClient, type SNSClientConfig } from '@aws-sdk/client-sns';
import type { Carrier } from '../carrier.ts';
import { type CarrierLimits, createHandOver } from '../hand-over.ts';
import { judgeAwsFailure } from '../judge-aws-failure.ts';
import { type Sms, smsSchema } from '../messages.ts';

export interface SnsOptions extends CarrierLimits {
  region: string;
  /** Without it AWS itself. */
  endpoint?: string;
  /** Without them what the SDK finds: environment, role, files. */
  credentials?: SNSClientConfig['credentials'];
}

const REFUSALS = [
  'InvalidParameterException',
  'InvalidParameterValueException',
  'OptedOutException',
  'ValidationException',
];

/** SMS by Amazon SNS. It is not sent again here: after a time-out SNS may have it, and only the caller knows. */
export function sendBySns({ region, endpoint, credentials, ...limits }: SnsOptions): Carrier<Sms> {
  const client = new SNSClient({
    region,
    maxAttempts: 1,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  return {
    send: createHandOver({
      carrier: 'sns',
      schema: smsSchema,
      ...limits,
      judge: (error) => judgeAwsFailure(error, REFUSALS),
      async send({ to, text }, abortSignal) {
        const command = new PublishCommand({
          PhoneNumber: to,
          Message: text,
          // Promotional, the default, is the first to be dropped.
          MessageAttributes: { 'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' } },
        });
        const { MessageId } = await client.send(command, { abortSignal });
        return MessageId ?? '';
      },
    }),
    async close() {
      client.destroy();
    },
  };
}
