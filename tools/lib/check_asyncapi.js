// Prints what @asyncapi/parser finds in the document of the command line; the
// exit code is 1 when one of it is an error.
const fs = require('fs');
const { Parser, DiagnosticSeverity } = require('@asyncapi/parser');

const file = process.argv[2];

async function main() {
  const text = fs.readFileSync(file, 'utf8');
  const { document, diagnostics } =
      await new Parser().parse(text, { source: file });
  for (const one of diagnostics) {
    const kind = DiagnosticSeverity[one.severity];
    const line = one.range.start.line + 1;
    console.log(`${one.source || file}:${line}: ${kind} ${one.code}: ` +
                `${one.message} (${one.path.join('.')})`);
  }
  const wrong = diagnostics.some(
      (one) => one.severity === DiagnosticSeverity.Error);
  return wrong || !document ? 1 : 0;
}

main().then((code) => { process.exitCode = code; }, (error) => {
  console.error(error);
  process.exitCode = 1;
});
