// Drives a strict emulator with the official Go SDK: every operation that there is, signed with access keys.
//
// usage: go run . ENDPOINT TENANTS_FILE BUCKETS_FOLDER LIST_OF_OPERATIONS
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	words := os.Args
	if len(words) != 5 {
		fmt.Println("usage: go run . ENDPOINT TENANTS_FILE BUCKETS_FOLDER LIST_OF_OPERATIONS")
		os.Exit(2)
	}
	if err := run(words[1], words[2], words[3], words[4]); err != nil {
		fmt.Println("not ok go", err)
		os.Exit(1)
	}
}

func run(endpoint, tenants, buckets, list string) (err error) {
	there, err := started(endpoint, tenants, buckets)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, there.clean()) }()
	defer func() { err = differenceIn(recover(), err) }()
	call(there, list)
	return nil
}

func call(there cloud, list string) {
	demo, partner := there.account("demo"), there.account("partner")
	noted := journal{endpoint: there.endpoint}
	noted.clear()
	used := demo.quotaUsed()
	catalogue(there, demo)
	systemImages(there, demo)
	otherImages(demo)
	copies(there, demo)
	jobs(demo)
	imageTags(demo)
	members(demo, partner)
	glance(demo)
	glanceMembers(demo, partner)
	glanceSchemas(demo)
	refusals(there, demo)
	lookUp(there, used)
	of("ShowImageQuota").gives("images that are used in the end", demo.quotaUsed(), used)
	noted.holdsAllOf(list)
}
