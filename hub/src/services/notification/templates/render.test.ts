import { expect, test } from 'vitest';
import { renderText, textToHtml, unknownPlaceholders } from './render.ts';

const values = {
  'order.id': 'A1',
  'order.lines': '1 × {{order.total}}',
  'order.total': '$& 45',
  'order.cancelReason': '',
};

test('placeholders are filled in, with or without spaces, and values are not read as templates', () => {
  expect(renderText('{{order.id}} {{ order.lines }} {{order.total}}{{order.cancelReason}}', values)).toBe(
    'A1 1 × {{order.total}} $& 45',
  );
});

test('what is no placeholder is named, so that a template with a slip is refused', () => {
  const template = '{{order.id}} {{order.Id}} {{}} {{toString}} { {x} } {{a{{order.id}}';
  expect(unknownPlaceholders(template)).toEqual(['order.Id', '', 'toString']);
});

test('a text becomes paragraphs and lines of HTML, escaped', () => {
  expect(textToHtml(`Hej <Eva> & 'Per'\nrad\n\n\n"slut"`, 'sv')).toBe(
    '<!doctype html><html lang="sv"><meta charset="utf-8"><body>' +
      '<p>Hej &lt;Eva&gt; &amp; &#39;Per&#39;<br>rad</p><p>&quot;slut&quot;</p></body></html>',
  );
});
