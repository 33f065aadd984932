package main

import (
	ims "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"
)

// diskFile is the disk image that the bucket holds from the start.
const diskFile = "images:tiny-v3.qcow2"

// account is one user at work: its project, and the SDK's client with its keys.
type account struct {
	*ims.ImsClient
	project string
}

// finished is the job once it is done: at the first looks, as the scenario takes no time.
func (a account) finished(operation string, jobID *string) *model.ShowJobResponse {
	if jobID == nil {
		fail("%s: id of the job\n  found none\n  meant one", operation)
	}
	var job *model.ShowJobResponse
	for looks := 0; looks < 10 && (job == nil || *job.EndTime == ""); looks++ {
		job = answered(a.ShowJob(&model.ShowJobRequest{JobId: *jobID}))
	}
	return job
}

func (a account) succeeded(operation string, jobID *string, jobType string) *model.ShowJobResponse {
	job := a.finished(operation, jobID)
	of(operation).
		gives("type of the job", job.JobType, jobType).
		gives("status of the job", job.Status, "SUCCESS")
	return job
}

// made is the image that a job of an operation has made, as the list shows it.
func (a account) made(operation string, jobID *string, jobType string) model.ImageInfo {
	return a.image(*a.succeeded(operation, jobID, jobType).Entities.ImageId)
}

func (a account) images(query model.ListImagesRequest) []model.ImageInfo {
	return *answered(a.ListImages(&query)).Images
}

func (a account) imagesOf(id string) []model.ImageInfo {
	return a.images(model.ListImagesRequest{Id: &id})
}

func (a account) image(id string) model.ImageInfo {
	return one("ListImages: images with the id "+id, a.imagesOf(id))
}

// imported is the id of a new image of the file.
func (a account) imported(name string) string {
	body := model.CreateImageRequestBody{Name: &name, ImageUrl: ptr(diskFile), MinDisk: ptr(int32(1))}
	job := answered(a.CreateImage(&model.CreateImageRequest{Body: &body}))
	return *a.finished("CreateImage", job.JobId).Entities.ImageId
}

func (a account) delete(id string) {
	answered(a.GlanceDeleteImage(&model.GlanceDeleteImageRequest{ImageId: id}))
}

func (a account) deleteWithBackup(id string) {
	body := model.GlanceDeleteImageRequestBody{DeleteBackup: ptr(true)}
	answered(a.GlanceDeleteImage(&model.GlanceDeleteImageRequest{ImageId: id, Body: &body}))
}

func (a account) quotaUsed() int32 {
	quotas := answered(a.ShowImageQuota(&model.ShowImageQuotaRequest{})).Quotas
	for _, each := range quotas.Resources {
		if each.Type == "image" {
			return each.Used
		}
	}
	fail("ShowImageQuota: quota of images\n  found %#v\n  meant one of the type image", quotas.Resources)
	return -1
}
