package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	ims "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"
)

// prefix starts the name of everything that a run makes, so that it can be taken away.
const prefix = "go-"

type user struct {
	Name      string `yaml:"name"`
	ProjectID string `yaml:"project_id"`
	AccessKey string `yaml:"access_key"`
	SecretKey string `yaml:"secret_key"`
}

// cloud is a running emulator, who exists in it, and the folder of its buckets.
type cloud struct {
	endpoint, buckets string
	users             map[string]user
}

func started(endpoint, tenants, buckets string) (cloud, error) {
	text, err := os.ReadFile(tenants)
	if err != nil {
		return cloud{}, err
	}
	var described struct {
		Users []user `yaml:"users"`
	}
	if err := yaml.Unmarshal(text, &described); err != nil {
		return cloud{}, fmt.Errorf("%s: %w", tenants, err)
	}
	users := map[string]user{}
	for _, each := range described.Users {
		users[each.Name] = each
	}
	return cloud{endpoint: endpoint, buckets: buckets, users: users}, nil
}

func (c cloud) account(name string) account {
	known, ok := c.users[name]
	if !ok {
		fail("the tenants have no user %s", name)
	}
	return account{ImsClient: c.client(known), project: known.ProjectID}
}

func (c cloud) client(who user) *ims.ImsClient {
	credentials, err := basic.NewCredentialsBuilder().
		WithAk(who.AccessKey).WithSk(who.SecretKey).WithProjectId(who.ProjectID).SafeBuild()
	if err != nil {
		fail("the SDK builds no credentials: %v", err)
	}
	client, err := ims.ImsClientBuilder().
		WithEndpoints([]string{c.endpoint}).WithCredential(credentials).SafeBuild()
	if err != nil {
		fail("the SDK builds no client: %v", err)
	}
	return ims.NewImsClient(client)
}

// lookUp leaves the project out: the SDK asks the identity service for the one of the region's name.
func lookUp(there cloud, used int32) {
	demo := there.users["demo"]
	credentials, err := basic.NewCredentialsBuilder().
		WithAk(demo.AccessKey).WithSk(demo.SecretKey).WithIamEndpointOverride(there.endpoint).SafeBuild()
	if err != nil {
		fail("the SDK builds no credentials without a project: %v", err)
	}
	client, err := ims.ImsClientBuilder().
		WithRegion(region.NewRegion("cn-north-4", there.endpoint)).WithCredential(credentials).SafeBuild()
	if err != nil {
		fail("the SDK does not find the project of the region: %v", err)
	}
	found := account{ImsClient: ims.NewImsClient(client), project: demo.ProjectID}
	of("ShowImageQuota").gives("images that are used in the project that was looked up", found.quotaUsed(), used)
}

// object is the path of a file in the bucket for images.
func (c cloud) object(key string) string { return filepath.Join(c.buckets, "images", key) }

func (c cloud) read(key string) []byte {
	bytes, err := os.ReadFile(c.object(key))
	if err != nil {
		fail("%v", err)
	}
	return bytes
}

func (c cloud) write(key, text string) {
	if err := os.WriteFile(c.object(key), []byte(text), 0o644); err != nil {
		fail("%v", err)
	}
}

// clean takes away what a run made, also one that ended early.
func (c cloud) clean() error {
	var problems []error
	for _, name := range []string{"demo", "demo-east"} {
		client := c.client(c.users[name])
		listed, err := client.ListImages(&model.ListImagesRequest{
			Imagetype: ptr(model.GetListImagesRequestImagetypeEnum().PRIVATE),
		})
		if err != nil {
			problems = append(problems, err)
			continue
		}
		for _, image := range *listed.Images {
			if strings.HasPrefix(image.Name, prefix) {
				_, err := client.GlanceDeleteImage(&model.GlanceDeleteImageRequest{ImageId: image.Id})
				problems = append(problems, err)
			}
		}
	}
	files, err := filepath.Glob(c.object(prefix + "*"))
	problems = append(problems, err)
	for _, file := range files {
		problems = append(problems, os.Remove(file))
	}
	return errors.Join(problems...)
}
