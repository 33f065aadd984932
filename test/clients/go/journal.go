package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

// journal is what the emulator noted of the calls, against the list of all that there are.
type journal struct {
	endpoint string
}

func (j journal) clear() {
	answer := j.send(http.MethodDelete)
	defer answer.Body.Close()
	of("journal").gives("status of clearing it", answer.StatusCode, http.StatusNoContent)
}

func (j journal) send(method string) *http.Response {
	request, err := http.NewRequest(method, j.endpoint+"/_ims/journal", nil)
	if err != nil {
		fail("journal: %v", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		fail("journal: %v", err)
	}
	return answer
}

// holdsAllOf sees that every operation of the list was answered with success at least once.
func (j journal) holdsAllOf(list string) {
	all, succeeded := operationsIn(list), j.succeeded()
	missing := []string{}
	for _, name := range all {
		if !succeeded[name] {
			missing = append(missing, name)
		}
	}
	of("journal").gives("operations that were never answered with success", missing, []string{})
	fmt.Printf("operations called: %d of %d\n", len(all)-len(missing), len(all))
}

func (j journal) succeeded() map[string]bool {
	answer := j.send(http.MethodGet)
	defer answer.Body.Close()
	var noted struct {
		Requests []struct {
			Operation string `json:"operation"`
			Status    int    `json:"status"`
		} `json:"requests"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&noted); err != nil {
		fail("journal: %v", err)
	}
	names := map[string]bool{}
	for _, request := range noted.Requests {
		if request.Status < 400 {
			names[request.Operation] = true
		}
	}
	return names
}

func operationsIn(list string) []string {
	text, err := os.ReadFile(list)
	if err != nil {
		fail("%v", err)
	}
	var names []string
	if err := json.Unmarshal(text, &names); err != nil {
		fail("%s: %v", list, err)
	}
	return names
}
