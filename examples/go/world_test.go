package images

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	ims "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2"
)

// fields is a JSON object, as in a scenario.
type fields map[string]any

// world is an isolated cloud in the emulator: a client for the code under test, and methods for tests.
type world struct {
	t      *testing.T
	home   string
	client *ims.ImsClient
	users  map[string]user
}

// user is a user of a world with its credentials.
type user struct {
	ProjectID string `json:"project_id"`
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
}

// newWorld creates a world for one test. It verifies signatures, and its clock stands still until it is advanced.
func newWorld(t *testing.T) world {
	t.Helper()
	var made struct {
		Name  string
		Users map[string]user
	}
	send(t, http.MethodPost, emulatorURL+"/_ims/worlds", fields{"auth": "strict", "clock": fields{"rate": 0}}, &made)
	home := emulatorURL + "/_ims/worlds/" + made.Name
	t.Cleanup(func() { send(t, http.MethodDelete, home, nil, nil) })

	w := world{t: t, home: home, users: made.Users}
	w.client = w.clientOf("demo")
	return w
}

// clientOf makes a client that signs for a user of the world: "partner" is of another account.
func (w world) clientOf(name string) *ims.ImsClient {
	w.t.Helper()
	who := w.users[name]
	credentials, err := basic.NewCredentialsBuilder().
		WithAk(who.AccessKey).WithSk(who.SecretKey).WithProjectId(who.ProjectID).SafeBuild()
	if err != nil {
		w.t.Fatal(err)
	}
	// This SDK drops the path of an endpoint; the emulator finds the world by the access key.
	client, err := ims.ImsClientBuilder().WithEndpoints([]string{emulatorURL}).WithCredential(credentials).SafeBuild()
	if err != nil {
		w.t.Fatal(err)
	}
	return ims.NewImsClient(client)
}

// advance advances the clock.
func (w world) advance(length time.Duration) {
	w.t.Helper()
	send(w.t, http.MethodPost, w.home+"/clock/advance", fields{"by": fmt.Sprintf("%dms", length.Milliseconds())}, nil)
}

// addRule adds a rule; when and then are those of a scenario's rules.
func (w world) addRule(name string, when, then fields) {
	w.t.Helper()
	send(w.t, http.MethodPost, w.home+"/rules", fields{"name": name, "when": when, "then": then}, nil)
}

// expectRequests fails the test unless exactly count requests match the filter.
func (w world) expectRequests(filter fields, count int) {
	w.t.Helper()
	var answer struct {
		Verified bool
		Failures []string
	}
	send(w.t, http.MethodPost, w.home+"/journal/verify", fields{"requests": filter, "exactly": count}, &answer)
	if !answer.Verified {
		w.t.Error(strings.Join(answer.Failures, "; "))
	}
}

func send(t *testing.T, method, url string, body fields, answer any) {
	t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(method, url, bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %s", method, url, response.Status, text)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal(text, answer); err != nil {
		t.Fatal(err)
	}
}
