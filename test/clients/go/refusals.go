package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	ims "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ims/v2/model"
)

// names are those that clients, servers and proxies encode differently.
var names = []string{
	"two words", "a+b", "100%", "%2B", "*.img", "it's (here)!", "a=b&c=d", "镜像", "😀", "é", "~_-.", "/v2/", "?#", `"\`, "",
}

func query(client *ims.ImsClient) {
	for _, name := range names {
		private, tag := model.GetListImagesRequestImagetypeEnum().PRIVATE, name+"="+name
		answer, err := client.ListImages(&model.ListImagesRequest{Imagetype: &private, Name: &name, Tag: &tag})
		succeed("go queries "+name, err)
		check("go queries "+name, len(*answer.Images), 0)
	}
}

// refuse sees that refusals carry what the SDK reads of them.
func refuse(a account) {
	wrong := a
	wrong.secretKey = "not-the-secret-key"
	_, err := wrong.client().ListImages(&model.ListImagesRequest{})
	check("go with a wrong secret key is refused", inShort(err), "401 APIGW.0301, with a request id")
	unknown := a
	unknown.accessKey = "NOBODYSACCESSKEY0001"
	_, err = unknown.client().ListImages(&model.ListImagesRequest{})
	check("go with an unknown access key is refused", inShort(err), "401 APIGW.0301, with a request id")
	_, err = a.client().ListImageTags(&model.ListImageTagsRequest{ImageId: "no id"})
	check("go reads the code of the image service", inShort(err), "400 IMG.0066, with a request id")
}

func inShort(err error) string {
	var refusal *sdkerr.ServiceResponseError
	if !errors.As(err, &refusal) {
		fmt.Printf("not ok a refusal was meant, found %v\n", err)
		os.Exit(1)
	}
	with := "without"
	if regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(refusal.RequestId) {
		with = "with"
	}
	return fmt.Sprintf("%d %s, %s a request id", refusal.StatusCode, refusal.ErrorCode, with)
}
