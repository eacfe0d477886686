import { send } from '../api/client.ts';

/** Hands a text to the browser as a file to save. */
export function saveText(name: string, text: string, type: string): void {
  saveBlob(name, new Blob([text], { type }));
}

/** Fetches a file that the server has made, and hands it to the browser. */
export async function saveFile(name: string, file: string): Promise<void> {
  saveBlob(name, await (await send(`files/${encodeURIComponent(file)}`)).blob());
}

function saveBlob(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has begun to save it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
