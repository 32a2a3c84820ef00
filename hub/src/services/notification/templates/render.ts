import { isPlaceholder, type PlaceholderValues } from './placeholders.ts';

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** The text with its placeholders filled in. Values are put in as they are and never read as templates. */
export function renderText(template: string, values: PlaceholderValues): string {
  return template.replace(PLACEHOLDER, (whole, name: string) => (isPlaceholder(name) ? values[name] : whole));
}

/** What stands between `{{` and `}}` and is no placeholder. */
export function unknownPlaceholders(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)]
    .map(([, name = '']) => name)
    .filter((name) => !isPlaceholder(name));
}

/** A mail's plain text as HTML: escaped whole, so that neither a template nor a name can bring markup along. */
export function textToHtml(text: string, language: string | undefined): string {
  const paragraphs = escapeHtml(text.trim())
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>')}</p>`);
  const lang = language === undefined ? '' : ` lang="${escapeHtml(language)}"`;
  return `<!doctype html><html${lang}><meta charset="utf-8"><body>${paragraphs.join('')}</body></html>`;
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}
