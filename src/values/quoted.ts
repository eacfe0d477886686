/**
 * An argument as a shell reads it back. On Windows, double quotes are what both of its shells understand; what means
 * something within them is left to PowerShell.
 */
export function quoted(argument: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'win32')
    return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
  if (/^[\w+=:./\\-]+$/.test(argument)) return argument;
  // A backslash before the closing quote would be taken for its escape.
  if (!/["$`%!\r\n]/.test(argument)) return `"${argument.replace(/\\+$/, '$&$&')}"`;
  return `'${argument.replaceAll("'", "''")}'`;
}
