// Expands rules with the npm package rrule. In, one JSON object a line: { rule, start, last, max } with floating times
// like 2026-03-02T09:00:00. Out, one JSON list a line: the occurrences up to and including `last`, at most `max`.
import { createInterface } from 'node:readline';
import rrule from 'rrule';

const text = date => date.toISOString().slice(0, 19);

for await (const line of createInterface({ input: process.stdin })) {
  const { rule, start, last, max } = JSON.parse(line);
  const series = rrule.rrulestr(rule, { dtstart: new Date(`${start}Z`) });
  const found = [];

  series.all(date => {
    if (text(date) > last || found.length === max) return false;
    found.push(text(date));
    return true;
  });

  console.log(JSON.stringify(found));
}
