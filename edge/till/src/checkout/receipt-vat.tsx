import type { VatRow } from '../api/types.ts';
import { useMessages } from '../i18n/language.tsx';
import { formatRate } from '../i18n/numbers.ts';
import { useMoney } from '../shell/shop.tsx';

export function ReceiptVat({ rows }: { rows: VatRow[] }) {
  const messages = useMessages();
  const money = useMoney();
  return (
    <table className="mt-4 w-full text-right text-sm text-muted">
      <thead>
        <tr>
          <th scope="col" className="text-left font-medium">
            {messages.vatRateHeading}
          </th>
          <th scope="col" className="font-medium">
            {messages.vatNet}
          </th>
          <th scope="col" className="font-medium">
            {messages.vatAmount}
          </th>
          <th scope="col" className="font-medium">
            {messages.vatGross}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ rateBp, netMinor, vatMinor, grossMinor }) => (
          <tr key={rateBp}>
            <th scope="row" className="text-left font-normal">
              {formatRate(rateBp, messages.locale)}
            </th>
            <td>{money(netMinor)}</td>
            <td>{money(vatMinor)}</td>
            <td>{money(grossMinor)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
