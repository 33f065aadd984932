package images

import (
	"testing"
	"time"

	ims "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"
)

func TestAnImageThatIsSharedIsListedForTheOtherAccountOnceItHasAccepted(t *testing.T) {
	t.Parallel()
	cloud := newWorld(t)
	partner, project := cloud.clientOf("partner"), cloud.users["partner"].ProjectID
	maker := Maker{Client: cloud.client, Pause: cloud.advance}
	id, err := maker.ImageOfServer("golden", server)
	if err != nil {
		t.Fatal(err)
	}

	sharing := model.BatchAddMembersRequestBody{Images: []string{id}, Projects: []string{project}}
	if _, err := cloud.client.BatchAddMembers(&model.BatchAddMembersRequest{Body: &sharing}); err != nil {
		t.Fatal(err)
	}
	cloud.advance(time.Minute)
	if count := countOf(t, partner, id); count != 0 {
		t.Errorf("%d images are listed before the partner has accepted", count)
	}

	answer := model.BatchUpdateMembersRequestBody{
		Images:    []string{id},
		ProjectId: project,
		Status:    model.GetBatchUpdateMembersRequestBodyStatusEnum().ACCEPTED,
	}
	if _, err := partner.BatchUpdateMembers(&model.BatchUpdateMembersRequest{Body: &answer}); err != nil {
		t.Fatal(err)
	}
	cloud.advance(time.Minute)
	if count := countOf(t, partner, id); count != 1 {
		t.Errorf("%d images are listed after the partner has accepted", count)
	}
}

func countOf(t *testing.T, client *ims.ImsClient, id string) int {
	t.Helper()
	listed, err := client.ListImages(&model.ListImagesRequest{Id: &id})
	if err != nil {
		t.Fatal(err)
	}
	return len(*listed.Images)
}
