// Takes a disk through OBS and IMS with the OBS SDK for Go: made, put, imported, exported as vhd, fetched and compared.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/huaweicloud/huaweicloud-sdk-go-obs/obs"
)

const bucket = "journey-go"

type world struct {
	Name      string
	Token     string
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
	ProjectID string `json:"project_id"`
}

type job struct {
	JobID    string `json:"job_id"`
	Status   string
	Entities struct {
		ImageID string `json:"image_id"`
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func send(method, url, token string, body map[string]any, reply any) {
	encoded, err := json.Marshal(body)
	check(err)
	request, err := http.NewRequest(method, url, bytes.NewReader(encoded))
	check(err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Auth-Token", token)
	response, err := http.DefaultClient.Do(request)
	check(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	check(err)
	if response.StatusCode >= 300 {
		check(fmt.Errorf("%s %s answered %s: %s", method, url, response.Status, text))
	}
	if reply != nil {
		check(json.Unmarshal(text, reply))
	}
}

func qemuImg(arguments ...string) {
	output, err := exec.Command("qemu-img", arguments...).CombinedOutput()
	if err != nil {
		check(fmt.Errorf("qemu-img: %w: %s", err, output))
	}
}

func main() {
	endpoint := os.Args[1]
	folder, err := os.MkdirTemp("", "journey-")
	check(err)
	defer os.RemoveAll(folder)
	raw, disk, exported := filepath.Join(folder, "disk.raw"), filepath.Join(folder, "disk.qcow2"), filepath.Join(folder, "exported.vhd")
	guest := make([]byte, 8<<20)
	for at := 0; at < 1<<20; at++ {
		guest[at] = byte(at*31 + at/977)
	}
	copy(guest[8<<20-512:], "the end of the guest")
	check(os.WriteFile(raw, guest, 0o600))
	qemuImg("convert", "-f", "raw", "-O", "qcow2", raw, disk)

	var made world
	send(http.MethodPost, endpoint+"/_ims/worlds", "", map[string]any{"scenario": "instant"}, &made)
	base := endpoint + "/w/" + made.Name
	finished := func(id string) job {
		var found job
		send(http.MethodGet, base+"/v1/"+made.ProjectID+"/jobs/"+id, made.Token, nil, &found)
		if found.Status != "SUCCESS" {
			check(fmt.Errorf("the job has not succeeded: %+v", found))
		}
		return found
	}
	client, err := obs.New(made.AccessKey, made.SecretKey, endpoint, obs.WithPathStyle(true))
	check(err)
	defer client.Close()
	_, err = client.CreateBucket(&obs.CreateBucketInput{Bucket: bucket})
	check(err)
	put := &obs.PutFileInput{SourceFile: disk}
	put.Bucket, put.Key = bucket, "disks/disk.qcow2"
	_, err = client.PutFile(put)
	check(err)

	var started job
	image := map[string]any{"name": "journey", "image_url": bucket + ":disks/disk.qcow2", "min_disk": 1}
	send(http.MethodPost, base+"/v2/cloudimages/action", made.Token, image, &started)
	id := finished(started.JobID).Entities.ImageID
	target := map[string]any{"bucket_url": bucket + ":exports/disk.vhd", "file_format": "vhd"}
	send(http.MethodPost, base+"/v1/cloudimages/"+id+"/file", made.Token, target, &started)
	finished(started.JobID)

	get := &obs.GetObjectInput{}
	get.Bucket, get.Key = bucket, "exports/disk.vhd"
	object, err := client.GetObject(get)
	check(err)
	content, err := io.ReadAll(object.Body)
	check(err)
	check(object.Body.Close())
	check(os.WriteFile(exported, content, 0o600))
	qemuImg("compare", "-f", "raw", "-F", "vpc", raw, exported)
	send(http.MethodDelete, endpoint+"/_ims/worlds/"+made.Name, "", nil, nil)
	fmt.Println("ok the way of a disk with the OBS SDK for Go")
}
