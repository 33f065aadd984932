package main

import (
	"bytes"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"
)

// copies are made of an image, here and in another region, and written into a bucket.
func copies(there cloud, demo account) {
	id := demo.imported("go-original")
	inRegion(demo, "CopyImageInRegion", id, func(body *model.CopyImageInRegionRequestBody) *string {
		return answered(demo.CopyImageInRegion(&model.CopyImageInRegionRequest{ImageId: id, Body: body})).JobId
	})
	inRegion(demo, "CopyImageInRegionInSafeMode", id, func(body *model.CopyImageInRegionRequestBody) *string {
		request := model.CopyImageInRegionInSafeModeRequest{ImageId: id, Body: body}
		return answered(demo.CopyImageInRegionInSafeMode(&request)).JobId
	})
	crossRegion(there, demo, id)
	exported(there, demo, "ExportImage", id, func(body *model.ExportImageRequestBody) *string {
		return answered(demo.ExportImage(&model.ExportImageRequest{ImageId: id, Body: body})).JobId
	})
	exported(there, demo, "ExportImageInSafeMode", id, func(body *model.ExportImageRequestBody) *string {
		return answered(demo.ExportImageInSafeMode(&model.ExportImageInSafeModeRequest{ImageId: id, Body: body})).JobId
	})
	demo.delete(id)
}

func inRegion(demo account, operation, id string, duplicate func(*model.CopyImageInRegionRequestBody) *string) {
	name := "go-" + operation
	job := duplicate(&model.CopyImageInRegionRequestBody{Name: name, Description: ptr("the second")})
	image := demo.made(operation, job, "imsCopyImageInRegionJob")
	of(operation).
		gives("is the image itself", image.Id == id, false).
		gives("name", image.Name, name).
		gives("description", image.Description, "the second").
		gives("status", image.Status, "active").
		gives("owner", image.Owner, demo.project).
		gives("image that it was copied from", image.Originalimagename, id).
		gives("size in bytes", image.ImageSize, demo.image(id).ImageSize)
	demo.delete(image.Id)
}

// crossRegion makes a copy that belongs to the account's project there, whose user sees it.
func crossRegion(there cloud, demo account, id string) {
	body := model.CopyImageCrossRegionRequestBody{
		Name:        "go-far",
		Description: ptr("far away"),
		Region:      "cn-east-3",
		ProjectName: "cn-east-3",
		AgencyName:  "ims_admin_agency",
	}
	job := answered(demo.CopyImageCrossRegion(&model.CopyImageCrossRegionRequest{ImageId: id, Body: &body}))
	done := demo.succeeded("CopyImageCrossRegion", job.JobId, "imsCrossRegionCopyImageJob")
	copied := *done.Entities.ImageId
	east := there.account("demo-east")
	image := east.image(copied)
	of("CopyImageCrossRegion").
		gives("images of it here", len(demo.imagesOf(copied)), 0).
		gives("name", image.Name, "go-far").
		gives("description", image.Description, "far away").
		gives("status", image.Status, "active").
		gives("owner", image.Owner, east.project).
		gives("origin", image.DataOrigin, "image,cn-north-4,"+id)
	east.delete(copied)
}

func exported(
	there cloud, demo account, operation, id string, export func(*model.ExportImageRequestBody) *string,
) {
	key := "go-" + operation + ".qcow2"
	job := export(&model.ExportImageRequestBody{
		BucketUrl:  "images:" + key,
		FileFormat: model.GetExportImageRequestBodyFileFormatEnum().QCOW2,
	})
	done := demo.succeeded(operation, job, "imsNativeExportImageJob")
	of(operation).
		gives("image", done.Entities.ImageId, id).
		gives("the file has the image's bytes", bytes.Equal(there.read(key), there.read("tiny-v3.qcow2")), true)
}
