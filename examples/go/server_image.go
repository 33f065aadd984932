// Package images creates images of servers.
package images

import (
	"fmt"
	"time"

	ims "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"
)

const betweenLooks = time.Second

// JobFailed reports a failed job; Code is the cloud's error code, such as IMG.0057.
type JobFailed struct{ Code, Reason string }

func (f *JobFailed) Error() string { return f.Code + ": " + f.Reason }

// Maker creates images. Pause waits between two requests for a job: time.Sleep, or in tests a function that advances virtual time.
type Maker struct {
	Client *ims.ImsClient
	Pause  func(time.Duration)
}

// ImageOfServer creates an image of a server, and returns its id when its job has succeeded.
func (m Maker) ImageOfServer(name, server string) (string, error) {
	order := &model.CreateImageRequestBody{Name: &name, InstanceId: &server}
	accepted, err := m.Client.CreateImage(&model.CreateImageRequest{Body: order})
	if err != nil {
		return "", fmt.Errorf("order of the image %s: %w", name, err)
	}
	for {
		job, err := m.Client.ShowJobProgress(&model.ShowJobProgressRequest{JobId: *accepted.JobId})
		if err != nil {
			return "", fmt.Errorf("job of the image %s: %w", name, err)
		}
		switch job.Status.Value() {
		case "SUCCESS":
			return *job.Entities.ImageId, nil
		case "FAIL":
			return "", &JobFailed{Code: *job.ErrorCode, Reason: *job.FailReason}
		}
		m.Pause(betweenLooks)
	}
}
