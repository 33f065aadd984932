package main

import (
	"strings"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"
)

// shared is an image that one project shares with another.
type shared struct {
	demo, partner account
	id            string
}

func members(demo, partner account) {
	image := shared{demo: demo, partner: partner, id: demo.imported("go-shared")}
	both := model.BatchAddMembersRequestBody{Images: []string{image.id}, Projects: []string{partner.project}}
	adding := answered(demo.BatchAddMembers(&model.BatchAddMembersRequest{Body: &both}))
	image.did("BatchAddMembers", demo.succeeded("BatchAddMembers", adding.JobId, "imsAddImageMembersJob"))
	image.listed("pending")
	of("ListImages").gives("images before one is accepted", len(partner.imagesOf(image.id)), 0)
	image.accepted()
	image.listed("accepted")
	seen := partner.image(image.id)
	of("ListImages").
		gives("name of an accepted image", seen.Name, "go-shared").
		gives("kind of an accepted image", seen.Imagetype, "shared").
		gives("visibility of an accepted image", seen.Visibility, "shared").
		gives("owner of an accepted image", seen.Owner, demo.project)
	removing := answered(demo.BatchDeleteMembers(&model.BatchDeleteMembersRequest{Body: &both}))
	ended := demo.succeeded("BatchDeleteMembers", removing.JobId, "imsDelImageMembersJob")
	left := answered(demo.ListImageMembers(&model.ListImageMembersRequest{ImageId: image.id}))
	of("BatchDeleteMembers").
		gives("results of the job", ended.Entities.Results, []model.JobEntitiesResult{}).
		gives("members that are left", left.Members, []model.ImageMember{}).
		gives("images for the other project", len(partner.imagesOf(image.id)), 0)
	demo.delete(image.id)
}

func (s shared) accepted() {
	body := model.BatchUpdateMembersRequestBody{
		Images:    []string{s.id},
		ProjectId: s.partner.project,
		Status:    model.GetBatchUpdateMembersRequestBodyStatusEnum().ACCEPTED,
	}
	job := answered(s.partner.BatchUpdateMembers(&model.BatchUpdateMembersRequest{Body: &body}))
	s.did("BatchUpdateMembers", s.partner.succeeded("BatchUpdateMembers", job.JobId, "imsUpdateImageMembersJob"))
}

func (s shared) did(operation string, job *model.ShowJobResponse) {
	result := one(operation+": results of the job", *job.Entities.Results)
	of(operation).
		gives("image of the result", result.ImageId, s.id).
		gives("project of the result", result.ProjectId, s.partner.project).
		gives("status of the result", result.Status, "success")
}

func (s shared) listed(status string) {
	all := answered(s.demo.ListImageMembers(&model.ListImageMembersRequest{ImageId: s.id}))
	of("ListImageMembers").
		gives("schema", all.Schema, "/v2/schemas/members").
		gives("count", all.PageInfo.CurrentCount, int32(1)).
		gives("next marker", all.PageInfo.NextMarker, "")
	s.describes("ListImageMembers", one("ListImageMembers: members", *all.Members), status)
	request := model.ShowImageMemberRequest{ImageId: s.id, MemberId: s.partner.project}
	member := answered(s.demo.ShowImageMember(&request))
	s.describes("ShowImageMember", model.ImageMember{
		Status: *member.Status, CreatedAt: *member.CreatedAt, UpdatedAt: *member.UpdatedAt,
		ImageId: *member.ImageId, MemberId: *member.MemberId, Schema: *member.Schema, MemberType: *member.MemberType,
	}, status)
}

func (s shared) describes(operation string, member model.ImageMember, status string) {
	of(operation).
		gives("status", member.Status, status).
		gives("image", member.ImageId, s.id).
		gives("member", member.MemberId, s.partner.project).
		gives("kind of member", member.MemberType, "project").
		gives("schema of a member", member.Schema, "/v2/schemas/member").
		gives("has its times", haveZone(member.CreatedAt, member.UpdatedAt), true)
}

// haveZone sees that times end in the zone that the cloud writes.
func haveZone(times ...string) bool {
	for _, time := range times {
		if !strings.HasSuffix(time, "Z") {
			return false
		}
	}
	return true
}
