import { serveReading } from '../documents/serve-reading.ts';
import { convertBlock } from '../formats/formats.ts';

// What documents are made of is no business of who reads them, so both meet here.
serveReading(convertBlock);
