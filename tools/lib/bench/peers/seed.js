// Runs the seed's server with the seed's own settings: node seed.js FOLDER
// KAFKA PORT. FOLDER is the server as a module; its dependencies are in it.
const [folder, kafkaHost, port] = process.argv.slice(2);
const loaded = require(folder);
const WSKafka = loaded.WSKafka || loaded.default || loaded;

const server = new WSKafka({
  kafka_config: {
    kafkaHost, clientId: 'bench', connectTimeout: 1000,
    requestTimeout: 60000, autoConnect: true, no_zookeeper_client: true,
  },
  websocket_config: { port: Number(port) },
  producer_config: {
    requireAcks: 1, ackTimeoutMs: 100, partitionerType: 2,
    mq_limit: 20000, mq_interval: 200,
  },
  consumer_config: {
    kafkaHost, groupId: 'kafka-node-group', autoCommit: true,
    autoCommitIntervalMs: 500, fetchMaxWaitMs: 100, paused: false,
    maxNumSegments: 1000, fetchMinBytes: 1, fetchMaxBytes: 1024 * 1024,
    maxTickMessages: 1000, fromOffset: 'latest', outOfRangeOffset: 'earliest',
    sessionTimeout: 30000, retries: 10, retryFactor: 1.8,
    retryMinTimeout: 1000, connectOnReady: true, migrateHLC: false,
    migrateRolling: true, protocol: ['roundrobin'],
    mq_limit: 5000, mq_interval: 50,
  },
});
for (const event of ['producer-error', 'consumer-error', 'error'])
  server.on(event, (error) => console.error(`${event} ${error}`));
server.on('wss-ready', () => console.log(`listening on ws://127.0.0.1:${port}`));
server.start();
