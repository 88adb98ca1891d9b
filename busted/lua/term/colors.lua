-- term.colors: functions that colour text.
return require('term').colors
