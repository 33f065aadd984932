package main

import "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"

var (
	environment = model.ResourceTag{Key: "环境", Value: "测试"}
	version     = model.ResourceTag{Key: "go-version", Value: "2"}
	team        = model.ResourceTag{Key: "go-team", Value: "storage"}
	bare        = model.ResourceTag{Key: "go-bare", Value: ""}
)

// tagged is an image whose tags come and go.
type tagged struct {
	account
	id string
}

func imageTags(demo account) {
	image := tagged{account: demo, id: demo.imported("go-tagged")}
	image.added()
	image.oneByOne()
	image.inBatches()
	image.searched()
	image.takenAway()
	demo.delete(image.id)
}

func (t tagged) tags() []model.ResourceTag {
	return *answered(t.ListImageTags(&model.ListImageTagsRequest{ImageId: t.id})).Tags
}

func (t tagged) added() {
	body := model.AddImageTagRequestBody{Tag: &environment}
	answer := answered(t.AddImageTag(&model.AddImageTagRequest{ImageId: t.id, Body: &body}))
	of("AddImageTag").gives("status", answer.HttpStatusCode, 204)
	of("ListImageTags").gives("tags", t.tags(), []model.ResourceTag{environment})
}

func (t tagged) oneByOne() {
	dotted := model.AddOrUpdateTagsRequestBody{ImageId: t.id, Tag: ptr("go-version.1.2")}
	answered(t.CreateOrUpdateTags(&model.CreateOrUpdateTagsRequest{Body: &dotted}))
	pair := model.AddOrUpdateTagsRequestBody{ImageId: t.id, ImageTag: &version}
	answer := answered(t.CreateOrUpdateTags(&model.CreateOrUpdateTagsRequest{Body: &pair}))
	of("CreateOrUpdateTags").
		gives("status", answer.HttpStatusCode, 204).
		gives("tags", t.tags(), []model.ResourceTag{environment, version})
	listed := answered(t.ListTags(&model.ListTagsRequest{Name: ptr("go-tagged")}))
	of("ListTags").gives("tags of an image by its name", listed.Tags, []string{"go-version=2", "环境=测试"})
}

func (t tagged) inBatches() {
	action := model.GetBatchAddOrDeleteTagsRequestBodyActionEnum()
	t.batch(action.CREATE, team, bare)
	of("BatchAddOrDeleteTags").
		gives("tags after some were made", t.tags(), []model.ResourceTag{environment, version, team, bare})
	t.batch(action.DELETE, version)
	of("BatchAddOrDeleteTags").
		gives("tags after one was deleted", t.tags(), []model.ResourceTag{environment, team, bare})
}

func (t tagged) batch(action model.BatchAddOrDeleteTagsRequestBodyAction, tags ...model.ResourceTag) {
	body := model.BatchAddOrDeleteTagsRequestBody{Action: action, Tags: tags}
	answer := answered(t.BatchAddOrDeleteTags(&model.BatchAddOrDeleteTagsRequest{ImageId: t.id, Body: &body}))
	of("BatchAddOrDeleteTags").gives("status of "+action.Value(), answer.HttpStatusCode, 204)
}

func (t tagged) searched() {
	var values []string
	for _, tag := range *answered(t.ListImagesTags(&model.ListImagesTagsRequest{})).Tags {
		if tag.Key == team.Key {
			values = tag.Values
		}
	}
	of("ListImagesTags").gives("values of a tag", values, []string{team.Value})
	action := model.GetListImageByTagsRequestBodyActionEnum()
	found := t.byTag(action.FILTER)
	image := one("ListImageByTags: images with a tag", *found.Resources)
	of("ListImageByTags").
		gives("count with the images", found.TotalCount, int32(1)).
		gives("id", image.ResourceId, t.id).
		gives("name", image.ResourceName, "go-tagged").
		gives("status", image.ResourceDetail.Status, "active").
		gives("tags", image.Tags, []model.TagKeyValue{
			model.TagKeyValue(environment), model.TagKeyValue(team), model.TagKeyValue(bare),
		})
	counted := t.byTag(action.COUNT)
	of("ListImageByTags").
		gives("count alone", counted.TotalCount, int32(1)).
		gives("images of a count", counted.Resources, nil)
}

func (t tagged) byTag(action model.ListImageByTagsRequestBodyAction) *model.ListImageByTagsResponse {
	tags := []model.Tags{{Key: team.Key, Values: []string{team.Value}}}
	body := model.ListImageByTagsRequestBody{Action: action, Tags: &tags}
	return answered(t.ListImageByTags(&model.ListImageByTagsRequest{Body: &body}))
}

func (t tagged) takenAway() {
	answer := answered(t.DeleteImageTag(&model.DeleteImageTagRequest{ImageId: t.id, Key: environment.Key}))
	of("DeleteImageTag").
		gives("status", answer.HttpStatusCode, 204).
		gives("tags that are left", t.tags(), []model.ResourceTag{team, bare})
	body := model.BatchDeleteTagsRequestBody{Tags: []model.ResourceTag{team, bare}}
	batch := answered(t.BatchDeleteTags(&model.BatchDeleteTagsRequest{ImageId: t.id, Body: &body}))
	of("BatchDeleteTags").
		gives("status", batch.HttpStatusCode, 204).
		gives("tags that are left", t.tags(), []model.ResourceTag{})
}
