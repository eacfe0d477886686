/** The number of the open file that a path such as `/dev/stdin` or `/dev/fd/63` stands for; null for other paths. */
export function descriptorOf(name: string): number | null {
  if (name === '-' || name === '/dev/stdin') return 0;
  const number = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(name)?.[1];
  return number === undefined ? null : Number(number);
}
