package main

import (
	"strings"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"
)

const ubuntu = "Ubuntu 18.04 server 64bit"

// glance describes an image with the native calls, from its first line to its deletion.
func glance(demo account) {
	id := described(demo)
	shown(demo, id)
	listed(demo, id)
	glanceTagged(demo, id)
	patched(demo, id)
	answer := answered(demo.GlanceDeleteImage(&model.GlanceDeleteImageRequest{ImageId: id}))
	of("GlanceDeleteImage").
		gives("status", answer.HttpStatusCode, 204).
		gives("images of the name", len(byName(demo, "go-patched")), 0)
}

func described(demo account) string {
	body := model.GlanceCreateImageMetadataRequestBody{
		Name:            ptr("go-described"),
		OsVersion:       ptr(ubuntu),
		ContainerFormat: ptr("bare"),
		DiskFormat:      ptr(model.GetGlanceCreateImageMetadataRequestBodyDiskFormatEnum().QCOW2),
		MinDisk:         ptr(int32(5)),
		MinRam:          ptr(int32(1024)),
		Tags:            &[]string{"go-first"},
		Visibility:      ptr("private"),
		Protected:       ptr(false),
	}
	image := answered(demo.GlanceCreateImageMetadata(&model.GlanceCreateImageMetadataRequest{Body: &body}))
	of("GlanceCreateImageMetadata").
		gives("status of the answer", image.HttpStatusCode, 201).
		gives("name", image.Name, "go-described").
		gives("status", image.Status, "queued").
		gives("owner", image.Owner, demo.project).
		gives("visibility", image.Visibility, "private").
		gives("protection", image.Protected, false).
		gives("format", image.DiskFormat, "qcow2").
		gives("container", image.ContainerFormat, "bare").
		gives("smallest disk", image.MinDisk, int32(5)).
		gives("least memory", image.MinRam, int32(1024)).
		gives("tags", image.Tags, []string{"go-first"}).
		gives("version of the system", image.OsVersion, ubuntu).
		gives("type of system", image.OsType, "Linux").
		gives("bits of the system", image.OsBit, "64").
		gives("platform", image.Platform, "Ubuntu").
		gives("kind", image.Imagetype, "private").
		gives("for servers", image.VirtualEnvType, "FusionCompute").
		gives("size in bytes", image.ImageSize, "0").
		gives("path", image.Self, "/v2/images/"+*image.Id).
		gives("path of its bytes", image.File, "/v2/images/"+*image.Id+"/file").
		gives("schema", image.Schema, "/v2/schemas/image")
	return *image.Id
}

func show(who account, id string) *model.GlanceShowImageResponse {
	return answered(who.GlanceShowImage(&model.GlanceShowImageRequest{ImageId: id}))
}

func shown(demo account, id string) {
	image := show(demo, id)
	of("GlanceShowImage").
		gives("id", image.Id, id).
		gives("name", image.Name, "go-described").
		gives("status", image.Status, "queued").
		gives("visibility", image.Visibility, "private").
		gives("kind", image.Imagetype, "private").
		gives("version of the system", image.OsVersion, ubuntu).
		gives("smallest disk", image.MinDisk, int32(5)).
		gives("tags", image.Tags, []string{"go-first"}).
		gives("has its times", haveZone(*image.CreatedAt, *image.UpdatedAt), true)
}

func byName(demo account, name string) []model.GlanceShowImageListResponseBody {
	return *answered(demo.GlanceListImages(&model.GlanceListImagesRequest{Name: &name})).Images
}

func listed(demo account, id string) {
	image := one("GlanceListImages: images of a name", byName(demo, "go-described"))
	of("GlanceListImages").
		gives("id", image.Id, id).
		gives("status", image.Status, "queued").
		gives("format", image.DiskFormat, "qcow2").
		gives("owner", image.Owner, demo.project)
	page := answered(demo.GlanceListImages(&model.GlanceListImagesRequest{
		Visibility: ptr(model.GetGlanceListImagesRequestVisibilityEnum().PUBLIC),
		Limit:      ptr(int32(1)),
	}))
	last := one("GlanceListImages: images of a page", *page.Images)
	of("GlanceListImages").
		gives("schema", page.Schema, "/v2/schemas/images").
		gives("the first page has the query", strings.Contains(*page.First, "visibility=public"), true).
		gives("the next page begins after the last image", strings.Contains(*page.Next, "marker="+last.Id), true).
		gives("kind of a public image", last.Imagetype, "gold")
}

func glanceTagged(demo account, id string) {
	made := answered(demo.GlanceCreateTag(&model.GlanceCreateTagRequest{ImageId: id, Tag: "go-second"}))
	of("GlanceCreateTag").
		gives("status", made.HttpStatusCode, 204).
		gives("tags", show(demo, id).Tags, []string{"go-first", "go-second"})
	gone := answered(demo.GlanceDeleteTag(&model.GlanceDeleteTagRequest{ImageId: id, Tag: "go-first"}))
	of("GlanceDeleteTag").
		gives("status", gone.HttpStatusCode, 204).
		gives("tags", show(demo, id).Tags, []string{"go-second"})
}

// patched sends a body that the SDK leaves unsigned, as its media type is none of JSON's own.
func patched(demo account, id string) {
	op := model.GetGlanceUpdateImageRequestBodyOpEnum()
	changes := []model.GlanceUpdateImageRequestBody{
		{Op: op.REPLACE, Path: "/name", Value: ptr("go-patched")},
		{Op: op.ADD, Path: "/__description", Value: ptr("native")},
		{Op: op.ADD, Path: "/hw_firmware_type", Value: ptr("uefi")},
	}
	image := answered(demo.GlanceUpdateImage(&model.GlanceUpdateImageRequest{ImageId: id, Body: &changes}))
	of("GlanceUpdateImage").
		gives("id", image.Id, id).
		gives("name", image.Name, "go-patched").
		gives("description", image.Description, "native").
		gives("firmware", image.HwFirmwareType, "uefi")
	of("GlanceShowImage").gives("name after a change", show(demo, id).Name, "go-patched")
}
