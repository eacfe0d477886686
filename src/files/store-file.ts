/** A folder with this file in it is a store of Harrier's own: often it lies among the files that it was made from. */
export const storeFile = 'store.duckdb';
