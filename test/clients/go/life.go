package main

import (
	ims "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"
)

// live takes an image from a file in a bucket to its deletion.
func live(client *ims.ImsClient) {
	before := quotaUsed(client)
	id := imported(client)
	check("go sees the quota used", quotaUsed(client), before+1)
	renamed(client, id)
	patched(client, id)
	_, err := client.GlanceDeleteImage(&model.GlanceDeleteImageRequest{ImageId: id})
	succeed("go deletes", err)
	listed, err := client.ListImages(&model.ListImagesRequest{Id: &id})
	succeed("go lists", err)
	check("go deletes", len(*listed.Images), 0)
	check("go sees the quota free again", quotaUsed(client), before)
}

func quotaUsed(client *ims.ImsClient) int32 {
	answer, err := client.ShowImageQuota(&model.ShowImageQuotaRequest{})
	succeed("go reads the quota", err)
	for _, each := range answer.Quotas.Resources {
		if each.Type == "image" {
			return each.Used
		}
	}
	return -1
}

func imported(client *ims.ImsClient) string {
	name, url, minDisk := "go 镜像", "images:tiny-v3.qcow2", int32(1)
	body := &model.CreateImageRequestBody{Name: &name, ImageUrl: &url, MinDisk: &minDisk}
	job, err := client.CreateImage(&model.CreateImageRequest{Body: body})
	succeed("go imports a file", err)
	var done *model.ShowJobResponse
	// It is done at the first looks, as the scenario takes no time.
	for range make([]struct{}, 10) {
		done, err = client.ShowJob(&model.ShowJobRequest{JobId: *job.JobId})
		succeed("go shows a job", err)
		if *done.Status == model.GetShowJobResponseStatusEnum().SUCCESS {
			break
		}
	}
	check("go imports a file", done.Status.Value(), "SUCCESS")
	id := *done.Entities.ImageId
	image, err := client.GlanceShowImage(&model.GlanceShowImageRequest{ImageId: id})
	succeed("go shows the image", err)
	check("go shows the image", []string{*image.Name, image.Status.Value()}, []string{name, "active"})
	return id
}

func renamed(client *ims.ImsClient, id string) {
	change := []model.UpdateImageRequestBody{
		{Op: model.GetUpdateImageRequestBodyOpEnum().REPLACE, Path: "/name", Value: "renamed"},
	}
	image, err := client.UpdateImage(&model.UpdateImageRequest{ImageId: id, Body: &change})
	succeed("go renames", err)
	check("go renames", *image.Name, "renamed")
}

// patched sends a body that the SDK leaves unsigned, as its media type is none of JSON's own.
func patched(client *ims.ImsClient, id string) {
	name := "patched"
	change := []model.GlanceUpdateImageRequestBody{
		{Op: model.GetGlanceUpdateImageRequestBodyOpEnum().REPLACE, Path: "/name", Value: &name},
	}
	image, err := client.GlanceUpdateImage(&model.GlanceUpdateImageRequest{ImageId: id, Body: &change})
	succeed("go patches the native image", err)
	check("go patches the native image", *image.Name, name)
}
