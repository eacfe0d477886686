/**
 * The arguments of a Windows command line, by the rules that C programs had before 2008 and Elastic's integrations follow:
 * blanks and tabs outside of quotes part arguments; 2n backslashes before a quote are n, 2n + 1 are n and the quote is a
 * character; of two quotes within quotes the first is a character, and they end what is quoted.
 */
export function windowsArguments(line: string): string[] {
  const found: string[] = [];
  let argument = '';
  let isOpen = false;
  let isQuoted = false;
  let slashes = 0;
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (c === '\\') {
      slashes += 1;
      isOpen = true;
      continue;
    }
    if (c === '"') {
      argument += '\\'.repeat(slashes >> 1);
      if (slashes % 2 === 1) argument += c;
      else {
        if (isQuoted && line[i + 1] === '"') {
          argument += c;
          i += 1;
        }
        isQuoted = !isQuoted;
      }
      slashes = 0;
      isOpen = true;
      continue;
    }
    argument += '\\'.repeat(slashes);
    slashes = 0;
    if (!isQuoted && (c === ' ' || c === '\t')) {
      if (isOpen) found.push(argument);
      argument = '';
      isOpen = false;
      continue;
    }
    argument += c;
    isOpen = true;
  }
  if (isOpen) found.push(argument + '\\'.repeat(slashes));
  return found;
}
