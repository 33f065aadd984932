// Drives a strict emulator with the official Go SDK.
//
// usage: go run . ENDPOINT PROJECT_ID ACCESS_KEY SECRET_KEY
package main

import (
	"fmt"
	"os"
	"reflect"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	ims "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2"
)

// account is whom the emulator shows when it starts.
type account struct {
	endpoint, projectID, accessKey, secretKey string
}

func main() {
	words := os.Args
	if len(words) != 5 {
		fmt.Println("usage: go run . ENDPOINT PROJECT_ID ACCESS_KEY SECRET_KEY")
		os.Exit(2)
	}
	demo := account{endpoint: words[1], projectID: words[2], accessKey: words[3], secretKey: words[4]}
	live(demo.client())
	query(demo.client())
	refuse(demo)
	lookUp(demo)
}

func (a account) client() *ims.ImsClient {
	credentials, err := basic.NewCredentialsBuilder().
		WithAk(a.accessKey).WithSk(a.secretKey).WithProjectId(a.projectID).SafeBuild()
	succeed("go builds credentials", err)
	client, err := ims.ImsClientBuilder().
		WithEndpoints([]string{a.endpoint}).WithCredential(credentials).SafeBuild()
	succeed("go builds a client", err)
	return ims.NewImsClient(client)
}

// lookUp leaves the project out: the SDK asks the identity service for the one of the region's name.
func lookUp(a account) {
	credentials, err := basic.NewCredentialsBuilder().
		WithAk(a.accessKey).WithSk(a.secretKey).WithIamEndpointOverride(a.endpoint).SafeBuild()
	succeed("go builds credentials without a project", err)
	client, err := ims.ImsClientBuilder().
		WithRegion(region.NewRegion("cn-north-4", a.endpoint)).WithCredential(credentials).SafeBuild()
	succeed("go finds the project of the region", err)
	check("go calls in the project that it found", quotaUsed(ims.NewImsClient(client)), int32(0))
}

// check ends the run at the first difference.
func check(what string, found, meant any) {
	if !reflect.DeepEqual(found, meant) {
		fmt.Printf("not ok %s\n  found %#v\n  meant %#v\n", what, found, meant)
		os.Exit(1)
	}
	fmt.Println("ok", what)
}

func succeed(what string, err error) {
	if err != nil {
		fmt.Printf("not ok %s: %v\n", what, err)
		os.Exit(1)
	}
}
