import { SESv2Client, type SESv2ClientConfig, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Carrier } from '../carrier.ts';
import { type CarrierLimits, createHandOver } from '../hand-over.ts';
import { judgeAwsFailure } from '../judge-aws-failure.ts';
import { type Mail, mailSchema } from '../messages.ts';

export interface SesOptions extends CarrierLimits {
  region: string;
  /** Address, or `Name <address>`; verified in SES. */
  from: string;
  /** Without it AWS itself. */
  endpoint?: string;
  /** Without them what the SDK finds: environment, role, files. */
  credentials?: SESv2ClientConfig['credentials'];
}

const REFUSALS = ['MessageRejected', 'BadRequestException'];
const UTF_8 = 'UTF-8';

/** Mail by Amazon SES. It is not sent again here: after a time-out SES may have it, and only the caller knows. */
export function sendBySes({ region, from, endpoint, credentials, ...limits }: SesOptions): Carrier<Mail> {
  const client = new SESv2Client({
    region,
    maxAttempts: 1,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  return {
    send: createHandOver({
      carrier: 'ses',
      schema: mailSchema,
      ...limits,
      judge: (error) => judgeAwsFailure(error, REFUSALS),
      async send(mail, abortSignal) {
        const { MessageId } = await client.send(new SendEmailCommand(requestOf(mail, from)), { abortSignal });
        return MessageId ?? '';
      },
    }),
    async close() {
      client.destroy();
    },
  };
}

function requestOf({ id, to, subject, text, html }: Mail, from: string) {
  return {
    FromEmailAddress: from,
    Destination: { ToAddresses: [to] },
    Content: {
      Simple: {
        Subject: { Data: subject, Charset: UTF_8 },
        Body: {
          Text: { Data: text, Charset: UTF_8 },
          ...(html === undefined ? {} : { Html: { Data: html, Charset: UTF_8 } }),
        },
        // SES gives its own Message-ID; ours is found by this one.
        Headers: [{ Name: 'X-Butik-Message', Value: id }],
      },
    },
  };
}
