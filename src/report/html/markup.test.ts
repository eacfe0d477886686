import { describe, expect, it } from 'vitest';
import { dataBlock, type Hole, type Html, html, inline, link } from './markup.ts';

const text = ({ text }: Html): string => text;

describe('html', () => {
  it.each<readonly [Hole, string]>([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['" onload="x', '&quot; onload=&quot;x'],
    ["it's & more", 'it&#39;s &amp; more'],
    ['a\u202eb\u0000c\u2028d', 'a&lt;U+202E&gt;b␀c&lt;U+2028&gt;d'],
    ['two\r\nlines\tand a tab', 'two\nlines\tand a tab'],
    ['plain, as it is', 'plain, as it is'],
    [9007199254740993n, '9007199254740993'],
    [0, '0'],
    [null, ''],
    [false, ''],
    [['<', html`<b>${'<'}</b>`, null], '&lt;<b>&lt;</b>'],
  ])('writes case %# harmlessly', (hole, written) => {
    expect(text(html`${hole}`)).toBe(written);
  });
  it('takes nothing for markup that only looks like it', () => {
    const forged = { text: '<b>' } as unknown as Html;
    expect(text(html`${forged}`)).toBe('[object Object]');
  });
});

describe('link', () => {
  it.each([
    'javascript:alert(1)',
    ' https://a.example',
    'data:text/html,x',
    '//a.example',
    'https://',
    'vbscript:x',
    'file:///etc',
  ])('%s stays text', (address) => expect(text(link(address))).not.toContain('<a'));
  it('leads to the web, and its address cannot leave the attribute', () => {
    expect(text(link('https://a.example/?a=1&b="x'))).toBe(
      '<a href="https://a.example/?a=1&amp;b=&quot;x" rel="noopener noreferrer">https://a.example/?a=1&amp;b=&quot;x</a>',
    );
  });
});

describe('blocks', () => {
  it('no data ends its block', () => {
    const data = { a: '</script><!--<script>', b: [1] };
    const block = text(dataBlock(data));
    const inner = block.slice(block.indexOf('>') + 1, block.lastIndexOf('<'));
    expect(inner).not.toContain('<');
    expect(JSON.parse(inner)).toEqual(data);
  });
  it('refuses code that would end its element', () => {
    expect(() => inline('script', 'a = "</SCRIPT>"')).toThrow(RangeError);
    expect(text(inline('style', 'a > b {}'))).toBe('<style>a > b {}</style>');
  });
});
