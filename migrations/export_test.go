package migrations

// UpFrom is Up with other files than the program's own.
var UpFrom = up
