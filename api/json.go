package api

import "net/http"

// jsonRoutes registers the JSON interface.
func (s *server) jsonRoutes(mux *http.ServeMux) error { return nil }
