package main

import "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"

// glanceMembers shares an image with the native calls: offered, accepted, taken back.
func glanceMembers(demo, partner account) {
	image := shared{demo: demo, partner: partner, id: demo.imported("go-native-shared")}
	body := model.GlanceAddImageMemberRequestBody{Member: partner.project}
	added := answered(demo.GlanceAddImageMember(&model.GlanceAddImageMemberRequest{ImageId: image.id, Body: &body}))
	image.says("GlanceAddImageMember", *added.Status, "pending", *added.ImageId, *added.MemberId).
		gives("schema", added.Schema, "/v2/schemas/member").
		gives("has its times", haveZone(*added.CreatedAt, *added.UpdatedAt), true)
	all := image.members()
	member := one("GlanceListImageMembers: members", *all.Members)
	image.says("GlanceListImageMembers", member.Status, "pending", member.ImageId, member.MemberId).
		gives("schema of a member", member.Schema, "/v2/schemas/member").
		gives("schema", all.Schema, "/v2/schemas/members")
	image.decided()
	request := model.GlanceShowImageMemberRequest{ImageId: image.id, MemberId: partner.project}
	shown := answered(demo.GlanceShowImageMember(&request))
	image.says("GlanceShowImageMember", *shown.Status, "accepted", *shown.ImageId, *shown.MemberId)
	of("GlanceShowImage").gives("visibility of an accepted image", show(partner, image.id).Visibility, "shared")
	removed := answered(demo.GlanceDeleteImageMember(&model.GlanceDeleteImageMemberRequest{
		ImageId: image.id, MemberId: partner.project,
	}))
	of("GlanceDeleteImageMember").
		gives("status", removed.HttpStatusCode, 204).
		gives("members that are left", image.members().Members, []model.GlanceImageMembers{})
	demo.delete(image.id)
}

func (s shared) decided() {
	body := model.GlanceUpdateImageMemberRequestBody{
		Status: model.GetGlanceUpdateImageMemberRequestBodyStatusEnum().ACCEPTED,
	}
	decided := answered(s.partner.GlanceUpdateImageMember(&model.GlanceUpdateImageMemberRequest{
		ImageId: s.id, MemberId: s.partner.project, Body: &body,
	}))
	s.says("GlanceUpdateImageMember", *decided.Status, "accepted", *decided.ImageId, *decided.MemberId)
}

func (s shared) members() *model.GlanceListImageMembersResponse {
	return answered(s.demo.GlanceListImageMembers(&model.GlanceListImageMembersRequest{ImageId: s.id}))
}

func (s shared) says(operation, found, meant, imageID, memberID string) of {
	return of(operation).
		gives("status", found, meant).
		gives("image", imageID, s.id).
		gives("member", memberID, s.partner.project)
}
