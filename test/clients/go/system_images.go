package main

import (
	"strconv"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"
)

const (
	production = "60000000-0000-4000-8000-000000000001"
	system     = "CentOS 7.6 64bit"
	webServer  = "10000000-0000-4000-8000-000000000001"
	quickFile  = "go-quick.zvhd2"
)

// systemImages are those of a file in a bucket, of a file that loads while it is used, and of a server.
func systemImages(there cloud, demo account) {
	fromFile(there, demo, "CreateImage", "go-镜像", func(body *model.CreateImageRequestBody) *string {
		return answered(demo.CreateImage(&model.CreateImageRequest{Body: body})).JobId
	})
	fromFile(there, demo, "CreateImageInSafeMode", "go-safe", func(body *model.CreateImageRequestBody) *string {
		return answered(demo.CreateImageInSafeMode(&model.CreateImageInSafeModeRequest{Body: body})).JobId
	})
	fromServer(demo)
	there.write(quickFile, "zvhd2")
	quickly(demo, "ImportImageQuick", func(body *model.QuickImportImageByFileRequestBody) *string {
		return answered(demo.ImportImageQuick(&model.ImportImageQuickRequest{Body: body})).JobId
	})
	quickly(demo, "ImportImageQuickInSafeMode", func(body *model.QuickImportImageByFileRequestBody) *string {
		return answered(demo.ImportImageQuickInSafeMode(&model.ImportImageQuickInSafeModeRequest{Body: body})).JobId
	})
}

func fromFile(
	there cloud, demo account, operation, name string, create func(*model.CreateImageRequestBody) *string,
) {
	job := create(&model.CreateImageRequestBody{
		Name:                &name,
		Description:         ptr("来自文件"),
		ImageUrl:            ptr(diskFile),
		MinDisk:             ptr(int32(1)),
		MinRam:              ptr(int32(512)),
		MaxRam:              ptr(int32(4096)),
		OsVersion:           ptr(system),
		Architecture:        ptr(model.GetCreateImageRequestBodyArchitectureEnum().X86),
		HwFirmwareType:      ptr(model.GetCreateImageRequestBodyHwFirmwareTypeEnum().UEFI),
		EnterpriseProjectId: ptr(production),
		ImageTags:           &[]model.TagKeyValue{{Key: "from", Value: "file"}},
	})
	image := demo.made(operation, job, "imsImportImageJob")
	privateAndActive(demo, operation, image).
		gives("name", image.Name, name).
		gives("description", image.Description, "来自文件").
		gives("smallest disk", image.MinDisk, int32(1)).
		gives("least memory", image.MinRam, int32(512)).
		gives("most memory", image.MaxRam, "4096").
		gives("version of the system", image.OsVersion, system).
		gives("bits of the system", image.OsBit, "64").
		gives("platform", image.Platform, "CentOS").
		gives("architecture is ARM", image.SupportArm, "false").
		gives("firmware", image.HwFirmwareType, "uefi").
		gives("enterprise project", image.EnterpriseProjectId, production).
		gives("tags", image.Tags, []string{"from=file"}).
		gives("size in bytes", image.ImageSize, strconv.Itoa(len(there.read("tiny-v3.qcow2")))).
		gives("origin", image.DataOrigin, "file,"+diskFile).
		gives("root", image.RootOrigin, "file")
	demo.delete(image.Id)
}

func fromServer(demo account) {
	body := model.CreateImageRequestBody{
		Name:        ptr("go-web"),
		Description: ptr("as it was on Monday"),
		InstanceId:  ptr(webServer),
		Tags:        &[]string{"env.prod", "bare"},
	}
	job := answered(demo.CreateImage(&model.CreateImageRequest{Body: &body}))
	image := demo.made("CreateImage", job.JobId, "imsCreateImageByInstance")
	privateAndActive(demo, "CreateImage", image).
		gives("name of a server's image", image.Name, "go-web").
		gives("description of a server's image", image.Description, "as it was on Monday").
		gives("origin of a server's image", image.DataOrigin, "instance,"+webServer).
		gives("version of a server's system", image.OsVersion, "CentOS 7.4 64bit").
		gives("smallest disk of a server's image", image.MinDisk, int32(40)).
		gives("tags in the dotted form", image.Tags, []string{"env=prod", "bare"})
	demo.delete(image.Id)
}

func quickly(demo account, operation string, create func(*model.QuickImportImageByFileRequestBody) *string) {
	name := "go-" + operation
	job := create(&model.QuickImportImageByFileRequestBody{
		Name:      name,
		OsVersion: system,
		ImageUrl:  "images:" + quickFile,
		MinDisk:   40,
		Type:      ptr(model.GetQuickImportImageByFileRequestBodyTypeEnum().ECS),
		ImageTags: &[]model.ResourceTag{{Key: "way", Value: "quick"}},
	})
	image := demo.made(operation, job, "imsImportImageJob")
	privateAndActive(demo, operation, image).
		gives("name", image.Name, name).
		gives("smallest disk", image.MinDisk, int32(40)).
		gives("version of the system", image.OsVersion, system).
		gives("tags", image.Tags, []string{"way=quick"}).
		gives("size in bytes", image.ImageSize, "5").
		gives("loads its data while it is used", image.Lazyloading, "true")
	demo.delete(image.Id)
}

func privateAndActive(demo account, operation string, image model.ImageInfo) of {
	return of(operation).
		gives("status", image.Status, "active").
		gives("kind", image.Imagetype, "private").
		gives("visibility", image.Visibility, "private").
		gives("owner", image.Owner, demo.project).
		gives("for servers", image.VirtualEnvType, "FusionCompute").
		gives("type of system", image.OsType, "Linux").
		gives("format", image.DiskFormat, "zvhd2").
		gives("container", image.ContainerFormat, "bare").
		gives("protection", image.Protected, false).
		gives("may be offered on the market", image.SystemSupportMarket, true).
		gives("path", image.Self, "/v2/images/"+image.Id)
}
