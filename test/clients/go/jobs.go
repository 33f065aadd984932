package main

import (
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"
)

const (
	logsDisk  = "20000000-0000-4000-8000-000000000102"
	cacheDisk = "20000000-0000-4000-8000-000000000103"
)

// jobs are what they say of themselves, to the call for their result and to the call for their progress.
func jobs(demo account) {
	body := model.CreateImageRequestBody{Name: ptr("go-job"), ImageUrl: ptr(diskFile), MinDisk: ptr(int32(1))}
	id := *answered(demo.CreateImage(&model.CreateImageRequest{Body: &body})).JobId
	job := demo.finished("CreateImage", &id)
	of("ShowJob").
		gives("id", job.JobId, id).
		gives("type", job.JobType, "imsImportImageJob").
		gives("status", job.Status, "SUCCESS").
		gives("ends before it begins", timeOf(*job.EndTime).Before(timeOf(*job.BeginTime)), false).
		gives("error", job.ErrorCode, nil).
		gives("reason of a failure", job.FailReason, nil).
		gives("name of the image", job.Entities.ImageName, "go-job").
		gives("progress", job.Entities.ProcessPercent, nil).
		gives("task", job.Entities.CurrentTask, nil)
	progress(demo, id, *job.Entities.ImageId)
	demo.delete(*job.Entities.ImageId)
	parts(demo)
}

func progress(demo account, id, imageID string) {
	job := answered(demo.ShowJobProgress(&model.ShowJobProgressRequest{JobId: id}))
	of("ShowJobProgress").
		gives("id", job.JobId, id).
		gives("type", job.JobType, "imsImportImageJob").
		gives("status", job.Status, "SUCCESS").
		gives("image", job.Entities.ImageId, imageID).
		gives("name of the image", job.Entities.ImageName, "go-job").
		gives("progress", job.Entities.ProcessPercent, 1.0).
		gives("task", job.Entities.CurrentTask, "").
		gives("length of the id of the job that did it", len(*job.Entities.SubJobId), 32)
}

// parts has one job make images of several disks of a server, each in a part of its own.
func parts(demo account) {
	disks := []model.CreateDataImage{
		{Name: "go-logs", VolumeId: logsDisk, Description: ptr("logs")},
		{Name: "go-cache", VolumeId: cacheDisk, Tags: &[]string{"fast.yes"}},
	}
	body := model.CreateImageRequestBody{DataImages: &disks}
	id := answered(demo.CreateImage(&model.CreateImageRequest{Body: &body})).JobId
	done := demo.succeeded("CreateImage", id, "imsVolumesToSysDataImagesJob").Entities
	parts := *done.SubJobsResult
	of("ShowJob").
		gives("ids of the parts", each(parts, func(part model.SubJobResult) string { return *part.JobId }), *done.SubJobsList).
		gives("names of the images", each(parts, func(part model.SubJobResult) string { return *part.Entities.ImageName }),
			[]string{"go-logs", "go-cache"}).
		gives("type of a part", parts[0].JobType, "imsCopyVolumeToImageJob").
		gives("status of a part", parts[0].Status, "SUCCESS").
		gives("status of the other part", parts[1].Status, "SUCCESS")
	logs, cache := demo.image(*parts[0].Entities.ImageId), demo.image(*parts[1].Entities.ImageId)
	of("CreateImage").
		gives("origin of a disk's image", logs.DataOrigin, "volume,"+logsDisk).
		gives("kind of a disk's image", logs.VirtualEnvType, "DataImage").
		gives("smallest disk of a disk's image", logs.MinDisk, int32(100)).
		gives("description of a disk's image", logs.Description, "logs").
		gives("origin of another disk's image", cache.DataOrigin, "volume,"+cacheDisk).
		gives("smallest disk of another disk's image", cache.MinDisk, int32(200)).
		gives("tags of another disk's image", cache.Tags, []string{"fast=yes"})
	demo.delete(logs.Id)
	demo.delete(cache.Id)
}

func timeOf(text string) time.Time {
	moment, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		fail("a time\n  found %s\n  meant one of RFC 3339", text)
	}
	return moment
}
