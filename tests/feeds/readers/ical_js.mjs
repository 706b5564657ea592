// What ical.js reads, the parser of Thunderbird and of Nextcloud: .ics on standard input, instances as JSON on standard output.
import {readFileSync} from 'node:fs';
import ICAL from 'ical.js';

const [from, until] = process.argv.slice(2).map(text => new Date(text));
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')));
// As both programs do: the rules in the file count, whatever the machine knows of the zone.
for (const zone of calendar.getAllSubcomponents('vtimezone')) {
  ICAL.TimezoneService.register(new ICAL.Timezone(zone));
}

const day = time => `${time.year}-${String(time.month).padStart(2, '0')}-${String(time.day).padStart(2, '0')}`;
const told = time => (time.isDate ? day(time) : time.toJSDate().toISOString());
const components = calendar.getAllSubcomponents('vevent');
const exceptions = uid => components.filter(one => one.hasProperty('recurrence-id') && one.getFirstPropertyValue('uid') === uid);
const found = [];

function note(item, start, end) {
  if (start.toJSDate() >= until || start.toJSDate() < from) return;
  found.push({
    uid: item.uid, start: told(start), end: told(end), sequence: item.sequence ?? 0,
    cancelled: item.component.getFirstPropertyValue('status') === 'CANCELLED',
  });
}

for (const component of components.filter(one => !one.hasProperty('recurrence-id'))) {
  const event = new ICAL.Event(component, {exceptions: exceptions(component.getFirstPropertyValue('uid'))});
  if (!event.isRecurring()) {
    note(event, event.startDate, event.endDate);
    continue;
  }
  const iterator = event.iterator();
  for (let next = iterator.next(); next && next.toJSDate() < until; next = iterator.next()) {
    const {item, startDate, endDate} = event.getOccurrenceDetails(next);
    note(item, startDate, endDate);
  }
}

process.stdout.write(JSON.stringify(found));
