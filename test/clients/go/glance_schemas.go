package main

import "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"

// glanceSchemas are those that the native calls publish; the SDK leaves their properties as they come.
func glanceSchemas(demo account) {
	image := answered(demo.GlanceShowImageSchemas(&model.GlanceShowImageSchemasRequest{}))
	of("GlanceShowImageSchemas").
		gives("name", image.Name, "image").
		gives("type of what is not described", image.AdditionalProperties.Type, "string").
		gives("relations", each(*image.Links, relation), []string{"self", "enclosure", "describedby"}).
		gives("type of the status", typeOf(image.Properties, "status"), "string")
	images := answered(demo.GlanceListImageSchemas(&model.GlanceListImageSchemasRequest{}))
	of("GlanceListImageSchemas").
		gives("name", images.Name, "images").
		gives("relations", each(*images.Links, relation), []string{"first", "next", "describedby"}).
		gives("type of the images", typeOf(images.Properties, "images"), "array")
	member := answered(demo.GlanceShowImageMemberSchemas(&model.GlanceShowImageMemberSchemasRequest{}))
	of("GlanceShowImageMemberSchemas").
		gives("name", member.Name, "member").
		gives("type of the member", typeOf(member.Properties, "member_id"), "string")
	members := answered(demo.GlanceListImageMemberSchemas(&model.GlanceListImageMemberSchemasRequest{}))
	of("GlanceListImageMemberSchemas").
		gives("name", members.Name, "members").
		gives("relations", each(*members.Links, relation), []string{"describedby"}).
		gives("type of the members", typeOf(members.Properties, "members"), "array")
}

func relation(link model.Links) string { return link.Rel }

// typeOf is the type of a property, nil when there is no such property.
func typeOf(properties *interface{}, name string) any {
	all, _ := plain(properties).(map[string]interface{})
	described, _ := all[name].(map[string]interface{})
	return described["type"]
}
