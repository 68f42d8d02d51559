// The real client of Cube against a running serving service:
//   SERVING_URL=http://localhost:8083 SERVING_TOKEN=… node load.mjs ['{"measures":["orders.count"]}']
// Without a query it asks for the first measure of the catalogue by the first dimension that is
// text, and by month over the first dimension that is time.
import cube from '@cubejs-client/core';

const { SERVING_URL, SERVING_TOKEN } = process.env;
if (!SERVING_URL || !SERVING_TOKEN) {
  console.error('set SERVING_URL and SERVING_TOKEN; `./millrace env` prints both');
  process.exit(2);
}
const api = cube(SERVING_TOKEN, { apiUrl: `${SERVING_URL}/cubejs-api/v1` });

const meta = await api.meta();
const summary = meta.cubes.map((c) => ({
  name: c.name, type: c.type, measures: c.measures.length, dimensions: c.dimensions.length,
}));
console.table(summary);

async function show(title, query) {
  console.log(`\n${title}: ${JSON.stringify(query)}`);
  const dryRun = await api.dryRun(query);
  console.log('dry run:', dryRun.queryType, JSON.stringify(dryRun.queryOrder));
  if (!Array.isArray(query)) {
    const sql = await api.sql(query);
    [sql].flat().forEach((one) => console.log('sql:', one.sql()));
  }
  const result = await api.load(query);
  console.table(result.tablePivot().slice(0, 20));
  if (dryRun.queryType === 'regularQuery') {
    console.log('chart:', JSON.stringify(result.chartPivot().slice(0, 3)));
    console.log('series:', JSON.stringify(result.seriesNames().slice(0, 3)));
    const annotation = result.annotation();
    console.log('annotated:', Object.keys({ ...annotation.measures, ...annotation.dimensions }));
  }
  return result;
}

if (process.argv[2]) {
  await show('asked', JSON.parse(process.argv[2]));
} else {
  const found = meta.cubes.find((c) => c.measures.length && c.dimensions.some((d) => d.type === 'string'));
  if (!found) throw new Error('no cube has a measure and a dimension that is text');
  const measures = [found.measures[0].name];
  const dimensions = [found.dimensions.find((d) => d.type === 'string').name];
  const rows = await show('by text', { measures, dimensions, limit: 10 });
  if (!rows.rawData().every((row) => measures[0] in row && dimensions[0] in row)) {
    throw new Error('a row lacks a member');
  }
  const dated = meta.cubes.find((c) => c.measures.length && c.dimensions.some((d) => d.type === 'time'));
  if (dated) {
    const dimension = dated.dimensions.find((d) => d.type === 'time').name;
    const timed = { measures: [dated.measures[0].name], timeDimensions: [{ dimension, granularity: 'month' }] };
    const months = await show('by month', timed);
    const first = months.rawData().at(0)?.[`${dimension}.month`];
    if (first) {
      const year = first.slice(0, 4);
      // The server leaves out months without rows; the client fills them in.
      const filled = await show('filled', {
        ...timed,
        timeDimensions: [{ dimension, granularity: 'month', dateRange: [`${year}-01-01`, `${year}-12-31`] }],
      });
      if (filled.chartPivot().length !== 12) throw new Error('a year has twelve months');
      await show('compared', {
        ...timed,
        timeDimensions: [{
          dimension, granularity: 'month',
          compareDateRange: [[`${year}-01-01`, `${year}-06-30`], [`${year}-07-01`, `${year}-12-31`]],
        }],
      });
    }
  }
  // The client asks again and again; what it is told has to be the same while nothing changes.
  const answers = await new Promise((resolve, reject) => {
    const told = [];
    const subscription = api.subscribe({ measures, dimensions, limit: 10 }, { pollInterval: 200 }, (error, result) => {
      if (error) return reject(error);
      told.push(JSON.stringify(result.tablePivot()));
      return told.length === 3 ? subscription.unsubscribe().then(() => resolve(told)) : undefined;
    });
  });
  console.log('\nsubscribed:', answers.length, 'answers');
  if (new Set(answers).size !== 1) throw new Error('answers to a subscription differ');
  try {
    await api.load({ measures: [`${found.name}.there_is_no_such_measure`] });
    throw new Error('a measure that is not there was answered');
  } catch (error) {
    if (!/not found for path/.test(String(error))) throw error;
    console.log('\nrefused as it should be:', String(error));
  }
}
console.log('\nOK');
