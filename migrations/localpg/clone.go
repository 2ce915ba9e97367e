package localpg

const cloneStrategy = "wal_log"
