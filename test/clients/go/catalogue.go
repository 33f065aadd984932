package main

import (
	"sort"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"
)

// oddNames are those that clients, servers and proxies encode differently.
var oddNames = []string{
	"two words", "a+b", "100%", "%2B", "*.img", "it's (here)!", "a=b&c=d", "镜像", "😀", "é", "~_-.", "/v2/", "?#", `"\`, "",
}

// catalogue is what there is: images, changed and listed, quotas, systems and versions of the API.
func catalogue(there cloud, demo account) {
	publicImages(demo)
	oddQueries(demo)
	before := demo.quotaUsed()
	id := demo.imported("go-before")
	of("ShowImageQuota").gives("one image more is used", demo.quotaUsed(), before+1)
	changed(demo, id)
	demo.delete(id)
	of("GlanceDeleteImage").gives("images that are left", len(demo.imagesOf(id)), 0)
	of("ShowImageQuota").gives("no image more is used", demo.quotaUsed(), before)
	quotas(demo)
	systems(demo)
	versions(there, demo)
}

func publicImages(demo account) {
	request := model.ListImagesRequest{
		Imagetype: ptr(model.GetListImagesRequestImagetypeEnum().GOLD),
		Platform:  ptr(model.GetListImagesRequestPlatformEnum().CENT_OS),
		SortKey:   ptr(model.GetListImagesRequestSortKeyEnum().NAME),
		SortDir:   ptr(model.GetListImagesRequestSortDirEnum().ASC),
		Limit:     ptr(int32(2)),
	}
	first := demo.images(request)
	of("ListImages").
		gives("images of a page", len(first), 2).
		gives("names are in order", sort.StringsAreSorted(each(first, nameOf)), true).
		gives("kind", first[0].Imagetype, "gold").
		gives("visibility", first[0].Visibility, "public").
		gives("platform", first[0].Platform, "CentOS").
		gives("protection", first[0].Protected, true).
		gives("tags", first[0].Tags, []string{})
	request.Marker = &first[1].Id
	next := demo.images(request)
	of("ListImages").gives("the next page goes on", next[0].Name > first[1].Name, true)
}

func nameOf(image model.ImageInfo) string { return image.Name }

func oddQueries(demo account) {
	for _, name := range oddNames {
		private, tag := model.GetListImagesRequestImagetypeEnum().PRIVATE, name+"="+name
		found := demo.images(model.ListImagesRequest{Imagetype: &private, Name: &name, Tag: &tag})
		of("ListImages").gives("images called "+name, len(found), 0)
	}
}

func changed(demo account, id string) {
	op := model.GetUpdateImageRequestBodyOpEnum()
	changes := []model.UpdateImageRequestBody{
		{Op: op.REPLACE, Path: "/name", Value: "go-after"},
		{Op: op.ADD, Path: "/__description", Value: "说明"},
		{Op: op.REPLACE, Path: "/min_ram", Value: "2048"},
	}
	image := answered(demo.UpdateImage(&model.UpdateImageRequest{ImageId: id, Body: &changes}))
	of("UpdateImage").
		gives("id", image.Id, id).
		gives("name", image.Name, "go-after").
		gives("description", image.Description, "说明").
		gives("least memory", image.MinRam, int32(2048)).
		gives("status", image.Status, "active")
	listed := one("ListImages: images of a name", demo.images(model.ListImagesRequest{Name: ptr("go-after")}))
	of("ListImages").
		gives("id of the image with a name", listed.Id, id).
		gives("description after a change", listed.Description, "说明")
}

func quotas(demo account) {
	quotas := answered(demo.ShowImageQuota(&model.ShowImageQuotaRequest{})).Quotas.Resources
	types := each(quotas, func(quota model.QuotaInfo) string { return quota.Type })
	of("ShowImageQuota").
		gives("types", types, []string{"image", "image_shared", "image_member"}).
		gives("quota of images", quotas[0].Quota, int32(100)).
		gives("used is not more than the quota", quotas[0].Used <= quotas[0].Quota, true)
}

func systems(demo account) {
	platforms := answered(demo.ListOsVersions(&model.ListOsVersionsRequest{Tag: ptr("arm")})).Body
	for _, each := range *platforms {
		if each.Platform == "CentOS" {
			version := each.VersionList[0]
			of("ListOsVersions").
				gives("platform of a version", version.Platform, "CentOS").
				gives("key of a version", version.OsVersionKey, version.OsVersion).
				gives("bits of a version", version.OsBit, int32(64)).
				gives("type of a version", version.OsType, "Linux")
			return
		}
	}
	fail("ListOsVersions: platforms\n  found %#v\n  meant CentOS among them", *platforms)
}

func versions(there cloud, demo account) {
	all := *answered(demo.ListVersions(&model.ListVersionsRequest{})).Versions
	ids := each(all, func(version model.OsVersionResponse) string { return *version.Id })
	of("ListVersions").gives("ids", ids, []string{"v2.2", "v2.1", "v2.0", "v1.1", "v1.0"})
	found := *answered(demo.ShowVersion(&model.ShowVersionRequest{Version: "v2"})).Versions
	version := one("ShowVersion: versions", found)
	of("ShowVersion").
		gives("id", version.Id, "v2.2").
		gives("status", version.Status, "CURRENT").
		gives("link", version.Links, []model.Links{{Href: there.endpoint + "/v2/", Rel: "self"}})
}
