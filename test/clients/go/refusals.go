package main

import (
	"errors"
	"regexp"
	"strings"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"
)

const (
	noImage = "11111111-2222-4333-8444-555555555555"
	// publicImage is one of CentOS 7.4.
	publicImage = "1ef2a30f-80ce-47cc-896a-b3aed49017be"
	// noCode is what the SDK reads of the native calls, which answer with a page.
	noCode = ""
)

var requestID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// refusals are those of what is not let in, not allowed, not there, not valid or in conflict.
func refusals(there cloud, demo account) {
	strangers(there)
	forbidden(there)
	absent(demo)
	invalid(demo)
	conflicting(demo)
}

func strangers(there cloud) {
	wrong := there.users["demo"]
	wrong.SecretKey = "not-the-secret-key"
	refused(there.client(wrong).ListImages(&model.ListImagesRequest{Limit: ptr(int32(1))})).
		is("a wrong secret key", 401, "APIGW.0301").
		says("verify aksk signature fail, canonicalRequest:GET|/v2/cloudimages/|limit=1|")
	unknown := there.users["demo"]
	unknown.AccessKey = "NOBODYSACCESSKEY0001"
	refused(there.client(unknown).ListImages(&model.ListImagesRequest{})).
		is("an unknown access key", 401, "APIGW.0301").
		says("Incorrect IAM authentication information: ak NOBODYSACCESSKEY0001 not exist")
}

func forbidden(there cloud) {
	reader := there.account("reader")
	replace := model.GetUpdateImageRequestBodyOpEnum().REPLACE
	changes := []model.UpdateImageRequestBody{{Op: replace, Path: "/name", Value: "go-forbidden"}}
	refused(reader.UpdateImage(&model.UpdateImageRequest{ImageId: noImage, Body: &changes})).
		is("a right that is missing", 403, "IMG.0026").
		says("allow ims:images:update to be performed.")
	refused(reader.GlanceDeleteImage(&model.GlanceDeleteImageRequest{ImageId: noImage})).
		is("a right that is missing", 403, noCode).
		says("allow ims:images:delete to be performed.")
}

func absent(demo account) {
	refused(demo.ListImageTags(&model.ListImageTagsRequest{ImageId: noImage})).
		is("an image that is not there", 400, "IMG.0027").
		says("The image ID in the request does not exist.")
	refused(demo.GlanceShowImage(&model.GlanceShowImageRequest{ImageId: noImage})).
		is("an image that is not there", 404, noCode).
		says(noImage)
	refused(demo.ShowJob(&model.ShowJobRequest{JobId: "0123456789abcdef0123456789abcdef"})).
		is("a job that is not there", 400, "IMG.0023")
}

func invalid(demo account) {
	body := model.CreateImageRequestBody{Name: ptr("go-refused"), ImageUrl: ptr(diskFile), MinDisk: ptr(int32(0))}
	refused(demo.CreateImage(&model.CreateImageRequest{Body: &body})).
		is("a disk of nothing", 400, "IMG.0055")
	refused(demo.ListImageTags(&model.ListImageTagsRequest{ImageId: "no id"})).
		is("an id that is none", 400, "IMG.0066").
		says("The image ID is incorrect.")
}

// conflicting takes away and replaces what an image does not have, and deletes an image that is everybody's.
func conflicting(demo account) {
	id := demo.imported("go-conflict")
	refused(demo.DeleteImageTag(&model.DeleteImageTagRequest{ImageId: id, Key: "go-absent"})).
		is("a tag that is not there", 404, "IMG.0121")
	op := model.GetGlanceUpdateImageRequestBodyOpEnum()
	changes := []model.GlanceUpdateImageRequestBody{{Op: op.REPLACE, Path: "/go_absent", Value: ptr("any")}}
	refused(demo.GlanceUpdateImage(&model.GlanceUpdateImageRequest{ImageId: id, Body: &changes})).
		is("a property that is not there", 409, noCode).
		says("Property go_absent does not exist.")
	demo.delete(id)
	refused(demo.GlanceDeleteImage(&model.GlanceDeleteImageRequest{ImageId: publicImage})).
		is("a public image", 400, "IMG.0094")
}

// refusal is what the SDK's error carries, and the operation that gave it.
type refusal struct {
	operation string
	*sdkerr.ServiceResponseError
}

// refused is the refusal of a call that is meant to be refused; the type of the answer says which call it was.
func refused[Answer any](answer *Answer, err error) refusal {
	var carried *sdkerr.ServiceResponseError
	if !errors.As(err, &carried) {
		fail("%s: a call that must be refused\n  found %v\n  meant a refusal", operationOf(answer), err)
	}
	return refusal{operation: operationOf(answer), ServiceResponseError: carried}
}

func (r refusal) is(why string, status int, code string) refusal {
	of(r.operation).
		gives("status for "+why, r.StatusCode, status).
		gives("code for "+why, r.ErrorCode, code).
		gives("request id for "+why, requestID.MatchString(r.RequestId), true).
		gives("a message for "+why, r.ErrorMessage != "", true)
	return r
}

func (r refusal) says(part string) refusal {
	if !strings.Contains(r.ErrorMessage, part) {
		fail("%s: message\n  found %s\n  meant one with %s", r.operation, r.ErrorMessage, part)
	}
	of(r.operation).gives("the message tells: "+part, true, true)
	return r
}
