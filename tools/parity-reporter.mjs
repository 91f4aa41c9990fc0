// A reporter for node's test runner that writes, a JSON document a line, what `npm run parity` adds up: the counts of the suites,
// and the tests that are red.
const mark = 'parity ';

export default async function* parityReporter(events) {
  for await (const { type, data } of events) {
    if (type === 'test:diagnostic' && data.message.startsWith(mark))
      yield line({ file: data.file, count: JSON.parse(data.message.slice(mark.length)) });
    // One that is red for a test within it would be told twice.
    if (type === 'test:fail' && data.details.error?.failureType !== 'subtestsFailed')
      yield line({ file: data.file, red: data.name, message: messageOf(data.details.error) });
  }
}

function line(document) {
  return `${JSON.stringify(document)}\n`;
}

function messageOf(error) {
  return String(error?.cause?.message ?? error?.message ?? error).trim();
}
