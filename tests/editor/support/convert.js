// Converts the documents named on the command line and prints what came of each, a JSON line each.

import { readFileSync } from 'node:fs';

import { writeApi } from '../../../web/editor/formats/api_writer.js';
import { FormatError } from '../../../web/editor/formats/errors.js';
import { readUi } from '../../../web/editor/formats/ui_reader.js';
import { Store } from '../../../web/editor/model/store.js';
import { catalogue } from './bench.js';

for (const file of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    const store = new Store(readUi(JSON.parse(readFileSync(file, 'utf8')), catalogue));
    console.log(JSON.stringify(writeApi(store, catalogue, () => 0)));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    console.log(JSON.stringify('refused'));
  }
}
