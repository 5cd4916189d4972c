/** autocannon by itself, as its own command line runs it: `<url> <connections> <seconds>` prints requests a second. */
import autocannon from 'autocannon';

const [url = '', connections = '', seconds = ''] = process.argv.slice(2);
const { requests } = await autocannon({ url, connections: Number(connections), duration: Number(seconds) });
process.stdout.write(JSON.stringify(requests.average));
