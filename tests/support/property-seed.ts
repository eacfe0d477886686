import fc from 'fast-check';

// The check tries the same cases every time, so that a change is judged by itself; `npm run verify` tries others.
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20260310) });
