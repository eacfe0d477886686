// Times the way from text to SQL: queries of growing length, and a pipeline of sixty functions.
//
//   npm run bench:compile
import { bundle } from './inside/bundle.mjs';

const { compileTimes } = await import(await bundle('compile'));
console.table(await compileTimes());
