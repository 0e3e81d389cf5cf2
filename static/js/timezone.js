// Tells the form in which time zone the person is now. Without it the clinic's note of the patient's zone counts.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (zone) {
  for (const input of document.querySelectorAll("input[data-time-zone]")) input.value = zone;
}
