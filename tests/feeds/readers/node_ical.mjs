// What node-ical reads (MagicMirror, Homebridge and many bots): .ics on standard input, instances as JSON on standard output.
import {readFileSync} from 'node:fs';
import ical from 'node-ical';

const [from, until] = process.argv.slice(2).map(text => new Date(text));
const day = date => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
const events = Object.values(ical.sync.parseICS(readFileSync(0, 'utf8'))).filter(one => one.type === 'VEVENT');
const found = events.flatMap(event =>
  ical.expandRecurringEvent(event, {from, to: until}).map(({start, end, isFullDay, event: item}) => ({
    uid: event.uid,
    start: isFullDay ? day(start) : start.toISOString(),
    end: isFullDay ? day(end) : end.toISOString(),
    sequence: Number(item.sequence ?? 0),
    cancelled: item.status === 'CANCELLED',
  })),
);

process.stdout.write(JSON.stringify(found));
