// node hello.js PORT: says hello with its version, and finishes what it does before it ends.
const http = require('node:http');

const server = http.createServer((request, response) => {
  response.end(`Hello from ${process.env.VERSION ?? 'nowhere'}\n`);
});

server.listen(Number(process.argv[2]), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
