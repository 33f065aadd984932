package images

import (
	"errors"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"
)

const server = "10000000-0000-4000-8000-000000000001" // one of the servers of every new world

func TestTheImageIsActiveWhenItsJobIsDoneAndNobodySlept(t *testing.T) {
	t.Parallel()
	cloud := newWorld(t)
	maker := Maker{Client: cloud.client, Pause: cloud.advance}

	id, err := maker.ImageOfServer("golden", server)
	if err != nil {
		t.Fatal(err)
	}

	listed, err := cloud.client.ListImages(&model.ListImagesRequest{Id: &id})
	if err != nil {
		t.Fatal(err)
	}
	for _, image := range *listed.Images {
		if image.Name != "golden" || image.Status.Value() != "active" {
			t.Errorf("the image is called %s and is %s", image.Name, image.Status.Value())
		}
	}
	if found := len(*listed.Images); found != 1 {
		t.Errorf("there are %d images of this id", found)
	}
}

func TestAJobThatFailsAt60PercentIsToldWithTheCodeOfTheCloud(t *testing.T) {
	t.Parallel()
	cloud := newWorld(t)
	maker := Maker{Client: cloud.client, Pause: cloud.advance}
	cloud.addRule("bad luck", fields{"operation": "CreateImage"},
		fields{"job": fields{"fail_at": "60%", "error": "IMG.0057"}})

	_, err := maker.ImageOfServer("golden", server)

	var failed *JobFailed
	if !errors.As(err, &failed) || failed.Code != "IMG.0057" {
		t.Errorf("it ended with %v", err)
	}
	cloud.expectRequests(fields{"operation": "CreateImage", "rule": "bad luck"}, 1)
}

func TestAnOrderThatIsRefusedIsNotSentAgain(t *testing.T) {
	t.Parallel()
	cloud := newWorld(t)
	maker := Maker{Client: cloud.client, Pause: cloud.advance}
	cloud.addRule("full", fields{}, fields{"quota": fields{"private_images": 0}})

	_, err := maker.ImageOfServer("golden", server)

	var refused *sdkerr.ServiceResponseError
	if !errors.As(err, &refused) || refused.ErrorCode != "IMG.0015" {
		t.Errorf("it ended with %v", err)
	}
	cloud.expectRequests(fields{"operation": "CreateImage"}, 1)
	cloud.expectRequests(fields{"operation": "ShowJobProgress"}, 0)
}
