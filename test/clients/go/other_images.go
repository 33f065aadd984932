package main

import "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"

const (
	vault  = "30000000-0000-4000-8000-000000000001"
	backup = "40000000-0000-4000-8000-000000000011"
)

// otherImages are those of data disks and of whole servers, and descriptions that a file is registered for.
func otherImages(demo account) {
	dataDisk(demo, "CreateDataImage", func(body *model.CreateDataImageRequestBody) *string {
		return answered(demo.CreateDataImage(&model.CreateDataImageRequest{Body: body})).JobId
	})
	dataDisk(demo, "CreateDataImageInSafeMode", func(body *model.CreateDataImageRequestBody) *string {
		return answered(demo.CreateDataImageInSafeMode(&model.CreateDataImageInSafeModeRequest{Body: body})).JobId
	})
	wholeServer(demo)
	wholeBackup(demo)
	registered(demo)
}

func dataDisk(demo account, operation string, create func(*model.CreateDataImageRequestBody) *string) {
	name := "go-" + operation
	job := create(&model.CreateDataImageRequestBody{
		Name:        name,
		Description: ptr("logs"),
		ImageUrl:    diskFile,
		MinDisk:     40,
		OsType:      ptr(model.GetCreateDataImageRequestBodyOsTypeEnum().WINDOWS),
		ImageTags:   &[]model.ImageTag{{Key: ptr("disk"), Value: ptr("logs")}},
	})
	image := demo.made(operation, job, "imsImportDataImageJob")
	of(operation).
		gives("name", image.Name, name).
		gives("description", image.Description, "logs").
		gives("status", image.Status, "active").
		gives("kind", image.VirtualEnvType, "DataImage").
		gives("type of system", image.OsType, "Windows").
		gives("version of the system", image.OsVersion, nil).
		gives("smallest disk", image.MinDisk, int32(40)).
		gives("tags", image.Tags, []string{"disk=logs"}).
		gives("may be offered on the market", image.SystemSupportMarket, false)
	demo.delete(image.Id)
}

func wholeServer(demo account) {
	body := model.CreateWholeImageRequestBody{
		Name:        "go-whole",
		Description: ptr("all of it"),
		InstanceId:  webServer,
		VaultId:     ptr(vault),
		MinRam:      ptr(int32(1024)),
		MaxRam:      ptr(int32(4096)),
		ImageTags:   &[]model.TagKeyValue{{Key: "env", Value: "prod"}},
	}
	job := answered(demo.CreateWholeImage(&model.CreateWholeImageRequest{Body: &body}))
	image := demo.made("CreateWholeImage", job.JobId, "imsCreateWholeImageByInstanceJob")
	whole(demo, image).
		gives("name", image.Name, "go-whole").
		gives("description", image.Description, "all of it").
		gives("least memory", image.MinRam, int32(1024)).
		gives("most memory", image.MaxRam, "4096").
		gives("tags", image.Tags, []string{"env=prod"}).
		gives("origin", image.DataOrigin, "instance,"+webServer)
	disks := demo.images(model.ListImagesRequest{Name: ptr("go-whole-data-1")})
	disk := one("ListImages: images of a data disk", disks)
	of("CreateWholeImage").
		gives("kind of a data disk's image", disk.VirtualEnvType, "DataImage").
		gives("smallest disk of it", disk.MinDisk, int32(100)).
		gives("backup behind it", disk.BackupId, plain(image.BackupId))
	demo.deleteWithBackup(image.Id)
	of("GlanceDeleteImage").gives("images left of a whole one", len(demo.imagesOf(image.Id)), 0)
}

// wholeBackup leaves the server out, for which the SDK sends an empty id: its model holds the field to be required.
func wholeBackup(demo account) {
	body := model.CreateWholeImageRequestBody{
		Name:           "go-backup",
		BackupId:       ptr(backup),
		WholeImageType: ptr("CBR"),
	}
	job := answered(demo.CreateWholeImage(&model.CreateWholeImageRequest{Body: &body}))
	image := demo.made("CreateWholeImage", job.JobId, "imsCreateWholeImageByBackupJob")
	whole(demo, image).
		gives("name of a backup's image", image.Name, "go-backup").
		gives("origin of a backup's image", image.DataOrigin, "server_backup,"+backup).
		gives("backup", image.BackupId, backup)
	demo.delete(image.Id)
}

func whole(demo account, image model.ImageInfo) of {
	return of("CreateWholeImage").
		gives("status", image.Status, "active").
		gives("kind", image.Imagetype, "private").
		gives("owner", image.Owner, demo.project).
		gives("smallest disk", image.MinDisk, int32(40)).
		gives("version of the system", image.OsVersion, "CentOS 7.4 64bit").
		gives("may be offered on the market", image.SystemSupportMarket, false)
}

func registered(demo account) {
	described := model.GlanceCreateImageMetadataRequestBody{
		Name:      ptr("go-registered"),
		OsVersion: ptr(system),
		MinDisk:   ptr(int32(5)),
	}
	id := *answered(demo.GlanceCreateImageMetadata(&model.GlanceCreateImageMetadataRequest{Body: &described})).Id
	job := answered(demo.RegisterImage(&model.RegisterImageRequest{
		ImageId: id, Body: &model.RegisterImageRequestBody{ImageUrl: diskFile},
	}))
	image := demo.made("RegisterImage", job.JobId, "imsNativeImportImageJob")
	of("RegisterImage").
		gives("image", image.Id, id).
		gives("name", image.Name, "go-registered").
		gives("status", image.Status, "active").
		gives("smallest disk", image.MinDisk, int32(5)).
		gives("version of the system", image.OsVersion, system).
		gives("origin", image.DataOrigin, "file,"+diskFile)
	demo.delete(image.Id)
}
