// The search: sections of pages that have all words, those with the words in their heading first. The index is a script, so
// that it is found beside pages that are opened from files too.
const box = document.querySelector('.search');
const input = box.querySelector('input');
const list = box.querySelector('.found');
const mostFound = 12;
let loading = null;

function load() {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = box.dataset.index;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
  return loading;
}

function search(words) {
  const scored = globalThis.sections.flatMap(([address, title, id, heading, text]) => {
    const [inTitle, inHeading, inText] = [title, heading, text].map((part) => part.toLowerCase());
    let score = 0;
    for (const word of words) {
      const own =
        (inHeading.includes(word) ? 8 : 0) + (inTitle.includes(word) ? 4 : 0) + (inText.includes(word) ? 1 : 0);
      if (own === 0) return [];
      score += own;
    }
    return [{ address, title, id, heading, score }];
  });
  return scored.sort((a, b) => b.score - a.score).slice(0, mostFound);
}

async function show() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  await load();
  const found = words.length === 0 ? [] : search(words);
  list.replaceChildren(
    ...found.map(({ address, title, id, heading }) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      link.href = `${box.dataset.root}${address}${id === '' ? '' : `#${id}`}`;
      link.textContent = heading === '' || heading === title ? title : `${title}: ${heading}`;
      item.append(link);
      return item;
    }),
  );
  if (words.length > 0 && found.length === 0)
    list.append(Object.assign(document.createElement('li'), { textContent: 'Nothing found' }));
  list.hidden = words.length === 0;
}

input.addEventListener('input', () => void show());
input.addEventListener('keydown', ({ key }) => {
  if (key === 'Enter') list.querySelector('a')?.click();
  if (key === 'Escape') list.hidden = true;
});
box.hidden = false;
// On a phone the menu would push the text away.
if (!matchMedia('(min-width: 900px)').matches) document.querySelector('nav details').open = false;
